import { describe, expect, test } from '@jest/globals';
import { createKeyring, type CredentialProvider } from '../../../src/index.ts';
import { matchesImage } from '../../../src/keyring/match.ts';
import { environment, type EnvironmentOptions } from '../../../src/providers/environment.ts';
import { providerOf } from '../fakes/keyring-inputs.ts';
import { fakeSystem, type FakeSystem } from '../fakes/fake-system.ts';

const { signal } = new AbortController();
const BOTH = { DOCKER_USER: 'ada', DOCKER_PASSWORD: 'canary' };

function systemWith(env: Readonly<Record<string, string>>): FakeSystem {
  return fakeSystem({ env });
}

describe('The environment', () => {
  test('gives a user and a password for Docker Hub', async () => {
    const provider = environment({ system: systemWith(BOTH) });
    expect(provider).toMatchObject({
      name: 'environment',
      matchImages: ['docker.io'],
      defaultCacheDurationMs: 0,
    });
    await expect(provider.provide({ image: 'docker.io/library/nginx', signal })).resolves.toEqual({
      auth: { 'index.docker.io': { username: 'ada', password: 'canary' } },
      cacheKeyType: 'Registry',
    });
    expect(provider.cacheScope?.('docker.io/library/nginx')).toBe('index.docker.io');
  });

  test.each([
    ['r.test', 'r.test', 'r.test/a', 'r.test:5000/a'],
    ['r.test:5000', 'r.test:5000', 'r.test:5000/a', 'r.test/a'],
    ['https://r.test', 'r.test', 'r.test/a', 'x.test/a'],
    ['https://r.test/v2/', 'r.test', 'r.test/a', 'x.test/a'],
    ['r.test/team', 'r.test/team', 'r.test/team/a', 'r.test/other'],
    ['*.r.test', '*.r.test', 'x.r.test/a', 'r.test/a'],
    ['docker.io', 'docker.io', 'docker.io/library/nginx', 'r.test/a'],
    ['docker.io/acme', 'docker.io/acme', 'docker.io/acme/a', 'docker.io/library/nginx'],
    ['https://index.docker.io/v1/', 'index.docker.io', 'docker.io/library/nginx', 'r.test/a'],
    ['r.test/?canary', 'r.test', 'r.test/a', 'x.test/a'],
  ])('with the server %s is for the key %s', async (server, key, matching, other) => {
    const system = systemWith({ ...BOTH, DOCKER_REGISTRY_SERVER: server });
    const provider = environment({ system });
    const isFor = (image: string): boolean =>
      provider.matchImages.some((pattern) => matchesImage(pattern, image));
    expect([isFor(matching), isFor(other)]).toEqual([true, false]);
    const response = await provider.provide({ image: matching, signal });
    expect(Object.keys(response?.auth ?? {})).toEqual([key]);
  });

  test('may hold an e-mail address', async () => {
    const provider = environment({ system: systemWith({ ...BOTH, DOCKER_EMAIL: 'a@b.test' }) });
    const response = await provider.provide({ image: 'docker.io/library/nginx', signal });
    expect(response?.auth['index.docker.io']).toMatchObject({ email: 'a@b.test' });
  });

  test('is a credential like any other in a keyring', async () => {
    const system = systemWith({ ...BOTH, DOCKER_EMAIL: 'a@b.test' });
    const keyring = createKeyring({ system, providers: [environment({ system })] });
    const [credential, ...others] = await keyring.lookup('nginx');
    expect(others).toEqual([]);
    expect(credential).toMatchObject({
      username: 'ada',
      email: 'a@b.test',
      source: { kind: 'provider', provider: 'environment' },
    });
    await expect(keyring.lookup('ghcr.io/a/b')).resolves.toEqual([]);
  });

  test('may use other names', async () => {
    const system = systemWith({ CI_USER: 'u', CI_TOKEN: 't', CI_REGISTRY: 'r.test', CI_MAIL: 'm' });
    const provider = environment({
      system,
      user: 'CI_USER',
      password: 'CI_TOKEN',
      server: 'CI_REGISTRY',
      email: 'CI_MAIL',
    });
    await expect(provider.provide({ image: 'r.test/a', signal })).resolves.toMatchObject({
      auth: { 'r.test': { username: 'u', password: 't', email: 'm' } },
    });
  });

  test('may name the registry itself, and be there several times', async () => {
    const system = systemWith({
      ...BOTH,
      GH_USER: 'gh',
      GH_TOKEN: 't',
      CI_USER: 'gh',
      CI_TOKEN: 'c',
    });
    const registry = 'ghcr.io';
    const providers = [
      environment({ system, registry, user: 'GH_USER', password: 'GH_TOKEN' }),
      environment({ system, registry, user: 'CI_USER', password: 'CI_TOKEN' }),
      environment({ system, registry: 'https://r.test:5000/v2/' }),
      environment({ system }),
    ];
    expect(providers.map(({ name }) => name)).toEqual([
      'environment:ghcr.io (GH_USER)',
      'environment:ghcr.io (CI_USER)',
      'environment:r.test:5000 (DOCKER_USER)',
      'environment',
    ]);
    const keyring = createKeyring({ system, dockerConfig: false, providers });
    await expect(keyring.lookup('ghcr.io/a/b')).resolves.toMatchObject([
      { username: 'gh', password: 't' },
      { username: 'gh', password: 'c' },
    ]);
    await expect(keyring.lookup('r.test:5000/a')).resolves.toMatchObject([{ username: 'ada' }]);
    await expect(keyring.lookup('nginx')).resolves.toMatchObject([{ username: 'ada' }]);
  });

  test.each([{}, { DOCKER_REGISTRY_SERVER: 'r.test' }, { DOCKER_USER: '', DOCKER_PASSWORD: '' }])(
    'is not asked where its variables are unset, and explain says so for every image: %p',
    async (env) => {
      const system = systemWith(env);
      const provider = environment({ system });
      await expect(provider.provide({ image: 'r.test/a', signal })).resolves.toBeUndefined();
      const failures: string[] = [];
      const keyring = createKeyring({
        system,
        dockerConfig: false,
        providers: [provider],
        onProblem: ({ message }) => void failures.push(message),
      });
      const images = ['nginx', 'r.test/a', 'ghcr.io/a/b'];
      await expect(Promise.all(images.map((image) => keyring.lookup(image)))).resolves.toEqual([
        [],
        [],
        [],
      ]);
      const explained = await Promise.all(images.map((image) => keyring.explain(image)));
      const message = 'not asked: neither DOCKER_USER nor DOCKER_PASSWORD is set';
      expect(explained.map(({ sources }) => sources[0])).toMatchObject(
        images.map(() => ({ status: 'skipped', message })),
      );
      expect(failures).toEqual([]);
    },
  );

  test('fails where it cannot say whether it is to be asked, and only there', async () => {
    const broken: CredentialProvider = {
      ...environment({ system: systemWith(BOTH) }),
      skipReason() {
        throw new Error('broken');
      },
    };
    const failures: string[] = [];
    const keyring = createKeyring({
      dockerConfig: false,
      providers: [broken],
      onProblem: ({ message }) => void failures.push(message),
    });
    await expect(keyring.lookup('nginx')).resolves.toEqual([]);
    expect(failures).toEqual([expect.stringContaining('it threw Error: broken')]);
    const { sources } = await keyring.explain('ghcr.io/a/b');
    expect(sources).toMatchObject([
      { message: 'not asked: none of its matchImages matches (docker.io)' },
    ]);
  });

  test('takes nothing from others where its variables are unset', async () => {
    const system = systemWith({});
    const other = providerOf('other', { 'docker.io': 'other' }, ['docker.io']);
    const providers = [environment({ system }), other];
    const keyring = createKeyring({ system, dockerConfig: false, providers });
    await expect(keyring.lookup('nginx')).resolves.toMatchObject([{ username: 'other' }]);
  });

  test('is asked again once its variables are set', async () => {
    const system = systemWith({});
    const keyring = createKeyring({
      system,
      dockerConfig: false,
      providers: [environment({ system })],
    });
    await expect(keyring.lookup('nginx')).resolves.toEqual([]);
    system.setVariable('DOCKER_USER', 'ada');
    system.setVariable('DOCKER_PASSWORD', 'canary');
    await expect(keyring.lookup('nginx')).resolves.toMatchObject([{ username: 'ada' }]);
    const { sources } = await keyring.explain('ghcr.io/a/b');
    expect(sources).toMatchObject([
      { message: 'not asked: none of its matchImages matches (docker.io)' },
    ]);
  });

  test.each([
    [{ DOCKER_USER: 'ada' }, 'DOCKER_USER is set and DOCKER_PASSWORD is not: set both, or neither'],
    [
      { DOCKER_PASSWORD: 'canary' },
      'DOCKER_PASSWORD is set and DOCKER_USER is not: set both, or neither',
    ],
  ])('that is half set fails for its images, without the value: %p', async (env, message) => {
    const provider = environment({ system: systemWith(env) });
    expect(provider.matchImages).toEqual(['docker.io']);
    await expect(provider.provide({ image: 'docker.io/a/b', signal })).rejects.toMatchObject({
      name: 'ProviderFailure',
      message,
    });
    await expect(provider.diagnose?.({ images: [], signal })).resolves.toEqual([
      { status: 'failure', subject: 'environment', message },
    ]);
  });

  test('is read for each lookup', async () => {
    const system = systemWith(BOTH);
    const provider = environment({ system });
    system.setVariable('DOCKER_PASSWORD', 'new');
    const response = await provider.provide({ image: 'docker.io/a/b', signal });
    expect(response?.auth['index.docker.io']).toMatchObject({ password: 'new' });
  });

  test('is diagnosed without its values', async () => {
    const set = environment({ system: systemWith(BOTH) });
    await expect(set.diagnose?.({ images: [], signal })).resolves.toEqual([
      {
        status: 'ok',
        subject: 'environment',
        message: 'DOCKER_USER and DOCKER_PASSWORD are set, for index.docker.io',
      },
    ]);
    const unset = environment({ system: systemWith({}) });
    await expect(unset.diagnose?.({ images: [], signal })).resolves.toEqual([
      {
        status: 'warning',
        subject: 'environment',
        message: 'neither DOCKER_USER nor DOCKER_PASSWORD is set',
      },
    ]);
  });
});

