// The keys that a caller gives for the shared store: checked without ever being quoted.

import { isRecord } from '../util/is-record.ts';

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
