import { describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../../src/index.ts';
import type { CredentialProvider, CredentialResponse } from '../../../src/providers/contract.ts';
import {
  serveCredentialHelper,
  type ServeCredentialHelperOptions,
} from '../../../src/serve/helper/serve-credential-helper.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { auth } from '../fakes/keyring-inputs.ts';
import { fakeHost, type FakeHost } from './helper/helper-host.ts';

const NOT_FOUND = 'credentials not found in native keychain\n';

function provider(
  auths: CredentialResponse['auth'],
  matchImages: readonly string[] = ['r.test', 'docker.io', 'localhost'],
): CredentialProvider {
  return {
    name: 'own',
    matchImages,
    provide: async () => ({ auth: auths, cacheKeyType: 'Registry' }),
  };
}

type Source = Parameters<typeof serveCredentialHelper>[0];

async function serve(
  source: Source,
  args: readonly string[],
  stdin = '',
  more: Partial<ServeCredentialHelperOptions> = {},
): Promise<ReturnType<FakeHost['ending']>> {
  const host = fakeHost(args, stdin);
  await serveCredentialHelper(source, { process: host, system: fakeSystem(), ...more });
  return host.ending();
}

function answer(server: string, username: string, secret: string): object {
  return {
    exitCode: 0,
    stdout: `${JSON.stringify({ ServerURL: server, Username: username, Secret: secret })}\n`,
    stderr: '',
  };
}

const ADA = { username: 'ada', password: 'canary' };

describe('a provider as a credential helper', () => {
  test('is asked for an image of the server', async () => {
    await expect(serve(provider({ 'r.test': ADA }), ['get'], 'https://r.test')).resolves.toEqual(
      answer('https://r.test', 'ada', 'canary'),
    );
  });

  test.each(['r.test/path', 'https://r.test/v2/path?service=x'])(
    'is asked for the registry of %s',
    async (server) => {
      await expect(serve(provider({ 'r.test': ADA }), ['get'], server)).resolves.toEqual(
        answer(server, 'ada', 'canary'),
      );
    },
  );

  test.each(['other.test', 'ftp://r.test'])('has nothing for %s', async (server) => {
    await expect(serve(provider({ 'r.test': ADA }), ['get'], server)).resolves.toEqual({
      exitCode: 1,
      stdout: NOT_FOUND,
      stderr: '',
    });
  });

  test('gives identity tokens as Docker knows them', async () => {
    const own = provider({ 'r.test': { username: '', password: '', identityToken: 'canary' } });
    const { stdout } = await serve(own, ['get'], 'r.test');
    expect(JSON.parse(stdout)).toEqual({
      ServerURL: 'r.test',
      Username: '<token>',
      Secret: 'canary',
    });
  });

  test('leaves out what the protocol cannot carry, empty credentials, and keys with a path', async () => {
    const own = provider({
      'r.test/z': { username: 'path', password: 'canary' },
      'r.test': { username: '', password: '', registryToken: 'canary' },
      '*.test': { username: '', password: '' },
    });
    await expect(serve(own, ['get'], 'r.test')).resolves.toEqual({
      exitCode: 1,
      stdout: NOT_FOUND,
      stderr:
        'docker-credential-keyring: warning: the credential under r.test is skipped: it is a registry token, which a credential helper cannot return\n',
    });
  });

  test('gives the credentials of Docker Hub to nobody else', async () => {
    const own = provider({ 'index.docker.io': ADA });
    await expect(serve(own, ['get'], 'https://index.docker.io/v1/')).resolves.toMatchObject({
      exitCode: 0,
    });
    await expect(serve(own, ['get'], 'localhost')).resolves.toMatchObject({ stdout: NOT_FOUND });
  });

  test('tells why it failed, and not that there is nothing', async () => {
    const own: CredentialProvider = {
      ...provider({}),
      provide: () => Promise.reject(new Error('the vault is closed')),
    };
    await expect(serve(own, ['get'], 'r.test')).resolves.toEqual({
      exitCode: 1,
      stdout: 'Provider "own" failed for r.test: it threw Error: the vault is closed\n',
      stderr: '',
    });
  });

  test('keeps nothing without a store', async () => {
    const stdin = '{"ServerURL":"r.test","Username":"ada","Secret":"canary"}';
    const refusal = 'docker-credential-keyring cannot store credentials: no store is configured\n';
    await expect(serve(provider({}), ['store'], stdin)).resolves.toMatchObject({ stdout: refusal });
    await expect(serve(provider({}), ['erase'], 'r.test')).resolves.toMatchObject({
      stdout: refusal,
    });
    await expect(serve(provider({}), ['list'])).resolves.toMatchObject({ stdout: '{}\n' });
  });

  test('keeps what it is given where it has a file', async () => {
    const system = fakeSystem();
    const more = { system, storeFile: '/data/store.json' };
    const stdin = '{"ServerURL":"r.test/any","Username":"bob","Secret":"canary"}';
    await serve(provider({}), ['store'], stdin, more);
    expect(system.textOf('/data/store.json')).toContain(auth('bob', 'canary'));
    await expect(serve(provider({}), ['get'], 'r.test/any', more)).resolves.toEqual(
      answer('r.test/any', 'bob', 'canary'),
    );
  });

  test('has the names that it is given', async () => {
    const more = { name: 'docker-credential-vault', version: 'v2' };
    await expect(serve(provider({}), ['version'], '', more)).resolves.toMatchObject({
      stdout: 'docker-credential-vault (docker-keyring) v2\n',
    });
    await expect(serve(provider({}), ['version'])).resolves.toMatchObject({
      stdout: 'docker-credential-keyring (docker-keyring) unknown\n',
    });
  });
});

describe('a keyring as a credential helper', () => {
  test('lists the registries of its files, and asks no provider for that', async () => {
    const auths = {
      'r.test': { auth: auth('ada', 'canary') },
      'https://index.docker.io/v1/': { identitytoken: 'canary' },
      '*.glob.test': { auth: auth('glob', 'canary') },
      'r.test/path': { auth: auth('path', 'canary') },
      'empty.test': {},
    };
    const system = fakeSystem({ files: { '/c.json': JSON.stringify({ auths }) } });
    const keyring = createKeyring({
      system,
      dockerConfig: { files: ['/c.json'] },
      providers: [{ ...provider({}), provide: () => Promise.reject(new Error('asked')) }],
    });
    const { exitCode, stdout } = await serve(keyring, ['list'], 'unused', { system });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      'https://index.docker.io/v1/': '<token>',
      'r.test': 'ada',
      'r.test/path': 'path',
    });
  });

  test('leaves out a password that is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('ada:'), Buffer.from([0xff, 0xfe])]);
    const auths = { 'r.test': { auth: bytes.toString('base64') } };
    const system = fakeSystem({ files: { '/c.json': JSON.stringify({ auths }) } });
    const dockerConfig = { files: ['/c.json'] };
    const keyring = createKeyring({ system, dockerConfig, providers: [] });
    const { stdout, stderr } = await serve(keyring, ['get'], 'r.test', { system });
    expect([stdout, stderr]).toEqual([
      NOT_FOUND,
      'docker-credential-keyring: warning: the credential under r.test is skipped: it is not UTF-8\n',
    ]);
  });
});

describe('wrong use', () => {
  const host = fakeHost(['get']);

  test.each<[string, unknown, unknown, string]>([
    ['no provider', {}, { process: host }, 'serve a provider or a keyring'],
    ['no process', provider({}), {}, 'process is missing'],
    ['a process that is none', provider({}), { process: 1 }, "process must be Node's process"],
    ['an unknown option', provider({}), { process: host, nam: '' }, 'there is no option "nam"'],
    ['an empty name', provider({}), { process: host, name: '' }, 'name must be a text'],
  ])('%s is a TypeError', async (_what, source, options, message) => {
    const serving = serveCredentialHelper(
      source as Source,
      options as ServeCredentialHelperOptions,
    );
    await expect(serving).rejects.toThrow(TypeError);
    await expect(serving).rejects.toThrow(`serveCredentialHelper: ${message}`);
  });

  test('what runs by the real system is the default', async () => {
    const version = fakeHost(['get'], 'r.test');
    await serveCredentialHelper(provider({ 'r.test': ADA }), { process: version });
    expect(version.ending()).toMatchObject({ exitCode: 0 });
  });
});
