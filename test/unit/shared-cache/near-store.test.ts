import { describe, expect, test } from '@jest/globals';
import type { KeyvStore } from '../../../src/shared-cache/shared-store.ts';
import { seeded } from '../fakes/random.ts';
import {
  ask,
  countingUpstream,
  loadNothing,
  pass,
  passwordOf,
  scene,
  until,
  type FakeStoreOptions,
  type Scene,
} from './simulation.ts';

interface NearScene extends Scene {
  readonly near: KeyvStore;
}

/** A scene whose store has locks that it gives after a while, and takes from those who are killed. */
function nearScene(options: FakeStoreOptions = {}): NearScene {
  const far = scene({ ...options, expires: false });
  const { store, system } = far;
  const held = new Map<string, symbol>();
  const near: KeyvStore = {
    get: (key) => store.get(key),
    set: (key, value, ttlMs) => store.set(key, value, ttlMs),
    delete: (key) => store.delete(key),
    lock: async (key) => {
      await pass(system, options.latencyMs?.() ?? 0);
      if (held.has(key)) return undefined;
      const own = Symbol('held');
      held.set(key, own);
      return {
        release: async () => {
          await pass(system, options.latencyMs?.() ?? 0);
          if (held.get(key) === own) held.delete(key);
        },
      };
    },
  };
  return { ...far, near, join: (more) => far.join({ store: near, ...more }) };
}

describe('With a store that has locks', () => {
  test('a cold lookup takes hardly longer than its call', async () => {
    const { system, join } = nearScene();
    const upstream = countingUpstream(system, 300);
    await until(system, ask(join(), upstream.load), 1);
    expect(system.monotonicMs()).toBeLessThan(320);
  });

  test('those who wait have the answer within 50 ms', async () => {
    const { system, join } = nearScene();
    const upstream = countingUpstream(system, 3000);
    const asked = Array.from({ length: 8 }, () => ask(join(), upstream.load));
    const answers = await until(system, Promise.all(asked), 1);
    expect(new Set(answers.map(passwordOf))).toEqual(new Set(['token 1']));
    expect(system.monotonicMs()).toBeLessThan(3080);
  });

  test.each(Array.from({ length: 12 }, (_, seed) => seed))(
    '20 cold processes at random times make one call, seed %i',
    async (seed) => {
      const random = seeded(seed);
      const { system, join } = nearScene({ latencyMs: () => random.below(30) });
      const upstream = countingUpstream(system, random.below(2000));
      const asked = Array.from({ length: 20 }, async () => {
        await pass(system, random.below(400));
        return ask(join(), upstream.load);
      });
      const answers = await until(system, Promise.all(asked), 7);
      expect(new Set(answers.map(passwordOf))).toEqual(new Set(['token 1']));
      expect(upstream.calls).toBe(1);
    },
  );

  test('whoever was killed is waited for until the store gives its lock away, and one takes over', async () => {
    const { system, near, store, join } = nearScene();
    let isDead = false;
    const killed: KeyvStore = {
      ...near,
      lock: async (key) => (isDead ? near.lock?.(key) : undefined),
    };
    const upstream = countingUpstream(system, 300);
    const asked = Array.from({ length: 8 }, () => ask(join({ store: killed }), upstream.load));
    await pass(system, 5000);
    expect(upstream.calls).toBe(0);
    isDead = true;
    await until(system, Promise.all(asked));
    expect(upstream.calls).toBe(1);
    expect(system.monotonicMs()).toBeLessThan(5500);
    // Nothing but the answer is left.
    expect(store.values.size).toBe(1);
  });

  test('a lock that is had too late is given back: the answer is there', async () => {
    const { system, near, join } = nearScene();
    const upstream = countingUpstream(system, 300);
    let locks = 0;
    const late: KeyvStore = {
      ...near,
      lock: async (key) => {
        locks += 1;
        // Between the look and the lock another has asked, and given it back.
        if (locks === 1) await ask(join(), upstream.load);
        return near.lock?.(key);
      },
    };
    const answer = await until(system, ask(join({ store: late }), upstream.load));
    expect(passwordOf(answer)).toBe('token 1');
    expect(upstream.calls).toBe(1);
    expect(await until(system, Promise.resolve(near.lock?.('other')))).toBeDefined();
  });

  test('a lock that is had too late is given back: there is nothing to share', async () => {
    const { system, near, join } = nearScene();
    let locks = 0;
    const late: KeyvStore = {
      ...near,
      lock: async (key) => {
        locks += 1;
        if (locks === 1) {
          await ask(join(), loadNothing);
          await pass(system, 1);
        }
        return near.lock?.(key);
      },
    };
    const upstream = countingUpstream(system, 300);
    await until(system, ask(join({ store: late }), upstream.load));
    expect(upstream.calls).toBe(1);
    await until(system, ask(join({ store: late }), upstream.load));
    expect(locks).toBe(1);
  });

  test('what cannot be shared is not waited for, and said so to whoever waits', async () => {
    const { system, join } = nearScene();
    const asked = Array.from({ length: 8 }, () => ask(join(), loadNothing));
    await until(system, Promise.all(asked));
    expect(system.monotonicMs()).toBeLessThan(1000);
    await until(system, ask(join(), loadNothing));
    expect(system.monotonicMs()).toBeLessThan(1000);
  });

  test('a lock that is had before a failing look is given back', async () => {
    const { system, near, join, problems } = nearScene();
    let released = 0;
    let isLocked = false;
    const failing: KeyvStore = {
      ...near,
      get: async (key) => {
        if (isLocked) throw Object.assign(new Error('no'), { code: 'EIO' });
        return near.get(key);
      },
      lock: async () => {
        isLocked = true;
        return { release: async () => void (released += 1) };
      },
    };
    const upstream = countingUpstream(system, 300);
    expect(passwordOf(await until(system, ask(join({ store: failing }), upstream.load)))).toBe(
      'token 1',
    );
    expect(released).toBe(1);
    expect(problems[0]).toContain('get() threw EIO');
  });

  test('one that fails at it is left alone like any other', async () => {
    const { system, near, join, problems } = nearScene();
    const broken: KeyvStore = {
      ...near,
      lock: async () => {
        throw Object.assign(new Error('no links here'), { code: 'EPERM' });
      },
    };
    const upstream = countingUpstream(system, 300);
    expect(passwordOf(await until(system, ask(join({ store: broken }), upstream.load)))).toBe(
      'token 1',
    );
    expect(problems[0]).toContain('lock() threw EPERM');
  });

  test('one that gives no lock back is told of, and the answer holds', async () => {
    const { system, near, join, problems } = nearScene();
    const broken: KeyvStore = {
      ...near,
      lock: async () => ({ release: () => Promise.reject(new Error('gone')) }),
    };
    const upstream = countingUpstream(system, 300);
    expect(passwordOf(await until(system, ask(join({ store: broken }), upstream.load)))).toBe(
      'token 1',
    );
    await pass(system, 10);
    expect(problems[0]).toContain('lock() threw Error');
  });

  test('it has ten seconds for each step, since it is slow where the whole machine is', async () => {
    const { system, near, join, problems } = nearScene();
    const slow: KeyvStore = {
      ...near,
      get: async (key) => {
        await pass(system, 3000);
        return near.get(key);
      },
    };
    const upstream = countingUpstream(system, 300);
    await until(system, ask(join({ store: slow }), upstream.load));
    expect(problems).toEqual([]);
  });
});