describe('What is wrong is a TypeError:', () => {
  test.each(['https://ada:canary@r.test', 'a b', 'https://', '/team', '[::1'])(
    'the server %s, which is not repeated',
    (server) => {
      const system = systemWith({ ...BOTH, DOCKER_REGISTRY_SERVER: server });
      expect(() => environment({ system })).toThrow(TypeError);
      expect(() => environment({ system })).toThrow(
        'environment: DOCKER_REGISTRY_SERVER must hold a registry: host, host:port',
      );
      expect(() => environment({ system })).not.toThrow('canary');
    },
  );

  test.each<[unknown, string]>([
    [null, 'environment: the options must be an object'],
    [
      { username: 'X' },
      'environment: there is no option "username"; there are user, password, registry, server, email, system',
    ],
    [{ user: 5 }, 'environment: user must be the name of a variable'],
    [{ user: '' }, 'environment: user must be the name of a variable'],
    [{ system: 5 }, 'environment: system must be a System'],
    [{ registry: 5 }, 'environment: registry must be a registry'],
    [{ registry: 'https://ada:canary@r.test' }, 'environment: registry must be a registry: host,'],
    [{ registry: 'r.test', server: 'X' }, 'environment: registry and server exclude each other'],
  ])('%p', (options, message) => {
    const call = (): unknown => environment(options as EnvironmentOptions);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });

  test('but an option that is undefined is none', () => {
    expect(environment({ user: undefined }).name).toBe('environment');
  });
});
