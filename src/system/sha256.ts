// Hashes, for names of things that must not be shown or kept themselves.

import { nodeCrypto } from './node-crypto.ts';

/** The SHA-256 of a text's UTF-8, in hexadecimal. */
export function sha256(text: string): string {
  return nodeCrypto().createHash('sha256').update(text, 'utf8').digest('hex');
}
