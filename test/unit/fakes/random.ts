// Choices that follow from a seed, as the conformance tests make them: the same inputs on every machine.

import { Random } from '../../conformance/random.ts';

export type { Random };

/** Makes a generator. */
export function seeded(seed: number): Random {
  return new Random(seed, 0);
}
