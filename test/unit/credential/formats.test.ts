import { describe, expect, test } from '@jest/globals';
import { Credential, type CredentialFields } from '../../../src/credential/credential.ts';
import {
  toAuthorizationHeader,
  toCriAuthConfig,
  toDockerodeAuth,
  toRegistryAuthHeader,
  toRegistryConfigHeader,
} from '../../../src/credential/formats.ts';

function credential(fields: Partial<CredentialFields> = {}): Credential {
  return Credential.from({
    username: 'robot',
    password: 'secret',
    key: 'ghcr.io/acme',
    source: { kind: 'docker-config', path: '/config.json' },
    ...fields,
  });
}

/** As `az acr login` writes it beside an identity token, with an empty password. */
const AZURE_USER = '00000000-0000-0000-0000-000000000000';

function basic(bytes: string | Uint8Array): string {
  return `Basic ${Buffer.from(bytes).toString('base64')}`;
}

describe('toAuthorizationHeader', () => {
  test.each<[string, Partial<CredentialFields>, string]>([
    ['is Basic with name and password', {}, 'Basic cm9ib3Q6c2VjcmV0'],
    ['is UTF-8', { username: 'ü', password: '€' }, basic('ü:€')],
    ['may be of a user name alone', { password: '' }, basic('robot:')],
    ['may be of a password alone', { username: '' }, basic(':secret')],
    ['is Bearer with a registry token', { registryToken: 'abc' }, 'Bearer abc'],
    [
      'ignores an identity token beside a password',
      { identityToken: 'abc' },
      basic('robot:secret'),
    ],
  ])('%s', (_name, fields, header) => {
    expect(toAuthorizationHeader(credential(fields))).toBe(header);
  });

  test('keeps bytes that are not UTF-8, each of them', () => {
    const basicBytes = Uint8Array.from([
      0x75,
      0x3a,
      ...Array.from({ length: 128 }, (_, low) => 128 + low),
    ]);
    const header = toAuthorizationHeader(credential({ basicBytes }));
    expect(header).toBe(basic(basicBytes));
  });

  test.each([[{}], [{ identityToken: '' }], [{ registryToken: '' }]])(
    'is none for an empty credential %o',
    (tokens) => {
      const empty = credential({ username: '', password: '', ...tokens });
      expect(toAuthorizationHeader(empty)).toBeUndefined();
    },
  );

  test.each(['', AZURE_USER])('refuses to send an identity token of user %p', (username) => {
    const tokenOnly = credential({ username, password: '', identityToken: 'canary' });
    expect(() => toAuthorizationHeader(tokenOnly)).toThrow(TypeError);
    expect(() => toAuthorizationHeader(tokenOnly)).not.toThrow(/canary/);
  });
});

describe('toDockerodeAuth', () => {
  test('has the names of the Docker Engine, and no member that is not set', () => {
    expect(toDockerodeAuth(credential())).toEqual({
      username: 'robot',
      password: 'secret',
      serveraddress: 'ghcr.io',
    });
    const tokens = { email: 'e', identityToken: 'i', registryToken: 'r' };
    expect(toDockerodeAuth(credential(tokens))).toEqual({
      username: 'robot',
      password: 'secret',
      serveraddress: 'ghcr.io',
      email: 'e',
      identitytoken: 'i',
      registrytoken: 'r',
    });
  });

  test.each<[Partial<CredentialFields>, string | undefined, string]>([
    [{ key: 'localhost:5000/a' }, undefined, 'localhost:5000'],
    [{ key: 'index.docker.io' }, undefined, 'https://index.docker.io/v1/'],
    [{ key: 'docker.io/library' }, undefined, 'https://index.docker.io/v1/'],
    [{ key: '*.gcr.io' }, undefined, ''],
    [{ key: '' }, undefined, ''],
    [{ serverAddress: 'https://r.test' }, undefined, 'https://r.test'],
    [{ serverAddress: 'https://r.test' }, 'other.test', 'other.test'],
  ])('%o with server %p is for %p', (fields, server, expected) => {
    expect(toDockerodeAuth(credential(fields), server).serveraddress).toBe(expected);
  });
});

