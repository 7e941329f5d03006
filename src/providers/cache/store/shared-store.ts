// What a store that a fleet shares looks like, and what is kept in it.

import type { CredentialResponse } from '../../contract.ts';

/** Any Keyv-compatible store: a `Keyv` instance, one of its adapters, or anything with these three, promises or not. */
export interface KeyvStore {
  /** The value under a key; `undefined` or `null` where there is none. */
  get(key: string): unknown;
  /**
   * Keeps a value; `false` says that it could not.
   *
   * @param ttlMs - How long to keep it, in whole milliseconds.
   */
  set(key: string, value: string, ttlMs?: number): unknown;
  delete(key: string): unknown;
}

/** An upstream's answer, and when it was given. */
export interface StoredAnswer {
  readonly response: CredentialResponse;
  /** Wall clock when it was received from upstream, in milliseconds since 1970. */
  readonly receivedAtMs: number;
  /** Wall clock of its hard expiry, in milliseconds since 1970. */
  readonly expiresAtMs: number;
}
