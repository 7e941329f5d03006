import { describe, expect, test } from '@jest/globals';
import type { ReadOptions } from '../../../../src/system/system.ts';
import { createTokenFileStore } from '../../../../src/shared-cache/token-file/token-file-store.ts';
import {
  DIRECTORY,
  ENTRY,
  fill,
  HOUR_MS,
  KEY,
  names,
  numbers,
  refuse,
  scene,
} from './token-file-scene.ts';

const UUID = '01234567-89ab-cdef-0123-456789abcdef';

describe('The cache is bounded', () => {
  test('in number: the oldest go, with room for some more', async () => {
    const world = scene({ maxEntries: 10 });
    await fill(world, 11);
    const kept = numbers(9).map((number) => `key.${number + 3}.entry`);
    expect(await names(world.system)).toEqual(kept.toSorted());
  });

  test('in size: a large entry makes the oldest go at once', async () => {
    const world = scene({ maxEntries: 100, maxBytes: 10_000 });
    await fill(world, 8, (key) => world.store.set(key, 'x'.repeat(1500), HOUR_MS));
    expect(await names(world.system)).toEqual(
      [3, 4, 5, 6, 7, 8].map((number) => `key.${number}.entry`),
    );
  });

  test('what has ended, what is no entry and what was left half written go by chance', async () => {
    const world = scene();
    const { system, store } = world;
    await store.set('short:1', 'value', 1000);
    await store.set(KEY, 'value', HOUR_MS);
    system.put('/cache/garbage.entry', 'garbage');
    system.put('/cache/other.entry/garbage', 'garbage');
    await system.makeDirectory('/cache/empty.entry');
    system.put('/cache/key', 'the key');
    system.put('/cache/killed.lock/killed', '');
    system.put(`/cache/a.entry.${UUID}.tmp`, 'half', { mtimeMs: system.now() });
    system.breakFile(`/cache/b.entry.${UUID}.tmp`, new Error('broken'));
    system.advance(301_000);
    system.put('/cache/held.lock/held', '');
    system.put(`/cache/c.entry.${UUID}.tmp`, 'half', { mtimeMs: system.now() });
    await store.set('key:1', 'value', HOUR_MS);
    expect(await names(system)).toHaveLength(12);
    system.randomValue = 0.05;
    await store.set('key:1', 'value', HOUR_MS);
    expect(await names(system)).toEqual(
      [
        'docker-keyring.1.answer.abc_-D.entry',
        'held.lock',
        'key',
        'key.1.entry',
        `b.entry.${UUID}.tmp`,
        `c.entry.${UUID}.tmp`,
      ].toSorted(),
    );
    expect(await store.get(KEY)).toBe('value');
  });

  test('an ended version goes, and never one that is written meanwhile', async () => {
    const world = scene();
    const { system, store } = world;
    await store.set(KEY, 'ended', 1000);
    system.advance(1000);
    const plain = { ...system };
    const racing = Object.assign(system, {
      random: () => 0,
      readFile: async (path: string, options: ReadOptions) => {
        const content = await plain.readFile(path, options);
        // Between the sweeper's look and its removal another process has written a new one.
        if (path.startsWith(ENTRY)) await writeOnce();
        return content;
      },
    });
    let writes = 0;
    const writeOnce = async (): Promise<void> => {
      writes += 1;
      const quiet = { ...system, random: () => 1 };
      const other = createTokenFileStore({ directory: DIRECTORY, system: quiet });
      if (writes === 1) await other.set(KEY, 'new', HOUR_MS);
    };
    const sweeping = createTokenFileStore({ directory: DIRECTORY, system: racing });
    await sweeping.set('other:1', 'value', HOUR_MS);
    expect(writes).toBeGreaterThan(0);
    expect(await store.get(KEY)).toBe('new');
    expect(await system.readDirectory(ENTRY)).toHaveLength(1);
  });

  test('a file that cannot be taken away stops nothing', async () => {
    const { system } = scene();
    system.put('/cache/garbage.entry', 'garbage');
    system.put('/cache/other.entry/garbage', 'garbage');
    system.put('/cache/killed.lock/killed', '', { mtimeMs: 0 });
    system.put(`/cache/a.entry.${UUID}.tmp`, 'half', { mtimeMs: 0 });
    const stuck = { ...system, random: () => 0, moveDirectory: refuse, removeFile: refuse };
    const store = createTokenFileStore({ directory: DIRECTORY, system: stuck });
    expect(await store.set(KEY, 'value', HOUR_MS)).toBe(true);
    expect(await store.get(KEY)).toBe('value');
  });
});
