import { describe, expect, test } from '@jest/globals';
import { createKeyring, InvalidReferenceError, type KeyringOptions } from '../../../src/index.ts';
import { fakeSystem, type FakeWorld } from '../fakes/fake-system.ts';
import {
  auth,
  configOf,
  providerOf,
  secretOf,
  secretWith,
  userNames,
} from '../fakes/keyring-inputs.ts';

const HOME_CONFIG = '/home/user/.docker/config.json';

async function lookUp(
  image: string,
  options: KeyringOptions,
  world: FakeWorld = {},
): Promise<string[]> {
  const keyring = createKeyring({ system: fakeSystem(world), ...options });
  return userNames(await keyring.lookup(image));
}

describe('the three layers', () => {
  const files = { [HOME_CONFIG]: configOf({ '*.test': 'node-glob', 'r.test/a': 'node-path' }) };

  test('are asked in their order, and each is sorted by itself', async () => {
    const options = {
      pullSecrets: [secretOf('one', { 'r.test': 'secret' })],
      providers: [providerOf('vault', { 'r.test/a/b': 'provider' })],
    };
    expect(await lookUp('r.test/a/b', options, { files })).toEqual([
      'secret',
      'node-path',
      'node-glob',
      'provider',
    ]);
  });

  test('may each be empty or switched off', async () => {
    const options = { pullSecrets: [], providers: [], dockerConfig: false } as const;
    expect(await lookUp('r.test/a', options, { files })).toEqual([]);
    expect(await lookUp('r.test/a', { dockerConfig: true }, { files })).toHaveLength(2);
    expect(await lookUp('none.example/a', {}, { files })).toEqual([]);
  });

  test('keep what they share: the same credential twice is given twice', async () => {
    const world = { files: { [HOME_CONFIG]: configOf({ 'r.test': 'same' }) } };
    const pullSecrets = [
      secretOf('one', { 'r.test': 'same' }),
      secretOf('two', { 'r.test': 'same' }),
    ];
    expect(await lookUp('r.test/a', { pullSecrets }, world)).toEqual(['same', 'same', 'same']);
  });

  test('take the Docker Hub fallback each for itself', async () => {
    const world = { files: { [HOME_CONFIG]: configOf({ 'docker.io': 'direct', hub: 'no' }) } };
    const options = {
      pullSecrets: [secretOf('one', { 'https://index.docker.io/v1/': 'secret-hub' })],
      providers: [
        providerOf('vault', { 'index.docker.io': 'provider-hub' }, ['docker.io', '*.test']),
      ],
    };
    expect(await lookUp('nginx', options, world)).toEqual(['secret-hub', 'direct', 'provider-hub']);
  });

  test('tell where each credential comes from, and by which key', async () => {
    const keyring = createKeyring({
      system: fakeSystem({ files }),
      pullSecrets: [secretOf('one', { 'https://r.test/v1/': 'secret' })],
      providers: [providerOf('vault', { '*.test': 'provider' })],
    });
    const credentials = await keyring.lookup('r.test/x');
    expect(credentials.map(({ key, source }) => ({ key, source }))).toEqual([
      {
        key: 'r.test',
        source: { kind: 'pull-secret', namespace: 'ns', name: 'one', uid: 'uid-one' },
      },
      { key: '*.test', source: { kind: 'docker-config', path: HOME_CONFIG } },
      { key: '*.test', source: { kind: 'provider', provider: 'vault' } },
    ]);
  });
});

describe('a lookup', () => {
  test('refuses what the kubelet calls InvalidImageName', async () => {
    const keyring = createKeyring({ system: fakeSystem() });
    await expect(keyring.lookup('NGINX')).rejects.toBeInstanceOf(InvalidReferenceError);
    await expect(keyring.explain('a b')).rejects.toBeInstanceOf(InvalidReferenceError);
    await expect(keyring.lookup(undefined as unknown as string)).rejects.toThrow(TypeError);
  });

  test('compares paths as the options say', async () => {
    const world = { files: { [HOME_CONFIG]: configOf({ 'r.test/foo': 'u' }) } };
    expect(await lookUp('r.test/foobar', {}, world)).toEqual(['u']);
    expect(await lookUp('r.test/foobar', { pathMatching: 'segment' }, world)).toEqual([]);
    expect(await lookUp('r.test/foo/bar', { pathMatching: 'segment' }, world)).toEqual(['u']);
  });

  test('gives the same object for the same entry', async () => {
    const world = { files: { [HOME_CONFIG]: configOf({ 'r.test': 'u' }) } };
    const keyring = createKeyring({ system: fakeSystem(world) });
    const [one] = await keyring.lookup('r.test/a');
    const [other] = await keyring.lookup('r.test/b');
    expect(one).toBe(other);
  });

  test.each(['__proto__', 'constructor', 'toString'])(
    'takes %s for a name like any other',
    async (name) => {
      const document = `{"auths":{${JSON.stringify(name)}:{"auth":"${auth('u')}"}}}`;
      const pullSecrets = [secretWith('one', document)];
      const keyring = createKeyring({ pullSecrets, dockerConfig: false });
      const written = JSON.stringify(await keyring.toDockerConfig());
      expect(written).toBe(`{"auths":{${JSON.stringify(name)}:{"auth":"${auth('u')}"}}}`);
      expect(await keyring.lookup('r.test/a')).toEqual([]);
      // Only a bare label can be these names, and only with a port is it a registry.
      expect(
        await lookUp(`${name.toLowerCase()}:1/a`.replaceAll('_', 'x'), { pullSecrets }),
      ).toEqual([]);
    },
  );
});

