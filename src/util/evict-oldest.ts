// Bounds a map: what was added longest ago goes first.

/** Deletes entries until there are no more than `max`. */
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
