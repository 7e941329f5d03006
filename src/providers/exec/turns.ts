// A limit on work at once: the rest waits for its turn, first come, first served.

import { importPackage } from '../cloud/import-package.ts';

/** Runs work when it is its turn. */
export type TakeTurn = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

/** Makes a limit; p-limit is loaded at the first use. */
export function createTurns(maxConcurrent: number): TakeTurn {
  let loading: Promise<TakeTurn> | undefined;

  async function load(): Promise<TakeTurn> {
    const { default: pLimit } = await importPackage('p-limit', () => import('p-limit'));
    const limit = pLimit(maxConcurrent);
    return (signal, work) =>
      limit(() => {
        // Whoever gave up while it waited must not cost a process.
        signal.throwIfAborted();
        return work();
      });
  }

  return async (signal, work) => {
    loading ??= load();
    const take = await loading;
    return take(signal, work);
  };
}
