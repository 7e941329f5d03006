// docker-credential-keyring as its process runs it, in a world in memory.

import { describe, expect, test } from '@jest/globals';
import { VERSION } from '../../../src/cli/version.ts';
import { storesRun } from '../fakes/helper-world.ts';
import { auth } from '../fakes/keyring-inputs.ts';
import { DOCUMENT, run, STORE, type World } from './run-helper.ts';

const NOT_FOUND = 'credentials not found in native keychain\n';
const LOOP =
  'a loop of credential helpers: a source of docker-credential-keyring names docker-credential-keyring itself, which is skipped';

function found(server: string, username: string): object {
  const json = { ServerURL: server, Username: username, Secret: 'canary' };
  return { exitCode: 0, stdout: `${JSON.stringify(json)}\n` };
}

describe('without a configuration', () => {
  test('what is stored is found, by its registry too, and erased', async () => {
    const { system, ...stored } = await run('store', DOCUMENT, {
      platform: 'win32',
      env: { LOCALAPPDATA: '/local' },
    });
    expect(stored).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(system.textOf(STORE)).toContain(auth('ada', 'canary'));
    await expect(run('get', 'https://r.test', { system })).resolves.toMatchObject(
      found('https://r.test', 'ada'),
    );
    await expect(run('get', 'r.test', { system })).resolves.toMatchObject({
      ...found('r.test', 'ada'),
      stderr: '',
    });
    await expect(run('list', '', { system })).resolves.toMatchObject({
      stdout: '{"https://r.test":"ada"}\n',
    });
    await run('erase', 'https://r.test', { system });
    await expect(run('get', 'r.test', { system })).resolves.toMatchObject({
      exitCode: 1,
      stdout: NOT_FOUND,
      stderr: '',
    });
  });

  test('it says its version, and touches nothing for that', async () => {
    const { stdout, system } = await run('version', '');
    expect(stdout).toBe(`docker-credential-keyring (docker-keyring) v${VERSION}\n`);
    expect(system.touches).toEqual([]);
  });

  test('a place for the token cache that cannot be used is told of, and done without', async () => {
    const { stdout, stderr, system } = await run('get', 'r.test', {
      env: { HOME: '/nonexistent' },
    });
    expect(stdout).toBe(NOT_FOUND);
    expect(stderr).toBe(
      'docker-credential-keyring: warning: tokens are not kept: there is no home directory; ' +
        'set XDG_CACHE_HOME, or name a cache directory\n',
    );
    expect(system.touches.filter((touch) => touch.startsWith('make'))).toEqual([]);
  });
});

describe('the sources that a configuration names', () => {
  test.each<[string, World, string, string]>([
    [
      'environment',
      {
        config: { providers: ['environment'], cache: false },
        env: {
          DOCKER_USER: 'ada',
          DOCKER_PASSWORD: 'canary',
          DOCKER_REGISTRY_SERVER: 'r.test:5000',
        },
      },
      'r.test:5000',
      'ada',
    ],
    [
      "a docker's file below the home directory",
      {
        config: { providers: [], dockerConfig: ['~/c.json'] },
        files: { '/home/user/c.json': { auths: { 'r.test': { auth: auth('file', 'canary') } } } },
      },
      'r.test',
      'file',
    ],
    [
      "a docker's file beside the configuration, and its helper",
      {
        config: { providers: [], dockerConfig: ['c.json'], store: 'none' },
        files: { '/home/user/.config/docker-keyring/c.json': { credsStore: 'pass' } },
        run: storesRun({ 'pass r.test': 'passed' }),
      },
      'r.test',
      'passed',
    ],
    [
      'a helper, for any registry',
      {
        config: { providers: ['helper:pass'], cache: false, store: 'none' },
        run: storesRun({ 'pass r.test:5000': 'passed' }),
      },
      'r.test:5000',
      'passed',
    ],
    [
      'a helper as the store, which is asked as it is called',
      {
        config: { providers: [], store: 'helper:pass' },
        run: storesRun({ 'pass r.test/any': 'stored' }),
      },
      'r.test/any',
      'stored',
    ],
    [
      'a file of its own as the store',
      {
        config: { providers: [], store: 'file:s.json' },
        files: {
          '/home/user/.config/docker-keyring/s.json': {
            auths: { 'r.test': { auth: auth('own', 'canary') } },
          },
        },
      },
      'r.test',
      'own',
    ],
  ])('%s', async (_what, world, server, username) => {
    await expect(run('get', server, world)).resolves.toMatchObject({
      ...found(server, username),
      stderr: '',
    });
  });

  test('what is stored comes before everything else', async () => {
    const store = { auths: { 'r.test': { auth: auth('stored', 'canary') } } };
    const { stdout, system } = await run('get', 'r.test', {
      config: { providers: ['helper:pass'], cache: false },
      files: { [STORE]: store },
      run: storesRun({ 'pass r.test': 'passed' }),
    });
    expect(stdout).toContain('stored');
    expect(system.runs).toEqual([]);
  });

  test('no helper is asked for what is no registry, and none for a list', async () => {
    const world = { config: { providers: ['helper:pass'], cache: false }, run: storesRun({}) };
    const { stdout, system } = await run('get', 'myhost', world);
    expect(stdout).toBe(NOT_FOUND);
    expect(system.runs).toEqual([]);
    const list = await run('list', '', world);
    expect([list.stdout, list.system.runs]).toEqual(['{}\n', []]);
  });

  test('plugins whose configuration is missing are told of', async () => {
    const config = { providers: ['exec:plugins.yaml,/bin'], cache: false };
    const { exitCode, stdout } = await run('get', 'r.test', { config });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Provider "exec-plugins" failed for r.test: ');
    expect(stdout).toContain('/home/user/.config/docker-keyring/plugins.yaml');
  });

  test('a file that is malformed is told of on standard error', async () => {
    const { stdout, stderr } = await run('get', 'r.test', {
      config: { providers: [], dockerConfig: ['/c.json'] },
      files: { '/c.json': '{"auths":[]}' },
    });
    expect(stdout).toBe(NOT_FOUND);
    expect(stderr).toBe(
      'docker-credential-keyring: warning: /c.json:1:10: "auths" must be an object\n',
    );
  });
});

describe('a loop', () => {
  test.each<[string, object]>([
    ['credsStore', { credsStore: 'keyring' }],
    ['credHelpers', { credHelpers: { 'r.test': 'keyring' } }],
  ])("through %s of a docker's file starts nothing and is told of", async (_what, document) => {
    const { exitCode, stdout, stderr, system } = await run('get', 'r.test', {
      config: { providers: [], dockerConfig: ['/c.json'], store: 'none' },
      files: { '/c.json': document },
      run: () => ({}),
    });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: `${LOOP}\n`,
      stderr: `docker-credential-keyring: warning: ${LOOP}\n`,
    });
    expect(system.runs).toEqual([]);
  });

  test('does not hide what other sources have', async () => {
    await expect(
      run('get', 'r.test', {
        config: { providers: ['helper:pass'], dockerConfig: ['/c.json'], cache: false },
        files: { '/c.json': { credsStore: 'keyring' } },
        run: storesRun({ 'pass r.test': 'passed' }),
      }),
    ).resolves.toMatchObject(found('r.test', 'passed'));
  });
});
