// Encryption of what goes into the shared store, and the names it goes under. A reader of the store without a key learns
// neither values nor scopes; a writer without a key can only make entries that nobody believes.

import { nodeCrypto } from '../system/node-crypto.ts';
import { keyBytes } from './shared-cache.ts';

/** What an entry is; one kind never passes for another. */
export type EntryKind = 'answer' | 'unshared';

/** Seals and names entries. */
export interface Sealer {
  /** The names of an entry: the current key's first, then those of keys that are being rotated out. */
  names(kind: EntryKind, scope: string): readonly [string, ...string[]];
  /** Encrypts with the current key. */
  seal(kind: EntryKind, scope: string, text: string): string;
  /** Decrypts with whichever key it was sealed with; `undefined` for anything that `seal` did not make for this entry. */
  open(kind: EntryKind, scope: string, value: unknown): string | undefined;
}

interface DerivedKey {
  /** Says which key an envelope was sealed with, and nothing about it. */
  readonly id: string;
  readonly encryption: Uint8Array;
  readonly naming: Uint8Array;
}

/** What names and envelopes begin with; another format gets another number. */
const FORMAT = 'docker-keyring:1';
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const KEY_ID_BYTES = 9;
/** NIST SP 800-38D, 8.2.2: 96 random bits are good for 2^32 seals with one key. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** More than any answer needs: a larger entry is not ours, and is not decoded. */
const MAX_VALUE_LENGTH = 2 ** 20;

/**
 * Makes a sealer. Each key is only ever used through HKDF-SHA-256 (RFC 5869), so that a caller may use it elsewhere too.
 *
 * @param keys - The first encrypts, all of them decrypt; checked before with `sharedCacheProblem`.
 */
export function createSealer(keys: readonly (string | Uint8Array)[]): Sealer {
  const copies = keys.map(keyBytes);
  let derived: readonly DerivedKey[] | undefined;
  // Later, since it loads node:crypto: making a keyring must not.
  const allKeys = (): readonly DerivedKey[] => (derived ??= copies.map(derive));
  return {
    names(kind, scope) {
      const names = allKeys().map(({ naming }) => entryName(naming, kind, scope));
      return names as [string, ...string[]];
    },
    seal(kind, scope, text) {
      const [current] = allKeys() as [DerivedKey];
      return encrypt(current, boundTo(kind, scope), text);
    },
    open(kind, scope, value) {
      if (typeof value !== 'string' || value.length > MAX_VALUE_LENGTH) return undefined;
      const [format, id, body, ...rest] = value.split('.');
      if (format !== FORMAT || body === undefined || rest.length > 0) return undefined;
      const key = allKeys().find((one) => one.id === id);
      return key === undefined ? undefined : decrypt(key, boundTo(kind, scope), body);
    },
  };
}

function derive(key: Uint8Array): DerivedKey {
  const { hkdfSync } = nodeCrypto();
  const part = (purpose: string, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', key, '', `${FORMAT} ${purpose}`, length));
  return {
    id: part('key id', KEY_ID_BYTES).toString('base64url'),
    encryption: part('encryption', KEY_BYTES),
    naming: part('naming', KEY_BYTES),
  };
}

/** A plain hash of a scope could be guessed: there are few registries and principals. */
function entryName(naming: Uint8Array, kind: EntryKind, scope: string): string {
  const hmac = nodeCrypto().createHmac('sha256', naming).update(boundTo(kind, scope));
  return `${FORMAT}:${kind}:${hmac.digest('base64url')}`;
}

/** What an entry is bound to, so that one that was copied to another name opens nowhere. */
function boundTo(kind: EntryKind, scope: string): string {
  return `${FORMAT}\n${kind}\n${scope}`;
}

function encrypt({ id, encryption }: DerivedKey, boundText: string, text: string): string {
  const { createCipheriv, randomBytes } = nodeCrypto();
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, encryption, nonce).setAAD(Buffer.from(boundText));
  const sealed = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return `${FORMAT}.${id}.${Buffer.concat(sealed).toString('base64url')}`;
}

function decrypt({ encryption }: DerivedKey, boundText: string, body: string): string | undefined {
  const bytes = Buffer.from(body, 'base64url');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const tagStart = bytes.length - TAG_BYTES;
  const decipher = nodeCrypto()
    .createDecipheriv(CIPHER, encryption, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    .setAAD(Buffer.from(boundText))
    .setAuthTag(bytes.subarray(tagStart));
  try {
    const start = decipher.update(bytes.subarray(NONCE_BYTES, tagStart));
    return Buffer.concat([start, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
