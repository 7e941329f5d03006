// A cache that processes share, as a caller gives it: what a store looks like, and the check of it and its keys.

import { isRecord } from '../util/is-record.ts';
import { own } from '../util/own.ts';

/** Where processes share providers' answers. `openTokenFileCache()` gives one in files. */
export interface SharedCache {
  /**
   * A Keyv instance, one of its adapters, or anything with their `get` and `set`. All processes that share a
   * store and a key count as one principal.
   */
  readonly store: KeyvStore;
  /** 32 random bytes each, as bytes or in base64: the first encrypts what is stored, all decrypt. */
  readonly keys: readonly (string | Uint8Array)[];
}

/** Any Keyv-compatible store: a `Keyv` instance, one of its adapters, or anything with these two, promises or not. */
export interface KeyvStore {
  /** The value under a key; `undefined` or `null` where there is none. */
  get(key: string): unknown;
  /**
   * Keeps a value; `false` says that it could not.
   *
   * @param ttlMs - How long to keep it, in whole milliseconds.
   */
  set(key: string, value: string, ttlMs?: number): unknown;
  /**
   * Takes the lock of a name; `undefined` while another process has it. The store has to see to it that only one process
   * has it at a time, and that it does not stay with one that was killed. Without it, each process calls the provider
   * once for a scope that is not cached.
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

/** What is wrong with a shared cache, as a phrase after the option's name; it never quotes a key. */
export function sharedCacheProblem(value: unknown): string | undefined {
  if (!isRecord(value)) return 'must be { store, keys }';
  const { store, keys, ...unknown } = own(value);
  const [name] = Object.keys(unknown);
  if (name !== undefined) return `has no member ${JSON.stringify(name)}`;
  if (!isStore(store)) return 'must have a store with get() and set()';
  // No option: a store is somebody else's machine.
  if (keys === undefined) return 'needs keys, to encrypt what the store holds';
  const problem = storeKeysProblem(keys);
  return problem === undefined ? undefined : `keys ${problem}`;
}

function isStore(value: unknown): boolean {
  const members = Object(value) as Record<string, unknown>;
  return ['get', 'set'].every((name) => typeof members[name] === 'function');
}

const KEY_BYTES = 32;

/** 32 bytes in base64 or base64url, with or without the padding. */
const BASE64_KEY = /^[A-Za-z0-9+/_-]{43}=?$/;

/**
 * What is wrong with keys for the shared store, as a phrase after the option's name; it never quotes a key.
 *
 * @param keys - At least one key, each 32 bytes, or 32 bytes in base64 (`openssl rand -base64 32`).
 */
export function storeKeysProblem(keys: unknown): string | undefined {
  if (!Array.isArray(keys) || keys.length === 0) {
    return 'must be an array of at least one key';
  }
  const index = keys.findIndex((key) => !isKey(key));
  return index === -1
    ? undefined
    : `[${index}] must be ${KEY_BYTES} random bytes: a Uint8Array, or their base64 text`;
}

/** A key's bytes, as a copy: what the caller does with its own afterwards changes nothing. */
export function keyBytes(key: string | Uint8Array): Uint8Array {
  return typeof key === 'string' ? Buffer.from(key, 'base64') : Uint8Array.from(key);
}

function isKey(key: unknown): boolean {
  if (typeof key === 'string') return BASE64_KEY.test(key);
  return isRecord(key) && key instanceof Uint8Array && key.length === KEY_BYTES;
}
