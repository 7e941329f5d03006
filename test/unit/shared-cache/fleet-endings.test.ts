import { describe, expect, test } from '@jest/globals';
import type { FakeSystem } from '../fakes/fake-system.ts';
import { ask, countingUpstream, nearScene, pass, passwordOf, scene, until } from './simulation.ts';

describe('A caller who gives up', () => {
  test('before it begins touches nothing', async () => {
    const { system, store, join } = scene();
    const signal = AbortSignal.abort(new Error('stopped'));
    const asked = ask(join(), countingUpstream(system, 1).load, { signal });
    await expect(until(system, asked)).rejects.toThrow('stopped');
    expect(store.calls).toEqual([]);
  });

  test('while it asks is out at once, and nobody waits for its lock', async () => {
    const { system, store, join } = nearScene();
    const upstream = countingUpstream(system, 1000);
    const controller = new AbortController();
    const asked = ask(join(), upstream.load, { signal: controller.signal });
    await pass(system, 400);
    controller.abort(new Error('stopped'));
    await expect(asked).rejects.toThrow('stopped');
    await pass(system, 50);
    expect([...store.values.keys()]).toEqual([]);
    const startedMs = system.monotonicMs();
    expect(passwordOf(await until(system, ask(join(), upstream.load)))).toBe('token 2');
    expect(system.monotonicMs() - startedMs).toBeLessThan(1050);
    await pass(system, 5000);
    expect(system.pendingTimers()).toBe(0);
  });

  test('while it waits for another process leaves no timer behind', async () => {
    const { system, join } = nearScene();
    const upstream = countingUpstream(system, 1000);
    const first = ask(join(), upstream.load);
    await pass(system, 300);
    const controller = new AbortController();
    const second = ask(join(), upstream.load, { signal: controller.signal });
    await pass(system, 300);
    controller.abort(new Error('stopped'));
    await expect(second).rejects.toThrow('stopped');
    expect(passwordOf(await until(system, first))).toBe('token 1');
    await pass(system, 50);
    expect(system.pendingTimers()).toBe(0);
  });
});

describe('close()', () => {
  test('ends the waiting: a process asks by itself then, and uses the store no more', async () => {
    const { system, store, join } = nearScene();
    const upstream = countingUpstream(system, 3000);
    const first = ask(join(), upstream.load);
    await pass(system, 300);
    const fleet = join();
    const second = ask(fleet, upstream.load);
    await pass(system, 300);
    fleet.close();
    await pass(system, 50);
    expect(upstream.calls).toBe(2);
    expect((await until(system, Promise.all([first, second]))).map(passwordOf)).toHaveLength(2);
    store.calls.length = 0;
    await until(system, ask(fleet, upstream.load));
    expect(upstream.calls).toBe(3);
    expect(store.calls).toEqual([]);
  });

  test('still shares what was asked for', async () => {
    const { system, join } = nearScene();
    const upstream = countingUpstream(system, 8000);
    const fleet = join();
    const asked = ask(fleet, upstream.load);
    await pass(system, 300);
    fleet.close();
    fleet.close();
    await until(system, asked);
    await until(system, ask(join(), upstream.load));
    expect(upstream.calls).toBe(1);
  });
});

describe('Waiting for other processes', () => {
  test.each([
    ['keeps this one alive', false, [true, true]],
    ['does not keep this one alive for what nobody waits for', true, [false, false]],
  ])('%s', async (_what, isBackground, expected) => {
    const { system, join } = nearScene();
    const upstream = countingUpstream(system, 300);
    const kept: (boolean | undefined)[] = [];
    const watched: FakeSystem = {
      ...system,
      setTimer(delayMs, callback, options) {
        // Beside it there are the deadlines of the store's operations.
        if (delayMs < 1000) kept.push(options?.keepAlive);
        return system.setTimer(delayMs, callback, options);
      },
    };
    const first = ask(join(), upstream.load);
    await pass(system, 200);
    const second = ask(join({ system: watched }), upstream.load, { isBackground });
    await until(system, Promise.all([first, second]));
    expect(kept.slice(0, 2)).toEqual(expected);
  });
});
