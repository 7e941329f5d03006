import { describe, expect, test } from '@jest/globals';
import assert from 'node:assert';
import { inspect, isDeepStrictEqual } from 'node:util';
import { Credential, type CredentialFields } from '../../../src/credential/credential.ts';

const SECRET = 'S3CR3T-canary';
const OTHER = 'S3CR3T-other';
const FULL: CredentialFields = {
  username: 'robot',
  password: SECRET,
  email: 'robot@example.com',
  identityToken: `${SECRET}-identity`,
  registryToken: `${SECRET}-registry`,
  serverAddress: 'https://ghcr.io',
  expiresAt: new Date('2026-01-01T00:00:00Z'),
  key: 'ghcr.io',
  source: { kind: 'pull-secret', namespace: 'shop', name: 'regcred' },
  basicBytes: Uint8Array.of(0x75, 0x3a, 0xff, 0xfe),
  ignoredToken: 'identity token',
};

/** One other value for each field: the type makes sure that there is one. */
const CHANGES: { readonly [K in keyof Required<CredentialFields>]: CredentialFields[K] } = {
  username: 'other',
  password: OTHER,
  email: 'other@example.com',
  identityToken: OTHER,
  registryToken: OTHER,
  serverAddress: 'https://other.test',
  expiresAt: new Date('2027-01-01T00:00:00Z'),
  key: 'ghcr.io/acme',
  source: { kind: 'pull-secret', namespace: 'shop', name: 'other' },
  basicBytes: Uint8Array.of(0x75, 0x3a, 0xff, 0xfd),
  ignoredToken: 'registry token',
};

function credential(changes: Partial<CredentialFields> = {}): Credential {
  return Credential.from({ ...FULL, ...changes });
}

function proxied(password: string): unknown {
  return new Proxy(credential({ password }), {});
}

function failureOf(check: () => void): string {
  try {
    check();
  } catch (error) {
    return inspect(error, { depth: 9 });
  }
  return '';
}

/** The ways to compare, each with what it says where the two differ. */
const WAYS: readonly (readonly [string, (a: unknown, b: unknown) => string])[] = [
  ['equals', (a, b) => ((a as Credential).equals(b) ? '' : 'unequal')],
  ['util.isDeepStrictEqual', (a, b) => (isDeepStrictEqual(a, b) ? '' : 'unequal')],
  ['assert.deepStrictEqual', (a, b) => failureOf(() => assert.deepStrictEqual(a, b))],
  ['assert.deepEqual', (a, b) => failureOf(() => assert.deepEqual(a, b))],
  ['toEqual', (a, b) => failureOf(() => expect(a).toEqual(b))],
  ['toStrictEqual', (a, b) => failureOf(() => expect(a).toStrictEqual(b))],
  ['toEqual in a list', (a, b) => failureOf(() => expect([a]).toEqual([b]))],
  ['toMatchObject', (a, b) => failureOf(() => expect(a).toMatchObject(b as object))],
];
const MATCHERS = WAYS.filter(([name]) => name !== 'equals');

describe.each(WAYS)('%s', (_name, compare) => {
  test('finds credentials of the same fields equal', () => {
    expect(compare(credential(), credential())).toBe('');
    const bare = { email: undefined, expiresAt: undefined, basicBytes: undefined };
    expect(compare(credential(bare), credential(bare))).toBe('');
  });

  test.each(Object.keys(CHANGES) as (keyof CredentialFields)[])(
    'finds those unequal that differ in %s, or where one has none, and shows no secret',
    (field) => {
      const other = credential({ [field]: CHANGES[field] });
      const without = credential({ [field]: field === 'password' ? '' : undefined });
      const said = [compare(credential(), other), compare(other, credential())];
      if (!['username', 'key', 'source'].includes(field)) said.push(compare(without, credential()));
      expect(said).not.toContain('');
      expect(said.join()).not.toContain('S3CR3T');
    },
  );
});

test.each(MATCHERS)('%s compares proxies by what is behind them', (_name, compare) => {
  expect(compare(proxied(SECRET), proxied(SECRET))).toBe('');
  expect(compare(proxied(SECRET), proxied(OTHER))).not.toBe('');
});

test('a credential equals nothing else', () => {
  const others = [
    undefined,
    null,
    'x',
    {},
    credential().toJSON(),
    Object.create(Credential.prototype),
  ];
  expect(others.filter((other) => credential().equals(other))).toEqual([]);
});

test('a matcher may make an object of the same class, and print it', () => {
  // vitest clones what it shows: an object with the prototype, and with copies of the own members.
  const members = Object.getOwnPropertyDescriptors(credential());
  const clone = Object.create(Credential.prototype, members) as Credential;
  expect(clone.username).toBeUndefined();
  expect(clone.password).toBeUndefined();
  expect(JSON.stringify(clone)).toMatch(/"password":"\[redacted [\da-f]{32}\]"/);
  const empty = Object.create(Credential.prototype) as Credential;
  expect([empty.key, empty.source, String(empty)]).toEqual([undefined, undefined, 'Credential {}']);
});
