// A small generator of pseudo-random numbers: the same seed gives the same inputs, on every machine.

/** Choices that follow from a seed. */
export interface Random {
  /** A whole number from 0 up to, but not including, a limit. */
  below(limit: number): number;
  pick<T>(choices: readonly T[]): T;
  /** Between `min` and `max` picks, joined. */
  text(choices: readonly string[], min: number, max: number): string;
}

/** Makes a generator (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed;

  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  const below = (limit: number): number => next() % limit;
  const pick = <T>(choices: readonly T[]): T => choices[below(choices.length)] as T;
  return {
    below,
    pick,
    text: (choices, min, max) =>
      Array.from({ length: min + below(max - min + 1) }, () => pick(choices)).join(''),
  };
}
