import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, test } from '@jest/globals';
import {
  openTokenFileCache,
  type TokenFileCache,
  type TokenFileCacheOptions,
} from '../../../../src/shared-cache/token-file/open-token-file-cache.ts';
import type { FileStamp } from '../../../../src/system/system.ts';
import { fakeSystem, type FakeSystem, type FakeWorld } from '../../fakes/fake-system.ts';

const DIRECTORY = '/cache';
const OWN_FILE = { mode: 0o600, owner: 1000 };
const OWN_DIRECTORY = { mode: 0o700, owner: 1000 };
const KEY = Buffer.alloc(32, 7).toString('base64');

async function open(
  system: FakeSystem,
  options: TokenFileCacheOptions = {},
): Promise<{ readonly cache: TokenFileCache | undefined; readonly problems: readonly string[] }> {
  const problems: string[] = [];
  const onProblem = (message: string): void => void problems.push(message);
  const cache = await openTokenFileCache({ directory: DIRECTORY, system, onProblem, ...options });
  return { cache, problems };
}

async function keyOf(system: FakeSystem, options?: TokenFileCacheOptions): Promise<string> {
  const { cache } = await open(system, options);
  const [key = new Uint8Array()] = cache?.keys ?? [];
  expect(key).toHaveLength(32);
  return Buffer.from(key).toString('base64');
}

describe('The directory', () => {
  test.each<[string, FakeWorld, string]>([
    ['XDG_CACHE_HOME', { env: { XDG_CACHE_HOME: '/xdg' } }, '/xdg/docker-keyring'],
    ['~/.cache', { env: { XDG_CACHE_HOME: 'xdg' } }, '/home/user/.cache/docker-keyring'],
    ['~/.cache without HOME', { env: { HOME: '' } }, '/home/user/.cache/docker-keyring'],
    ['/var/cache for root', { env: { HOME: '' }, userId: 0 }, '/var/cache/docker-keyring'],
    [
      '/var/cache for root whose HOME does not exist',
      { env: { HOME: '/nonexistent' }, userId: 0 },
      '/var/cache/docker-keyring',
    ],
    ['root with a HOME', { userId: 0 }, '/home/user/.cache/docker-keyring'],
    [
      'LOCALAPPDATA',
      { platform: 'win32', userId: undefined, env: { LOCALAPPDATA: 'C:/Local' } },
      'C:/Local/docker-keyring/cache',
    ],
    [
      '~/.cache on Windows',
      { platform: 'win32', userId: undefined },
      '/home/user/.cache/docker-keyring',
    ],
  ])('is by default below %s', async (_where, options, directory) => {
    const system = fakeSystem(options);
    const { cache, problems } = await open(system, { directory: undefined });
    expect(problems).toEqual([]);
    expect(cache).toBeDefined();
    expect(system.touches).toContain(`make ${directory}`);
    expect(system.textOf(`${directory}/key`)).toMatch(/^[\w+/]{43}=\n$/);
  });

  test.each<[string, FakeSystem]>([
    ['none', Object.assign(fakeSystem({ env: { HOME: '' } }), { homeDirectory: () => '' })],
    ['one that does not exist', fakeSystem({ env: { HOME: '/nonexistent' } })],
  ])(
    'is none where the home directory is %s; that is told, and none is made',
    async (_what, system) => {
      const { cache, problems } = await open(system, { directory: undefined });
      expect(cache).toBeUndefined();
      expect(problems).toEqual([
        'tokens are not kept: there is no home directory; set XDG_CACHE_HOME, or name a cache directory',
      ]);
      expect(system.touches.filter((touch) => touch.startsWith('make'))).toEqual([]);
    },
  );

  test('that is named is not made below a home directory that does not exist', async () => {
    const system = fakeSystem({
      env: { HOME: '/nonexistent', XDG_CACHE_HOME: '/nonexistent/.cache' },
    });
    const { cache, problems } = await open(system, { directory: undefined });
    expect(cache).toBeUndefined();
    expect(problems).toEqual([
      'tokens are not kept in /nonexistent/.cache/docker-keyring: the home directory /nonexistent does not exist',
    ]);
  });

  test.each<[string, Partial<FileStamp>, string]>([
    [
      'belongs to somebody else',
      { mode: 0o700, owner: 0 },
      'it belongs to the user 0, and this process runs as 1000',
    ],
    [
      'is for others, too',
      { mode: 0o755, owner: 1000 },
      'others may use it (mode 0755; chmod go-rwx makes it right)',
    ],
  ])('is not used where it %s', async (_what, stamp, why) => {
    const system = fakeSystem();
    system.put(DIRECTORY, '', stamp);
    const { cache, problems } = await open(system);
    expect(cache).toBeUndefined();
    expect(problems).toEqual([`tokens are not kept in ${DIRECTORY}: ${why}`]);
    expect(system.textOf(`${DIRECTORY}/key`)).toBeUndefined();
  });

  test('is not used where it cannot be made, which the diagnostics channel is told', async () => {
    const told: unknown[] = [];
    const listen = (event: unknown): void => void told.push(event);
    const system = Object.assign(fakeSystem(), {
      makeDirectory: async () => {
        throw Object.assign(new Error('read-only'), { code: 'EROFS' });
      },
    });
    subscribe('docker-keyring', listen);
    const cache = await openTokenFileCache({ directory: DIRECTORY, system });
    unsubscribe('docker-keyring', listen);
    expect(cache).toBeUndefined();
    const message = `tokens are not kept in ${DIRECTORY}: EROFS`;
    expect(told).toEqual([{ kind: 'store-problem', message }]);
  });

  test('is not used where it vanishes at once', async () => {
    const system = Object.assign(fakeSystem(), { makeDirectory: async () => {} });
    expect((await open(system)).cache).toBeUndefined();
  });
});

