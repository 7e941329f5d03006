// A provider may be anybody's code: what it answers is checked before it is believed.

import { shownKey } from '../config/decoding.ts';
import type { CredentialResponse } from './contract.ts';

const CACHE_KEY_TYPES: ReadonlySet<unknown> = new Set(['Image', 'Registry', 'Global']);

/** A provider's answer that is not of the contract's shape; the message quotes no value of it. */
export class MalformedResponse extends Error {
  constructor(reason: string) {
    super(`its answer is malformed: ${reason}`);
    this.name = 'MalformedResponse';
  }
}

/** Checks an answer's shape. `undefined` and `null` are answers: it has nothing for this image. */
export function checkResponse(response: unknown): CredentialResponse | undefined {
  if (response === undefined || response === null) return undefined;
  if (!isObject(response)) throw new MalformedResponse('it is not an object');
  const { auth, cacheKeyType, expiresAt } = response;
  if (!isObject(auth)) throw new MalformedResponse('auth is not an object');
  for (const [key, entry] of Object.entries(auth)) checkEntry(key, entry);
  if (!CACHE_KEY_TYPES.has(cacheKeyType)) {
    throw new MalformedResponse('cacheKeyType is none of Image, Registry and Global');
  }
  const isDate = expiresAt instanceof Date && !Number.isNaN(expiresAt.getTime());
  if (expiresAt !== undefined && !isDate) {
    throw new MalformedResponse('expiresAt is not a valid Date');
  }
  return response as unknown as CredentialResponse;
}

function checkEntry(key: string, entry: unknown): void {
  const where = `auth[${JSON.stringify(shownKey(key))}]`;
  if (!isObject(entry)) throw new MalformedResponse(`${where} is not an object`);
  for (const field of ['username', 'password']) {
    if (typeof entry[field] !== 'string') {
      throw new MalformedResponse(`${where}.${field} is not a string`);
    }
  }
  for (const field of ['identityToken', 'registryToken']) {
    if (entry[field] !== undefined && typeof entry[field] !== 'string') {
      throw new MalformedResponse(`${where}.${field} is not a string`);
    }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
