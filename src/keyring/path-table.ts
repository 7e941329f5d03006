// The keys of one host, found by an image's path.

import { collectPrefixes, prefixMap, type PrefixMap } from './prefix-map.ts';

/** All entries that were added under one key, in the order of adding. */
export interface KeySlot<T> {
  /** The normalised key, a byte string (go-url.ts). */
  readonly key: string;
  readonly entries: T[];
  /** The path that an image's must begin with, a byte string. */
  readonly path: string;
  /** Another key of the same host and path: the two differ in what matching does not see, as a port's colon. */
  sibling?: KeySlot<T>;
}

/** The keys of one host. Most hosts have one, which then needs neither a map nor a search. */
export interface PathTable<T> {
  readonly first: KeySlot<T>;
  /** All of them by path and by key, while the table is built. */
  building?: TableBuilding<T>;
  /** All of them, when the table is finished. */
  byPrefix?: PrefixMap<KeySlot<T>>;
}

interface TableBuilding<T> {
  readonly byPath: Map<string, KeySlot<T>>;
  /** Any number of keys may have one path. */
  readonly byKey: Map<string, KeySlot<T>>;
}

/** Adds a slot to a table, or its entry to the slot of the same key; gives the slot that then holds it. */
export function mergeSlot<T>(table: PathTable<T>, slot: KeySlot<T>): KeySlot<T> {
  const { first, building } = table;
  const present = first.key === slot.key ? first : building?.byKey.get(slot.key);
  if (present === undefined) {
    addSlot(table, slot);
    return slot;
  }
  for (const entry of slot.entries) present.entries.push(entry);
  return present;
}

function addSlot<T>(table: PathTable<T>, slot: KeySlot<T>): void {
  const { first } = table;
  const { byPath, byKey } = (table.building ??= {
    byPath: new Map([[first.path, first]]),
    byKey: new Map(),
  });
  byKey.set(slot.key, slot);
  const present = byPath.get(slot.path);
  if (present === undefined) {
    byPath.set(slot.path, slot);
  } else {
    if (present.sibling !== undefined) slot.sibling = present.sibling;
    present.sibling = slot;
  }
}

/** Makes a table ready for visits. */
export function finishTable<T>(table: PathTable<T>): void {
  const { building } = table;
  if (building !== undefined) table.byPrefix = prefixMap(building.byPath);
  delete table.building;
}

/** Collects every key whose path is a prefix of the image's. */
export function collectByPath<T>(
  { first, byPrefix }: PathTable<T>,
  path: string,
  found: KeySlot<T>[],
): void {
  if (byPrefix === undefined) {
    if (path.startsWith(first.path)) found.push(first);
    return;
  }
  const direct: KeySlot<T>[] = [];
  collectPrefixes(byPrefix, path, direct);
  for (const slot of direct) {
    for (let next: KeySlot<T> | undefined = slot; next !== undefined; next = next.sibling) {
      found.push(next);
    }
  }
}
