import { describe, expect, test } from '@jest/globals';
import type { KeyvStore } from '../../../src/shared-cache/shared-cache.ts';
import { createSealer } from '../../../src/shared-cache/seal.ts';
import { seeded } from '../fakes/random.ts';
import {
  ask,
  countingUpstream,
  KEY,
  loadNothing,
  nearScene,
  pass,
  passwordOf,
  scene,
  until,
} from './simulation.ts';

const sealer = createSealer([KEY]);

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

describe('Waiting for another process', () => {
  test('goes on through a call that takes several seconds', async () => {
    const { system, join } = nearScene();
    const upstream = countingUpstream(system, 9000);
    const first = ask(join(), upstream.load);
    await pass(system, 1000);
    const later = Array.from({ length: 5 }, () => ask(join(), upstream.load));
    await until(system, Promise.all([first, ...later]));
    expect(upstream.calls).toBe(1);
  });

  test('ends after ten to fifteen seconds: then it asks alone, which ends it for the others too', async () => {
    const { system, join } = nearScene();
    const stuck = countingUpstream(system, 40_000);
    const holder = ask(join(), stuck.load);
    await pass(system, 500);
    const startedMs = system.monotonicMs();
    const upstream = countingUpstream(system, 300);
    const random = seeded(1);
    const asked = Array.from({ length: 8 }, () => {
      system.randomValue = random.below(1000) / 1000;
      return ask(join(), upstream.load);
    });
    const answers = await until(system, Promise.all(asked));
    expect(new Set(answers.map(passwordOf)).size).toBe(upstream.calls);
    expect(upstream.calls).toBeLessThan(4);
    expect(system.monotonicMs() - startedMs).toBeGreaterThanOrEqual(10_000);
    expect(system.monotonicMs() - startedMs).toBeLessThanOrEqual(15_500);
    await until(system, holder);
  });

  test.each([
    ['that is no time', 'soon'],
    ['that a clock far ahead has left', String(1e15)],
  ])('is ended by no note %s', async (_what, note) => {
    const { system, store, join } = nearScene();
    const [name] = sealer.names('unshared', 'scope');
    store.values.set(name, sealer.seal('unshared', 'scope', note));
    const upstream = countingUpstream(system, 300);
    const asked = Array.from({ length: 3 }, () => ask(join(), upstream.load));
    await until(system, Promise.all(asked));
    expect(upstream.calls).toBe(1);
  });
});

describe('With a store that has no locks', () => {
  test('each cold process asks for itself, at once', async () => {
    const { system, join } = scene();
    const upstream = countingUpstream(system, 300);
    const asked = Array.from({ length: 8 }, () => ask(join(), upstream.load));
    await until(system, Promise.all(asked), 1);
    expect(upstream.calls).toBe(8);
    expect(system.monotonicMs()).toBeLessThan(320);
    await until(system, ask(join(), upstream.load));
    expect(upstream.calls).toBe(8);
  });

  test('nothing but answers is kept', async () => {
    const { system, store, join } = scene();
    await until(system, ask(join(), loadNothing));
    expect(store.calls.map(({ method }) => method)).toEqual(['get']);
    await until(system, ask(join(), countingUpstream(system, 10).load));
    expect([...store.values.keys()]).toEqual(sealer.names('answer', 'scope'));
  });
});
