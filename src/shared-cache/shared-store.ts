// What a store that a fleet shares looks like, and what is kept in it.

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
   * Takes the lock of a name; `undefined` while another process has it. The store has to see to it that only one process
   * has it at a time, and that it does not stay with one that was killed. With a store that has it, a fleet's first lookup
   * waits milliseconds in place of a quarter of a second.
   */
  lock?(key: string): Promise<StoreLock | undefined>;
  /**
   * Whose the answers are of providers that do not say so themselves (`cachePrincipal`).
   *
   * @defaultValue nothing: such providers are told apart by name and scope alone
   */
  principal?(): Promise<string>;
}

/** A lock that this process has. */
export interface StoreLock {
  /** Gives it back. Where it was lost to another process meanwhile, that one keeps it. */
  release(): Promise<void>;
}
