import { describe, expect, test } from '@jest/globals';
import { createTokenFileStore } from '../../../../src/serve/token-file/token-file-store.ts';
import type { FakeSystem } from '../../fakes/fake-system.ts';
import {
  DIRECTORY,
  entry,
  failure,
  HOUR_MS,
  KEY,
  names,
  numbers,
  PATH,
  scene,
} from './token-file-scene.ts';

describe('A value', () => {
  test('is there until its time is over, in a file that is read without a look at others', async () => {
    const { system, store, problems } = scene();
    expect(await store.get(KEY)).toBeUndefined();
    expect(await store.set(KEY, 'value\nof two lines', HOUR_MS)).toBe(true);
    system.touches.length = 0;
    expect(await store.get(KEY)).toBe('value\nof two lines');
    expect(system.touches).toEqual([`read ${PATH}`]);
    system.advance(HOUR_MS - 1);
    expect(await store.get(KEY)).toBe('value\nof two lines');
    system.advance(1);
    expect(await store.get(KEY)).toBeUndefined();
    expect(problems).toEqual([]);
  });

  test('without a time stays for long, and is gone when it is deleted', async () => {
    const { system, store } = scene();
    await store.set(KEY, 'value');
    system.advance(300 * 24 * HOUR_MS);
    expect(await store.get(KEY)).toBe('value');
    await store.delete(KEY);
    expect(await store.get(KEY)).toBeUndefined();
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
    expect(system.textOf(PATH)).toBeUndefined();
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

describe('What stands in the place of an entry', () => {
  test.each<[string, (system: FakeSystem) => void, string]>([
    ['a file of another user', (s) => s.put(PATH, entry(s), { owner: 7 }), 'the user 7'],
    ['garbage', (s) => s.put(PATH, 'garbage'), 'it is no entry of the token cache'],
    ['half of an entry', (s) => s.put(PATH, 'docker-keyring-file:1 17'), 'it is no entry'],
    ['an empty file', (s) => s.put(PATH, ''), 'it is no entry of the token cache'],
    ['a link', (s) => s.breakFile(PATH, failure('ELOOP')), 'ELOOP'],
    ['a directory', (s) => s.breakFile(PATH, new Error('it is no regular file')), 'no regular'],
  ])('is absent where it is %s; that is told once, and it is replaced', async (_what, put, why) => {
    const { system, store, problems } = scene();
    put(system);
    expect(await store.get(KEY)).toBeUndefined();
    expect(await store.get(KEY)).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`the token cache ignores ${PATH}: `);
    expect(problems[0]).toContain(why);
    expect(await store.setIfAbsent(KEY, 'value', HOUR_MS)).toBe(true);
    expect(await store.get(KEY)).toBe('value');
  });

  test('is told of at most a hundred times, and to nobody where nobody listens', async () => {
    const { system, store, problems } = scene();
    const keys = numbers(120).map((number) => `key:${number}`);
    for (const key of keys) system.put(`/cache/${key.replace(':', '.')}.entry`, 'garbage');
    await Promise.all(keys.map((key) => store.get(key)));
    expect(problems).toHaveLength(100);
    const quiet = createTokenFileStore({ directory: DIRECTORY, system });
    expect(await quiet.get('key:1')).toBeUndefined();
  });

  test('and cannot be written over is moved out of the way', async () => {
    const { system, store } = scene();
    system.breakFile(PATH, failure('EISDIR'));
    const writing = {
      ...system,
      writeFileAtomic: async (path: string, text: string) => {
        if ((await system.readDirectory(DIRECTORY)).some(({ name }) => path.endsWith(name))) {
          throw failure('EISDIR');
        }
        await system.writeFileAtomic(path, text);
      },
      removeFile: async () => {
        throw failure('EISDIR');
      },
    };
    const other = createTokenFileStore({ directory: DIRECTORY, system: writing });
    await other.set(KEY, 'value', HOUR_MS);
    expect(await store.get(KEY)).toBe('value');
    // What cannot be removed stays beside it.
    expect(await names(system)).toHaveLength(2);
  });
});

describe('Set if absent', () => {
  test('succeeds for one of many, and after its time for one of many again', async () => {
    const { system } = scene();
    const stores = numbers(20).map(() => createTokenFileStore({ directory: DIRECTORY, system }));
    const attempt = (): Promise<boolean[]> =>
      Promise.all(stores.map((store, index) => store.setIfAbsent(KEY, `by ${index}`, 5000)));
    const first = await attempt();
    expect(first.filter((kept) => kept)).toHaveLength(1);
    expect(await stores[0]?.get(KEY)).toBe(`by ${first.indexOf(true)}`);
    system.advance(4999);
    expect((await attempt()).filter((kept) => kept)).toEqual([]);
    system.advance(1);
    const later = await attempt();
    expect(later.filter((kept) => kept)).toHaveLength(1);
    expect(await stores[0]?.get(KEY)).toBe(`by ${later.indexOf(true)}`);
    expect(await names(system)).toHaveLength(1);
  });

  test('gives back what another has put there between looking and taking', async () => {
    const { system, store } = scene();
    await store.setIfAbsent(KEY, 'ended', 5000);
    system.advance(5000);
    let moves = 0;
    const slow = createTokenFileStore({
      directory: DIRECTORY,
      system: {
        ...system,
        moveFile: async (from, to) => {
          moves += 1;
          if (moves === 1) await store.setIfAbsent(KEY, 'newer', 5000);
          return system.moveFile(from, to);
        },
      },
    });
    expect(await slow.setIfAbsent(KEY, 'late', 5000)).toBe(false);
    expect(await store.get(KEY)).toBe('newer');
    expect(await names(system)).toHaveLength(1);
  });

  test('finds nothing to take away where another was faster', async () => {
    const { system, store } = scene();
    const vanishing = createTokenFileStore({
      directory: DIRECTORY,
      system: {
        ...system,
        createFileExclusive: async (path, text) => {
          const made = await system.createFileExclusive(path, text);
          if (!made) system.remove(PATH);
          return made;
        },
      },
    });
    await store.set(KEY, 'value', HOUR_MS);
    expect(await vanishing.setIfAbsent(KEY, 'next', HOUR_MS)).toBe(true);
    expect(await store.get(KEY)).toBe('next');
  });
});
