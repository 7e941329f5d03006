import { isRecord } from '../../util/is-record.ts';

/** Where in an object a field stands: the keys and indexes that lead to it. */
export type FieldPath = readonly (string | number)[];

/** A path as the API server writes it: `spec.containers[0].image`. */
export function fieldText(path: FieldPath): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '');
}

/** What a path ends at, and how much of it led there: all of it, or as much as there are objects for. */
export function follow(
  object: unknown,
  path: FieldPath,
): { readonly value: unknown; readonly reached: FieldPath } {
  let value = object;
  for (const [index, key] of path.entries()) {
    if (!isRecord(value)) return { value, reached: path.slice(0, index) };
    value = Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return { value, reached: path };
}

/** YAML has null where JSON leaves a field out. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
