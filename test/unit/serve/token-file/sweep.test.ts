import { describe, expect, test } from '@jest/globals';
import { createTokenFileStore } from '../../../../src/serve/token-file/token-file-store.ts';
import {
  DIRECTORY,
  fill,
  HOUR_MS,
  KEY,
  names,
  numbers,
  refuse,
  scene,
} from './token-file-scene.ts';

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
    const uuid = '01234567-89ab-cdef-0123-456789abcdef';
    system.put('/cache/garbage.entry', 'garbage');
    system.put('/cache/key', 'the key');
    system.put(`/cache/a.entry.${uuid}.tmp`, 'half', { mtimeMs: system.now() });
    system.breakFile(`/cache/b.entry.${uuid}.tmp`, new Error('broken'));
    system.advance(61_000);
    system.put(`/cache/c.entry.${uuid}.tmp`, 'half', { mtimeMs: system.now() });
    await store.set('key:1', 'value', HOUR_MS);
    expect(await names(system)).toHaveLength(8);
    system.randomValue = 0.05;
    await store.set('key:1', 'value', HOUR_MS);
    expect(await names(system)).toEqual(
      [
        'docker-keyring.1.answer.abc_-D.entry',
        'key',
        'key.1.entry',
        `b.entry.${uuid}.tmp`,
        `c.entry.${uuid}.tmp`,
      ].toSorted(),
    );
    expect(await store.get(KEY)).toBe('value');
  });

  test('a file that cannot be taken away stops nothing', async () => {
    const { system } = scene();
    system.put('/cache/garbage.entry', 'garbage');
    const uuid = '01234567-89ab-cdef-0123-456789abcdef';
    system.put(`/cache/a.entry.${uuid}.tmp`, 'half', { mtimeMs: 0 });
    const stuck = { ...system, random: () => 0, moveFile: refuse, removeFile: refuse };
    const store = createTokenFileStore({ directory: DIRECTORY, system: stuck });
    expect(await store.set(KEY, 'value', HOUR_MS)).toBe(true);
    expect(await store.get(KEY)).toBe('value');
  });
});
