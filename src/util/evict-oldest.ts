// Maps that do not grow without bound.

/** Deletes entries until there are no more than `max`: what was added longest ago goes first. */
export function evictOldest<V>(
  map: Map<string, V>,
  max: number,
  onEvict?: (value: V) => void,
): void {
  for (const [key, value] of map) {
    if (map.size <= max) return;
    map.delete(key);
    onEvict?.(value);
  }
}

/** Adds an entry. Begins anew where there are too many: deleting the oldest one by one takes longer than making them. */
export function setBounded<V>(
  map: Map<string, V>,
  max: number,
  [key, value]: readonly [string, V],
): void {
  if (map.size >= max) map.clear();
  map.set(key, value);
}
