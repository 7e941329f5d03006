// A map from strings to values that finds every stored prefix of a text: sorted prefixes, each linked to the longest
// other prefix of itself. Finding takes one binary search and one step a match, however many are stored.

/** Values by prefix. */
export interface PrefixMap<T> {
  readonly prefixes: readonly string[];
  readonly values: readonly T[];
  /** For each prefix the index of the longest stored prefix of it, or -1. */
  readonly parents: Int32Array;
}

/** Builds a map from prefixes that differ from each other. */
export function prefixMap<T>(entries: ReadonlyMap<string, T>): PrefixMap<T> {
  // By code unit, which for byte strings is by byte; a collator would be slow and wrong.
  const sorted = [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const parents = new Int32Array(sorted.length);
  const prefixes = sorted.map(([prefix]) => prefix);
  for (let index = 0; index < prefixes.length; index += 1) {
    parents[index] = longestPrefix(prefixes, parents, prefixes[index] as string, index - 1);
  }
  return { prefixes, values: sorted.map(([, value]) => value), parents };
}

/** Collects the value of every stored prefix of a text, the longest first. */
export function collectPrefixes<T>(
  { prefixes, values, parents }: PrefixMap<T>,
  text: string,
  found: T[],
): void {
  const start = lastNotAfter(prefixes, text);
  let index = longestPrefix(prefixes, parents, text, start);
  while (index >= 0) {
    found.push(values[index] as T);
    index = parents[index] as number;
  }
}

/** From an index at or before the text: all between a prefix of the text and the text begin with that prefix. */
function longestPrefix(
  prefixes: readonly string[],
  parents: Int32Array,
  text: string,
  start: number,
): number {
  let index = start;
  while (index >= 0 && !text.startsWith(prefixes[index] as string))
    index = parents[index] as number;
  return index;
}

/** The last index whose prefix does not sort after the text, or -1. */
function lastNotAfter(prefixes: readonly string[], text: string): number {
  let low = 0;
  let high = prefixes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((prefixes[middle] as string) <= text) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