describe('tokens', () => {
  const END = new Date('2026-01-01T06:00:00Z');
  const document = JSON.stringify({
    auths: { 'r.test': { identitytoken: 'identity', registrytoken: 'registry' } },
  });

  test.each(['extended', 'kubelet'] as const)(
    'count in extended, not in kubelet: %s',
    async (semantics) => {
      const keyring = createKeyring({
        semantics,
        dockerConfig: { files: ['/c.json'] },
        system: fakeSystem({ files: { '/c.json': document } }),
        pullSecrets: [secretWith('one', document)],
        providers: [
          providerOf('vault', async () => ({
            auth: {
              'r.test': {
                username: '',
                password: '',
                identityToken: 'identity',
                registryToken: 'registry',
              },
            },
            cacheKeyType: 'Global',
            expiresAt: END,
          })),
        ],
      });
      const tokens = semantics === 'extended' ? ['identity', 'registry'] : [undefined, undefined];
      const credentials = await keyring.lookup('r.test/a');
      expect(
        credentials.map(({ identityToken, registryToken }) => [identityToken, registryToken]),
      ).toEqual([tokens, tokens, tokens]);
      expect(credentials.map(({ expiresAt }) => expiresAt)).toEqual([undefined, undefined, END]);
    },
  );
});

describe('the rules for pull secrets of one lookup', () => {
  const document = JSON.stringify({
    auths: {
      'r.test/a': { username: 'u', password: 'p', identitytoken: 5 },
      'r.test': { identitytoken: 'identity', auth: auth('u', '') },
    },
  });

  test.each(['extended', 'kubelet'] as const)(
    'may be those of the kubelet, whatever those of the keyring: %s',
    async (semantics) => {
      const pullSecrets = [secretWith('one', document)];
      const keyring = createKeyring({ semantics, pullSecrets, dockerConfig: false, providers: [] });
      const context = { pullSecretSemantics: 'kubelet' } as const;
      const [slow, fast] = [
        await keyring.lookup('r.test/a', context),
        await keyring.lookup('r.test/a', context),
      ];
      expect(slow.map(({ identityToken, key }) => [key, identityToken])).toEqual([
        ['r.test/a', undefined],
        ['r.test', undefined],
      ]);
      expect(fast).toEqual(slow);
      const own = await keyring.lookup('r.test/a');
      const extended = [['r.test', 'identity']];
      const kubelet = slow.map(({ key }) => [key, undefined]);
      expect(own.map(({ identityToken, key }) => [key, identityToken])).toEqual(
        semantics === 'extended' ? extended : kubelet,
      );
    },
  );

  test('tell of a malformed secret once, however often it is read', async () => {
    const problems: unknown[] = [];
    const keyring = createKeyring({
      pullSecrets: [secretWith('broken', '{"auths":{"r.test":{"auth":"!"}}}')],
      malformedPullSecrets: 'skip',
      dockerConfig: false,
      onProblem: ({ code }) => problems.push(code),
    });
    await keyring.lookup('r.test/a', { pullSecretSemantics: 'kubelet' });
    await keyring.lookup('r.test/a');
    await keyring.withPullSecrets([]).lookup('r.test/a', { pullSecretSemantics: 'kubelet' });
    expect(problems).toEqual(['ERR_KEYRING_PULL_SECRET_INVALID']);
  });
});

describe('bytes that are not UTF-8', () => {
  test('reach the Authorization header as they are', async () => {
    const bytes = Uint8Array.from([0x75, 0x3a, 0xff, 0x80, 0xe2]);
    const field = Buffer.from(bytes).toString('base64');
    const document = JSON.stringify({ auths: { 'r.test': { auth: field } } });
    const keyring = createKeyring({
      dockerConfig: false,
      pullSecrets: [secretWith('a', document)],
    });
    const { toAuthorizationHeader } = await import('../../../src/index.ts');
    const [credential] = await keyring.lookup('r.test/a');
    if (credential === undefined) throw new Error('nothing found');
    expect(toAuthorizationHeader(credential)).toBe(`Basic ${field}`);
  });
});
