// A JavaScript object as the document that it is sent as: JSON with its names in order, as Go writes maps.

import type { DocumentMember, DocumentValue, ObjectValue } from './value.ts';

/** Objects have no places. */
const NOWHERE = { line: 0, column: 0 };

/**
 * Makes a document of an object.
 *
 * @param object - Whatever `JSON.stringify` takes.
 * @param maxDepth - Deeper collections are taken for empty.
 */
export function documentOf(
  object: Readonly<Record<string, unknown>>,
  maxDepth: number,
): ObjectValue {
  return { kind: 'object', position: NOWHERE, members: membersOf(object, maxDepth) };
}

/** `undefined` for what JSON leaves out. */
function convert(value: unknown, depth: number): DocumentValue | undefined {
  const position = NOWHERE;
  switch (typeof value) {
    case 'string':
      return { kind: 'string', position, text: value };
    case 'boolean':
      return { kind: 'boolean', position, value };
    case 'number':
      return Number.isFinite(value)
        ? { kind: 'number', position, text: String(value) }
        : { kind: 'null', position };
    case 'bigint':
      return { kind: 'number', position, text: String(value) };
    case 'object':
      return value === null ? { kind: 'null', position } : convertObject(value, depth);
    default:
      return undefined;
  }
}

function convertObject(value: object, depth: number): DocumentValue {
  const position = NOWHERE;
  if (value instanceof Date) return convert(dateText(value), depth) as DocumentValue;
  if (Array.isArray(value)) {
    const items = depth > 0 ? value.map((item: unknown) => convert(item, depth - 1)) : [];
    return {
      kind: 'array',
      position,
      items: items.map((item) => item ?? { kind: 'null', position }),
    };
  }
  return { kind: 'object', position, members: membersOf(value, depth) };
}

function membersOf(object: object, depth: number): DocumentMember[] {
  if (depth === 0) return [];
  const members = Object.entries(object).flatMap(([name, inner]): DocumentMember[] => {
    const value = convert(inner, depth - 1);
    return value === undefined ? [] : [{ name, position: NOWHERE, value }];
  });
  return sortMembers(members);
}

/** Clients have dates where the API has texts. */
function dateText(date: Date): string | null {
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** In the order of their names' bytes. */
export function sortMembers(members: readonly DocumentMember[]): DocumentMember[] {
  return members.toSorted((one, other) =>
    Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)),
  );
}

/** How large the JSON of an object is, and how deep. */
export interface ObjectSize {
  /** At least; counting ends where it is above the limit. */
  readonly bytes: number;
  readonly depth: number;
}

/** Measures an object without recursion, also one that contains itself. */
export function measureObject(root: unknown, maxBytes: number): ObjectSize {
  const pending: [value: unknown, depth: number][] = [[root, 0]];
  let bytes = 0;
  let maxDepth = 0;
  for (let next = pending.pop(); next !== undefined && bytes <= maxBytes; next = pending.pop()) {
    const [value, depth] = next;
    bytes += 1;
    if (typeof value === 'string') bytes += Buffer.byteLength(value) + 1;
    if (typeof value !== 'object' || value === null) continue;
    maxDepth = Math.max(maxDepth, depth + 1);
    for (const name of Object.keys(value)) {
      bytes += Array.isArray(value) ? 1 : Buffer.byteLength(name) + 4;
      if (bytes > maxBytes) break;
      pending.push([(value as Readonly<Record<string, unknown>>)[name], depth + 1]);
    }
  }
  return { bytes, depth: maxDepth };
}
