import { describe, expect, test } from '@jest/globals';
import { Credential } from '../../../../src/credential/credential.ts';
import type { CredentialResponse, CredentialResponseEntry } from '../../../../src/index.ts';
import {
  checkResponse,
  holdsRefused,
  MalformedResponse,
} from '../../../../src/providers/asking/check-response.ts';

const entry = { username: 'u', password: 'canary' };
const auth = { 'r.test': entry };

describe('an answer of the contract’s shape is taken', () => {
  test.each<[unknown, unknown]>([
    [undefined, undefined],
    [null, undefined],
    [
      { auth: {}, cacheKeyType: 'Image' },
      { auth: {}, cacheKeyType: 'Image' },
    ],
    [
      { auth, cacheKeyType: 'Registry' },
      { auth, cacheKeyType: 'Registry' },
    ],
    [
      { auth, cacheKeyType: 'Global', expiresAt: new Date(5), cacheDurationMs: 7 },
      { auth, cacheKeyType: 'Global', expiresAt: new Date(5), cacheDurationMs: 7 },
    ],
    [
      {
        auth: { a: { ...entry, identityToken: 'i', registryToken: 'r', email: 'e' } },
        cacheKeyType: 'Image',
      },
      {
        auth: { a: { ...entry, identityToken: 'i', registryToken: 'r', email: 'e' } },
        cacheKeyType: 'Image',
      },
    ],
  ])('%p', (response, taken) => {
    expect(checkResponse(response)).toEqual(taken);
  });

  test('as a copy without what the contract does not know', () => {
    const foreign = { ...entry, rawKey: 'other.test', basicBytes: 'x' };
    const expiresAt = new Date(5);
    const response = { auth: { a: foreign }, cacheKeyType: 'Image', expiresAt, kind: 'x' };
    const taken = checkResponse(response);
    expiresAt.setTime(9);
    foreign.username = 'changed';
    expect(taken).toEqual({ auth: { a: entry }, cacheKeyType: 'Image', expiresAt: new Date(5) });
  });

  test('with a key such as __proto__', () => {
    const proto = JSON.parse('{"__proto__":{"username":"u","password":"canary"}}') as object;
    const taken = checkResponse({ auth: proto, cacheKeyType: 'Image' });
    expect(Object.keys(taken?.auth ?? {})).toEqual(['__proto__']);
  });
});

describe('an answer of another shape is refused, and not quoted', () => {
  test.each<[unknown, string]>([
    ['canary', 'it is not an object'],
    [5, 'it is not an object'],
    [[], 'it is not an object'],
    [() => {}, 'it is not an object'],
    [{}, 'auth is not an object'],
    [{ auth: null }, 'auth is not an object'],
    [{ auth: ['canary'] }, 'auth is not an object'],
    [{ auth: { a: null } }, 'auth["a"] is not an object'],
    [
      { auth: { 'https://u:canary@a/?canary': 5 } },
      'auth["https://[redacted]@a/?[redacted]"] is not an object',
    ],
    [{ auth: { a: { password: 'canary' } } }, 'auth["a"].username is not a string'],
    [{ auth: { a: { username: 'canary', password: 5 } } }, 'auth["a"].password is not a string'],
    [{ auth: { a: { ...entry, identityToken: 5 } } }, 'auth["a"].identityToken is not a string'],
    [{ auth: { a: { ...entry, registryToken: null } } }, 'auth["a"].registryToken is not a string'],
    [{ auth }, 'cacheKeyType is none of Image, Registry and Global'],
    [{ auth, cacheKeyType: 'canary' }, 'cacheKeyType is none of Image, Registry and Global'],
    [{ auth, cacheKeyType: 'Image', expiresAt: '2026-01-01' }, 'expiresAt is not a valid Date'],
    [{ auth, cacheKeyType: 'Image', cacheDurationMs: '5' }, 'cacheDurationMs is not a number'],
    [{ auth, cacheKeyType: 'Image', cacheDurationMs: NaN }, 'cacheDurationMs is not a number'],
    [{ auth, cacheKeyType: 'Image', expiresAt: null }, 'expiresAt is not a valid Date'],
    [{ auth, cacheKeyType: 'Image', expiresAt: new Date('x') }, 'expiresAt is not a valid Date'],
  ])('%p', (response, reason) => {
    expect(() => checkResponse(response)).toThrow(MalformedResponse);
    expect(() => checkResponse(response)).toThrow(`its answer is malformed: ${reason}`);
    expect(() => checkResponse(response)).not.toThrow(/canary/);
  });
});

const ENTRY = { username: 'u', password: 'p', identityToken: 'i', registryToken: 'r' };

function credentialOf(fields: CredentialResponseEntry): Credential {
  return Credential.from({ ...fields, key: 'k', source: { kind: 'provider', provider: 'p' } });
}

function responseOf(...entries: readonly CredentialResponseEntry[]): CredentialResponse {
  const all = Object.fromEntries(entries.map((one, index) => [`r${index}.test`, one]));
  return { auth: all, cacheKeyType: 'Registry' };
}

describe('an answer holds a credential that was refused', () => {
  test('any entry of an answer may be any of those that were refused', () => {
    const response = responseOf({ username: 'first', password: 'p' }, ENTRY);
    const other = credentialOf({ username: 'other', password: 'p' });
    expect(holdsRefused(response, [other, credentialOf(ENTRY)])).toBe(true);
    expect(holdsRefused(response, [other])).toBe(false);
  });

  test.each([{ username: 'v' }, { password: 'q' }, { identityToken: 'j' }, { registryToken: 's' }])(
    'with %j it is another credential',
    (change) => {
      const refused = [credentialOf({ ...ENTRY, ...change })];
      expect(holdsRefused(responseOf(ENTRY), refused)).toBe(false);
    },
  );

  test('an empty token is none, and a missing one is not any', () => {
    const { username, password } = ENTRY;
    const without = { username, password };
    const empty = { ...without, identityToken: '', registryToken: '' };
    expect(holdsRefused(responseOf(without), [credentialOf(empty)])).toBe(true);
    expect(holdsRefused(responseOf(empty), [credentialOf(without)])).toBe(true);
    expect(holdsRefused(responseOf(ENTRY), [credentialOf(without)])).toBe(false);
    expect(holdsRefused(responseOf(without), [credentialOf(ENTRY)])).toBe(false);
  });

  test('no answer holds none', () => {
    expect(holdsRefused(undefined, [credentialOf(ENTRY)])).toBe(false);
    expect(holdsRefused(responseOf(), [credentialOf(ENTRY)])).toBe(false);
  });
});
