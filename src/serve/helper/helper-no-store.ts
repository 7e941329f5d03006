// The store of a helper that keeps nothing.

import { HelperError } from './contract.ts';
import type { HelperStore } from './helper-store.ts';

/** Makes a store that has nothing, and refuses to keep anything. */
export function noStore(name: string): HelperStore {
  const refuse = (): Promise<never> =>
    Promise.reject(new HelperError(`${name} keeps no credentials: no store is configured`));
  return { get: async () => undefined, list: async () => new Map(), store: refuse, erase: refuse };
}
