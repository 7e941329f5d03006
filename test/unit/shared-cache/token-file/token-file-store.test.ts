import { describe, expect, test } from '@jest/globals';
import { createTokenFileStore } from '../../../../src/shared-cache/token-file/token-file-store.ts';
import type { ReadOptions } from '../../../../src/system/system.ts';
import type { FakeSystem } from '../../fakes/fake-system.ts';
import {
  DIRECTORY,
  ENTRY,
  entry,
  failure,
  HOUR_MS,
  KEY,
  numbers,
  PATH,
  refuse,
  scene,
} from './token-file-scene.ts';

describe('A value', () => {
  test('is there until its time is over, in a file that is found without a look at others', async () => {
    const { system, store, problems } = scene();
    expect(await store.get(KEY)).toBeUndefined();
    expect(await store.set(KEY, 'value\nof two lines', HOUR_MS)).toBe(true);
    system.touches.length = 0;
    expect(await store.get(KEY)).toBe('value\nof two lines');
    expect(system.touches).toEqual([
      `list ${ENTRY}`,
      expect.stringMatching(`^read ${ENTRY}/[^/]+$`),
    ]);
    system.advance(HOUR_MS - 1);
    expect(await store.get(KEY)).toBe('value\nof two lines');
    system.advance(1);
    expect(await store.get(KEY)).toBeUndefined();
    expect(problems).toEqual([]);
  });

  test('without a time stays for long', async () => {
    const { system, store } = scene();
    await store.set(KEY, 'value');
    system.advance(300 * 24 * HOUR_MS);
    expect(await store.get(KEY)).toBe('value');
  });

  test('from before the clock was set back is not there: nobody knows when it ends', async () => {
    const { system, store } = scene();
    await store.set(KEY, 'value', HOUR_MS);
    system.setClockBack(4 * 60_000);
    expect(await store.get(KEY)).toBe('value');
    system.setClockBack(2 * 60_000);
    expect(await store.get(KEY)).toBeUndefined();
  });

  test('that is too large is not kept, and said not to be', async () => {
    const { system, store } = scene({ maxBytes: 1000 });
    expect(await store.set(KEY, 'x'.repeat(1000), HOUR_MS)).toBe(false);
    expect(system.snapshot()).not.toContain(ENTRY);
    const large = createTokenFileStore({ directory: DIRECTORY, system });
    expect(await large.set(KEY, 'x'.repeat(2 ** 20 + 64), HOUR_MS)).toBe(false);
  });

  test.each(['../key', 'a/b', 'a.b', '', 'x'.repeat(129), 'a\0'])(
    'has no name where its key is %j',
    async (key) => {
      const { system, store } = scene();
      await expect(store.get(key)).rejects.toThrow('The token cache has no name for this key');
      await expect(store.set(key, 'value')).rejects.toThrow(TypeError);
      expect(system.touches).toEqual([]);
    },
  );
});

describe('A value that is written again', () => {
  test('takes the place of the former one', async () => {
    const { system, store } = scene();
    await store.set(KEY, 'one', HOUR_MS);
    await store.set(KEY, 'two', HOUR_MS);
    expect(await store.get(KEY)).toBe('two');
    expect(await system.readDirectory(ENTRY)).toHaveLength(1);
  });

  test('is the newest, where two were written at once', async () => {
    const { system, store } = scene();
    system.put(`${ENTRY}/b`, entry(system).replace('value', 'old'));
    system.advance(1);
    system.put(`${ENTRY}/a`, entry(system).replace('value', 'new'));
    system.advance(1);
    system.put(`${ENTRY}/c`, 'docker-keyring-file:1 1\nended');
    expect(await store.get(KEY)).toBe('new');
  });

  test('is found while another process replaces what is read', async () => {
    const { system, store } = scene();
    await store.set(KEY, 'one', HOUR_MS);
    const plain = { ...system };
    let replaced = 0;
    let times = 2;
    const racing = Object.assign(system, {
      readFile: async (path: string, options: ReadOptions) => {
        replaced += 1;
        if (replaced <= times) {
          plain.remove(path);
          plain.put(`${ENTRY}/${replaced}`, entry(system));
        }
        return plain.readFile(path, options);
      },
    });
    const reading = createTokenFileStore({ directory: DIRECTORY, system: racing });
    expect(await reading.get(KEY)).toBe('value');
    times = Number.POSITIVE_INFINITY;
    expect(await reading.get(KEY)).toBeUndefined();
  });

  test('is kept while another process sweeps its directory away', async () => {
    const { system } = scene();
    const plain = { ...system };
    let sweeps = 3;
    const swept = Object.assign(system, {
      makeDirectory: async (path: string) => {
        await plain.makeDirectory(path);
        sweeps -= 1;
        if (sweeps >= 0) await system.removeDirectory(path);
      },
    });
    const store = createTokenFileStore({ directory: DIRECTORY, system: swept });
    expect(await store.set(KEY, 'value', HOUR_MS)).toBe(true);
    expect(await store.get(KEY)).toBe('value');
    sweeps = 100;
    await expect(store.set('other:1', 'value', HOUR_MS)).rejects.toThrow('it vanishes');
  });
});

