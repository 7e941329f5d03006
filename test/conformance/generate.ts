import type { Case } from './cases.ts';
import { makeImage } from './generate-images.ts';
import { makeLookup } from './generate-lookup.ts';
import { makeKey, makeRepository, makeWorld } from './generate-names.ts';
import { makeMustAttempt, makeVerification } from './generate-pulls.ts';
import { mutated } from './mutate.ts';
import { Random } from './random.ts';

/**
 * The case of this index in the run of this seed.
 *
 * The seed and the index are all that it depends on, so that one case of a run of 100,000 can be replayed alone.
 */
export function generateCase(seed: number, index: number): Case {
  const random = new Random(seed, index);
  return random.weighted<() => Case>([
    [70, () => makeLookup(random)],
    [13, () => makeMatch(random)],
    [10, () => ({ kind: 'image', image: makeImage(random, makeWorld(random)) })],
    [1, () => ({ kind: 'default-policy', image: makeImage(random, makeWorld(random)) })],
    [3, () => makeVerification(random)],
    [3, () => makeMustAttempt(random)],
  ])();
}

function makeMatch(random: Random): Case {
  const world = makeWorld(random);
  const target = random.chance(0.8) ? makeRepository(random, world) : makeKey(random, world);
  const image = random.chance(0.15) ? mutated(random, target) : target;
  const pattern = makeKey(random, world).replace(/^https?:\/\//, '');
  return { kind: 'match', pattern, image };
}
