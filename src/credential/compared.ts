// How objects compare that keep their values where no print reaches them: matchers and node:assert look at enumerable
// members of the object's own.

import { nodeCrypto } from '../system/node-crypto.ts';

/** Has the name of a property: `assert.deepEqual` and vitest's `toMatchObject` pass over symbols. */
const COMPARED = 'compared';

/**
 * Gives an object the member by which it compares with others of its class. It is a getter, so that nothing is computed
 * before somebody compares.
 *
 * @param form - Equal where the objects are, and without a secret.
 */
export function compareBy(object: object, form: () => object): void {
  Object.defineProperty(object, COMPARED, { enumerable: true, get: form });
}

/** What an object compares by, for printing one that has the member alone: matchers clone what they show. */
export function comparedForm(object: object): Record<string, unknown> {
  return { ...(object as { readonly [COMPARED]?: Record<string, unknown> })[COMPARED] };
}

/** Nobody outside of the process can try guesses against what this key made. */
let keyOfProcess: Uint8Array | undefined;

/** Stands for a secret where it may be shown: equal for equal secrets of one process, and says nothing else of them. */
export function secretMark(secret: string | Uint8Array): string {
  const { createHmac, randomBytes } = nodeCrypto();
  keyOfProcess ??= randomBytes(32);
  const mark = createHmac('sha256', keyOfProcess).update(secret).digest('hex');
  return `[redacted ${mark.slice(0, 32)}]`;
}
