// How much of a kind a test goes through. Each file that imports this runs twice: as a sample in `npm test`, and in full in
// `npm run test:soak` (config/jest.config.js).

const isSoak = Reflect.get(globalThis, 'IS_SOAK') === true;

/** A number of rounds. */
export function amount(sample: number, all: number): number {
  return isSoak ? all : sample;
}

/** The cases of a table; in a sample, each `every`th of them. */
export function casesOf<T>(all: readonly T[], every: number): readonly T[] {
  return isSoak ? all : all.filter((_, index) => index % every === 0);
}
