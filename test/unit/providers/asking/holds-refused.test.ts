import { expect, test } from '@jest/globals';
import { Credential } from '../../../../src/credential/credential.ts';
import type { CredentialResponse, CredentialResponseEntry } from '../../../../src/index.ts';
import { holdsRefused } from '../../../../src/providers/asking/holds-refused.ts';

const ENTRY = { username: 'u', password: 'p', identityToken: 'i', registryToken: 'r' };

function credentialOf(fields: CredentialResponseEntry): Credential {
  return Credential.from({ ...fields, key: 'k', source: { kind: 'provider', provider: 'p' } });
}

function responseOf(...entries: readonly CredentialResponseEntry[]): CredentialResponse {
  const auth = Object.fromEntries(entries.map((entry, index) => [`r${index}.test`, entry]));
  return { auth, cacheKeyType: 'Registry' };
}

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