describe('toRegistryAuthHeader', () => {
  test.each(['', 'a', 'ab', '???>>>', 'ÿþýü', '€€€'])(
    'is base64url with its padding, of a password such as %p',
    (password) => {
      const header = toRegistryAuthHeader(credential({ password }));
      expect(header).toMatch(/^[A-Za-z0-9_-]+={0,2}$/);
      expect(header.length % 4).toBe(0);
      expect(JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))).toEqual(
        toDockerodeAuth(credential({ password })),
      );
    },
  );

  test('may name another server', () => {
    const header = toRegistryAuthHeader(credential(), 'r.test');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))).toMatchObject({
      serveraddress: 'r.test',
    });
  });
});

describe('toCriAuthConfig', () => {
  test('leaves empty what the kubelet leaves empty', () => {
    expect(toCriAuthConfig(credential())).toEqual({
      username: 'robot',
      password: 'secret',
      auth: '',
      serverAddress: '',
      identityToken: '',
      registryToken: '',
    });
  });

  test('gives the tokens and the server where there are any', () => {
    const fields = { identityToken: 'i', registryToken: 'r', serverAddress: 's' };
    expect(toCriAuthConfig(credential(fields))).toMatchObject({ username: 'robot', ...fields });
  });

  test.each([{ identityToken: 'i' }, { registryToken: 'r' }])(
    'leaves out the user name beside %o, which containerd would take in its place',
    (token) => {
      const tokenOnly = credential({ username: AZURE_USER, password: '', ...token });
      expect(toCriAuthConfig(tokenOnly)).toMatchObject({ username: '', password: '', ...token });
    },
  );

  test('keeps the user name of an empty password', () => {
    expect(toCriAuthConfig(credential({ password: '' })).username).toBe('robot');
  });
});

function decoded(header: string): unknown {
  const base64 = header.replaceAll('-', '+').replaceAll('_', '/');
  return JSON.parse(Buffer.from(base64, 'base64').toString());
}

describe('toRegistryConfigHeader', () => {
  test('has an AuthConfig for each registry, the first of several', () => {
    const header = toRegistryConfigHeader([
      credential({ username: 'first' }),
      credential({ key: 'ghcr.io', username: 'second' }),
      credential({ key: 'index.docker.io', identityToken: 'token' }),
      credential({ key: 'r.test:5000/team', serverAddress: 'https://r.test:5000/v1/' }),
    ]);
    const hub = 'https://index.docker.io/v1/';
    const fields = { username: 'robot', password: 'secret' };
    expect(decoded(header)).toEqual({
      'ghcr.io': { ...fields, username: 'first', serveraddress: 'ghcr.io' },
      // The one key by which the engine finds it (moby registry/auth.go, ResolveAuthConfig).
      [hub]: { ...fields, serveraddress: hub, identitytoken: 'token' },
      'r.test:5000': { ...fields, serveraddress: 'r.test:5000' },
    });
  });

  test('is base64url with padding, as Go decodes it', () => {
    const lengths = ['', 'x', 'xx'].map((more) => {
      const header = toRegistryConfigHeader([credential({ password: `??>>~~ÿÿ${more}` })]);
      expect(header).toMatch(/^[\w-]+={0,2}$/);
      return header.length % 4;
    });
    expect(lengths).toEqual([0, 0, 0]);
    expect(decoded(toRegistryConfigHeader([]))).toEqual({});
  });

  test('needs to be told the registry of a key with a glob', () => {
    const glob = credential({ key: '*.example.com' });
    expect(() => toRegistryConfigHeader([glob])).toThrow('The key *.example.com names no registry');
    const header = toRegistryConfigHeader([glob, credential()], 'eu.example.com');
    expect(decoded(header)).toEqual({
      'eu.example.com': { username: 'robot', password: 'secret', serveraddress: 'eu.example.com' },
    });
  });
});