describe('What stands in the place of an entry', () => {
  test.each<[string, (system: FakeSystem) => void, string]>([
    ['a file of another user', (s) => s.put(PATH, entry(s), { owner: 7 }), 'the user 7'],
    ['garbage', (s) => s.put(PATH, 'garbage'), 'it is no entry of the token cache'],
    ['half of an entry', (s) => s.put(PATH, 'docker-keyring-file:1 17'), 'it is no entry'],
    ['an empty file', (s) => s.put(PATH, ''), 'it is no entry of the token cache'],
    ['a link', (s) => s.breakFile(PATH, failure('ELOOP')), 'ELOOP'],
    ['a directory', (s) => s.breakFile(PATH, new Error('it is no regular file')), 'no regular'],
    ['no directory', (s) => s.put(ENTRY, 'garbage'), 'ENOTDIR'],
  ])('is absent where it is %s; that is told once, and it is replaced', async (_what, put, why) => {
    const { system, store, problems } = scene();
    put(system);
    expect(await store.get(KEY)).toBeUndefined();
    expect(await store.get(KEY)).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`the token cache ignores ${ENTRY}`);
    expect(problems[0]).toContain(why);
    expect(await store.set(KEY, 'value', HOUR_MS)).toBe(true);
    expect(await store.get(KEY)).toBe('value');
  });

  test('is told of at most a hundred times, and to nobody where nobody listens', async () => {
    const { system, store, problems } = scene();
    const keys = numbers(120).map((number) => `key:${number}`);
    for (const key of keys) system.put(`/cache/${key.replace(':', '.')}.entry/one`, 'garbage');
    await Promise.all(keys.map((key) => store.get(key)));
    expect(problems).toHaveLength(100);
    const quiet = createTokenFileStore({ directory: DIRECTORY, system });
    expect(await quiet.get('key:1')).toBeUndefined();
  });

  test('and cannot be removed does not keep the new one from being found', async () => {
    const { system, store } = scene();
    await store.set(KEY, 'one', HOUR_MS);
    system.advance(1);
    const stuck = Object.assign(system, { removeFile: refuse });
    await createTokenFileStore({ directory: DIRECTORY, system: stuck }).set(KEY, 'two', HOUR_MS);
    expect(await store.get(KEY)).toBe('two');
    expect(await system.readDirectory(ENTRY)).toHaveLength(2);
  });
});

describe('A lock of a key', () => {
  test('is had by one of many, and by the next when it is given back', async () => {
    const { system } = scene();
    const stores = numbers(20).map(() => createTokenFileStore({ directory: DIRECTORY, system }));
    const locks = await Promise.all(stores.map((store) => store.lock(KEY)));
    const [own, ...others] = locks.filter((lock) => lock !== undefined);
    expect(others).toEqual([]);
    expect(await stores[0]?.lock('other:1')).toBeDefined();
    await own?.release();
    expect(await stores[0]?.lock(KEY)).toBeDefined();
  });

  test('of one that was killed goes to whoever has waited for five seconds', async () => {
    const { system, store } = scene();
    system.put('/cache/docker-keyring.1.answer.abc_-D.lock/killed', '');
    expect(await store.lock(KEY)).toBeUndefined();
    system.advance(5000);
    expect(await createTokenFileStore({ directory: DIRECTORY, system }).lock(KEY)).toBeUndefined();
    expect(await store.lock(KEY)).toBeDefined();
  });
});
