// What this process's cache needs of a cache that several processes share. src/shared-cache/ has it.

import type { CredentialResponse } from '../contract.ts';

/** A provider's answer, and when it came. */
export interface Received {
  /** `undefined` where the provider has nothing for the image. */
  readonly response: CredentialResponse | undefined;
  /** Wall-clock time, in milliseconds since 1970. */
  readonly receivedAtMs: number;
}

/** An answer that can be shared. */
export interface StoredAnswer extends Received {
  readonly response: CredentialResponse;
  /** Wall clock of its hard expiry, in milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** What is wanted of a fleet. */
export interface ShareOptions {
  /** Whether an answer that another process received is good enough. */
  readonly accept: (answer: StoredAnswer) => boolean;
  /** Asks upstream. An answer whose expiry has passed is for this process alone, as is `undefined`. */
  readonly load: () => Promise<StoredAnswer | undefined>;
  readonly signal: AbortSignal;
  /**
   * Whether nobody waits for it: then waiting for other processes does not keep this one alive.
   *
   * @defaultValue `false`
   */
  readonly isBackground?: boolean;
}

/** Processes that share a store and a key. */
export interface Fleet {
  /**
   * An answer of the scope: from the store where one passes `accept`, else from `load`, which only one process of the
   * fleet runs at a time. Rejects as `load` does, or as the signal does; never because of the store.
   */
  share(scope: string, options: ShareOptions): Promise<StoredAnswer | undefined>;
  /** Whose the answers are of providers that do not say so. */
  defaultPrincipal(): Promise<string>;
  /** Ends timers. What waits for other processes asks by itself; what this process has asked for is still shared. */
  close(): void;
}
