// The key that the token cache is encrypted with, in a file beside it, where the caller gives none.

import { keyBytes, storeKeysProblem } from '../shared-cache.ts';
import { nodeCrypto } from '../../system/node-crypto.ts';
import type { System } from '../../system/system.ts';
import { checkPrivate } from './cache-directory.ts';

/** What the key's file asks of the world. */
export type KeySystem = Pick<System, 'readFile' | 'createFileExclusive' | 'platform' | 'userId'>;

const KEY_BYTES = 32;
const MAX_BYTES = 1024;

/**
 * Reads the key, and makes one first where there is none; of many processes that do so at once all have the same.
 *
 * @throws an error that says in one phrase why the file is not to be used; it never quotes it.
 */
export async function openKeyFile(system: KeySystem, path: string): Promise<Uint8Array> {
  const known = await readKey(system, path);
  if (known !== undefined) return known;
  const text = nodeCrypto().randomBytes(KEY_BYTES).toString('base64');
  await system.createFileExclusive(path, `${text}\n`);
  const made = await readKey(system, path);
  if (made === undefined) throw new Error('it vanishes');
  return made;
}

async function readKey(system: KeySystem, path: string): Promise<Uint8Array | undefined> {
  const content = await system.readFile(path, { maxBytes: MAX_BYTES, followLinks: false });
  if (content === undefined) return undefined;
  checkPrivate(system, content.stamp);
  const key = Buffer.from(content.bytes).toString('latin1').trim();
  if (storeKeysProblem([key]) !== undefined) {
    throw new Error('it holds no key; remove it, and a new one is made');
  }
  return keyBytes(key);
}
