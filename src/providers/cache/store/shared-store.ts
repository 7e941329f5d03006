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
  /**
   * Keeps a value where there is none, in one step that no other process can come between; `true` says that it did. A
   * store that has it makes a fleet's first lookup wait milliseconds in place of a quarter of a second.
   *
   * @param ttlMs - How long to keep it, in whole milliseconds.
   */
  setIfAbsent?(key: string, value: string, ttlMs: number): boolean | Promise<boolean>;
}

/** An upstream's answer, and when it was given. */
export interface StoredAnswer {
  readonly response: CredentialResponse;
  /** Wall clock when it was received from upstream, in milliseconds since 1970. */
  readonly receivedAtMs: number;
  /** Wall clock of its hard expiry, in milliseconds since 1970. */
  readonly expiresAtMs: number;
}