describe('The key', () => {
  test('is made once, and is the same at the next start', async () => {
    const system = fakeSystem();
    const key = await keyOf(system);
    expect(await keyOf(system)).toBe(key);
    expect(await keyOf(fakeSystem())).not.toBe(key);
    expect(system.textOf('/cache/key')).not.toContain(key);
  });

  test('is the one of the caller, and then there is no file', async () => {
    const system = fakeSystem();
    const key = await keyOf(system, { key: KEY });
    expect(await keyOf(fakeSystem(), { key: Buffer.alloc(32, 7) })).toBe(key);
    expect(system.textOf('/cache/key')).toBeUndefined();
  });

  test.each<[string, string, Partial<FileStamp>, string]>([
    ['others may read it', `${KEY}\n`, { ...OWN_FILE, mode: 0o640 }, 'others may use it'],
    ['it is somebody else’s', `${KEY}\n`, { ...OWN_FILE, owner: 7 }, 'belongs to the user 7'],
    ['it is empty', '', OWN_FILE, 'it holds no key; remove it, and a new one is made'],
    ['it is another text', 'hunter2', OWN_FILE, 'it holds no key; remove it'],
  ])('is not used where %s; it is never quoted', async (_what, text, stamp, why) => {
    const system = fakeSystem();
    system.put(DIRECTORY, '', OWN_DIRECTORY);
    system.put('/cache/key', text, stamp);
    const { cache, problems } = await open(system);
    expect(cache).toBeUndefined();
    expect(problems[0]).toContain(`tokens are not kept in /cache/key: `);
    expect(problems[0]).toContain(why);
    expect(problems.join()).not.toMatch(/hunter2|BwcH/);
  });

  test('is not used where it vanishes', async () => {
    const system = Object.assign(fakeSystem(), { createFileExclusive: async () => true });
    const { problems } = await open(system);
    expect(problems).toEqual(['tokens are not kept in /cache/key: it vanishes']);
  });

  test('and the directory are checked as options, without being quoted', async () => {
    await expect(openTokenFileCache({ key: 'hunter2' })).rejects.toThrow(
      'openTokenFileCache: key must be 32 random bytes: a Uint8Array, or their base64 text',
    );
    await expect(openTokenFileCache({ directory: '' })).rejects.toThrow(TypeError);
  });
});

describe('Nothing is shared between', () => {
  test('principals', async () => {
    const system = fakeSystem();
    const keys = [{}, { principal: 'a' }, { principal: 'b' }].map((one) => keyOf(system, one));
    expect(new Set(await Promise.all(keys)).size).toBe(3);
  });

  test('providers that say nothing, where variables or files differ that may decide', async () => {
    const system = fakeSystem();
    const principal = async (): Promise<unknown> => (await open(system)).cache?.store.principal();
    const before = await principal();
    expect(await principal()).toBe(before);
    system.put('/home/user/.aws/credentials', 'one');
    const other = await principal();
    system.setVariable('VAULT_ADDR', 'https://vault.example.com');
    expect(new Set([before, other, await principal()]).size).toBe(3);
    const { cache } = await open(system);
    expect(await cache?.store.principal()).toBe(await cache?.store.principal());
  });
});
