import { describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import { Credential, type CredentialFields } from '../../../src/credential/credential.ts';

const SECRET = 'S3CR3T-canary';

function credential(fields: Partial<CredentialFields> = {}): Credential {
  return Credential.from({
    username: 'robot',
    password: SECRET,
    key: 'ghcr.io',
    source: { kind: 'docker-config', path: '/config.json' },
    ...fields,
  });
}

const full: Partial<CredentialFields> = {
  email: 'robot@example.com',
  identityToken: `${SECRET}-identity`,
  registryToken: `${SECRET}-registry`,
  serverAddress: 'https://ghcr.io',
  expiresAt: new Date('2026-01-01T00:00:00Z'),
};

test('a credential gives its values to who asks for them', () => {
  const fields = { ...full, source: { kind: 'provider', provider: 'vault' } } as const;
  const asked = credential(fields);
  expect(asked.username).toBe('robot');
  expect(asked.password).toBe(SECRET);
  expect(asked.email).toBe('robot@example.com');
  expect(asked.identityToken).toBe(`${SECRET}-identity`);
  expect(asked.registryToken).toBe(`${SECRET}-registry`);
  expect(asked.serverAddress).toBe('https://ghcr.io');
  expect(asked.expiresAt).toEqual(new Date('2026-01-01T00:00:00Z'));
  expect(asked.key).toBe('ghcr.io');
  expect(asked.source).toEqual({ kind: 'provider', provider: 'vault' });
});

describe('no way of printing a credential shows a secret', () => {
  const printers: readonly [string, (value: Credential) => string][] = [
    ['a template string', (value) => `it is ${String(value)}`],
    ['concatenation', (value) => 'x'.concat(value as unknown as string)],
    ['JSON.stringify', (value) => JSON.stringify(value)],
    ['JSON.stringify of what holds it', (value) => JSON.stringify({ list: [value] }, null, 2)],
    ['util.inspect', (value) => inspect(value)],
    ['util.inspect of what holds it', (value) => inspect({ a: { b: [value] } }, { depth: 9 })],
    ['showHidden', (value) => inspect(value, { showHidden: true, depth: null, getters: true })],
    ['customInspect: false', (value) => inspect(value, { customInspect: false, showHidden: true })],
    [
      'customInspect: false with getters',
      (value) => inspect(value, { customInspect: false, showHidden: true, getters: true }),
    ],
    [
      'showProxy',
      (value) => inspect(new Proxy(value, {}), { showProxy: true, customInspect: false }),
    ],
    ['spreading', (value) => inspect({ ...(value as object) })],
    ['Object.assign', (value) => inspect(Object.assign({}, value))],
    ['structuredClone', (value) => inspect(structuredClone(value), { customInspect: false })],
    ['Object.entries', (value) => JSON.stringify(Object.entries(value))],
    ['own properties', (value) => inspect(Object.getOwnPropertyDescriptors(value))],
    ['for … in', (value) => forIn(value)],
    ['an error that quotes it', (value) => inspect(new Error(`no: ${String(value)}`))],
  ];

  test.each(printers)('%s', (_name, print) => {
    const shown = print(credential(full));
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(Buffer.from(`robot:${SECRET}`).toString('base64'));
  });
});

test('a printed credential says what it is, where it comes from, and what is hidden', () => {
  const shown = {
    username: 'robot',
    password: '[redacted]',
    email: 'robot@example.com',
    identityToken: '[redacted]',
    registryToken: '[redacted]',
    serverAddress: 'https://ghcr.io',
    expiresAt: '2026-01-01T00:00:00.000Z',
    key: 'ghcr.io',
    source: { kind: 'docker-config', path: '/config.json' },
  };
  expect(credential(full).toJSON()).toEqual(shown);
  expect(String(credential(full))).toBe(`Credential ${JSON.stringify(shown)}`);
  expect(inspect(credential(full))).toBe(`Credential ${inspect(shown)}`);
});

test('a credential whose end is no date can be printed', () => {
  const printed = JSON.parse(
    JSON.stringify(credential({ expiresAt: new Date(Number.NaN) })),
  ) as object;
  expect(printed).toMatchObject({ username: 'robot', expiresAt: null });
});

test('an empty password is shown as empty, for there is nothing to hide', () => {
  const shown = credential({ username: '', password: '' }).toJSON();
  expect(shown).toMatchObject({ username: '', password: '' });
  expect(shown).not.toHaveProperty('email');
  expect(shown).not.toHaveProperty('expiresAt');
});

describe('a user name that is the secret is hidden too', () => {
  test.each<[Partial<CredentialFields>]>([
    [{ username: SECRET, password: SECRET }],
    [{ username: SECRET, password: '', identityToken: SECRET }],
    [{ username: SECRET, password: '', registryToken: SECRET }],
  ])('case %#', (fields) => {
    expect(inspect(credential(fields), { showHidden: true })).not.toContain(SECRET);
  });
});

describe('basicBytes', () => {
  test('are the two strings as UTF-8', () => {
    const bytes = credential({ username: 'ü', password: 'p:q' }).basicBytes();
    expect(Buffer.from(bytes).toString('utf8')).toBe('ü:p:q');
  });

  test('are the bytes of the configuration where strings cannot hold them', () => {
    const basicBytes = Uint8Array.of(0x75, 0x3a, 0xff, 0xfe);
    expect(credential({ basicBytes }).basicBytes()).toBe(basicBytes);
  });
});

function forIn(value: object): string {
  let shown = '';
  for (const name in value) if (Object.hasOwn(value, name)) shown += name;
  return shown;
}
