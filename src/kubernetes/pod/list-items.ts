import { isRecord } from '../../util/is-record.ts';

/** The items of a list (`kind: List`, `PodList`, …), unchecked; `undefined` for what is no list. */
export function listItems(object: unknown): unknown[] | undefined {
  if (!isRecord(object)) return undefined;
  const { kind, apiVersion, items } = object;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return undefined;
  const itemKind = kind.slice(0, -'List'.length);
  if (itemKind === '') return items;
  return items.map((item: unknown) => withType(item, { apiVersion, kind: itemKind }));
}

/** A typed list's items need not name their type: the list does. A client's have the fields, and they are undefined. */
function withType(item: unknown, { apiVersion, kind }: Record<string, unknown>): unknown {
  if (!isRecord(item)) return item;
  return { ...item, apiVersion: item['apiVersion'] ?? apiVersion, kind: item['kind'] ?? kind };
}
