import { describe, expect, test } from '@jest/globals';
import { createSealer } from '../../../../../src/providers/cache/store/seal.ts';
import type { KeyvStore } from '../../../../../src/providers/cache/store/shared-store.ts';
import { seeded } from '../../../fakes/random.ts';
import {
  ask,
  countingUpstream,
  KEY,
  pass,
  passwordOf,
  scene,
  until,
  type FakeStoreOptions,
  type Scene,
} from './simulation.ts';

const sealer = createSealer([KEY]);
const [leaseName] = sealer.names('lease', 'scope');

interface NearScene extends Scene {
  readonly near: KeyvStore;
}

/** A scene whose store can set if absent, in one step after a while. */
function nearScene(options: FakeStoreOptions = {}): NearScene {
  const far = scene({ ...options, expires: false });
  const { store, system } = far;
  const untilMs = new Map<string, number>();
  const near: KeyvStore = {
    get: async (key) => {
      const value = await store.get(key);
      return (untilMs.get(key) ?? Infinity) <= system.monotonicMs() ? undefined : value;
    },
    set: (key, value, ttlMs = Infinity) => {
      untilMs.set(key, system.monotonicMs() + ttlMs);
      return store.set(key, value, ttlMs);
    },
    delete: (key) => store.delete(key),
    setIfAbsent: async (key, value, ttlMs) => {
      await pass(system, options.latencyMs?.() ?? 0);
      const isFree = (untilMs.get(key) ?? Infinity) <= system.monotonicMs();
      if (store.values.has(key) && !isFree) return false;
      store.values.set(key, value);
      untilMs.set(key, system.monotonicMs() + ttlMs);
      return true;
    },
  };
  return { ...far, near, join: (more) => far.join({ store: near, ...more }) };
}

describe('With a store that can set if absent', () => {
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

  test('a killed holder is waited for as long as its lease lives, and one takes over', async () => {
    const { system, near, join } = nearScene();
    await near.set(leaseName, sealer.seal('lease', 'scope', '{"id":"killed","beat":0}'), 5000);
    const upstream = countingUpstream(system, 300);
    const asked = Array.from({ length: 8 }, () => ask(join(), upstream.load));
    await until(system, Promise.all(asked));
    expect(upstream.calls).toBe(1);
    expect(system.monotonicMs()).toBeLessThan(5500);
  });

  test('a lease that the store never gives up is overwritten in the end', async () => {
    const { system, store, join } = nearScene();
    store.values.set(leaseName, sealer.seal('lease', 'scope', 'of another version'));
    const upstream = countingUpstream(system, 300);
    expect(passwordOf(await until(system, ask(join(), upstream.load)))).toBe('token 1');
    expect(upstream.calls).toBe(1);
    expect(system.monotonicMs()).toBeLessThan(1000);
  });

  test('one that fails at it is left alone like any other', async () => {
    const { system, near, join, problems } = nearScene();
    const broken = {
      ...near,
      setIfAbsent: async () => {
        throw Object.assign(new Error('no links here'), { code: 'EPERM' });
      },
    };
    const upstream = countingUpstream(system, 300);
    expect(passwordOf(await until(system, ask(join({ store: broken }), upstream.load)))).toBe(
      'token 1',
    );
    expect(problems[0]).toContain('setIfAbsent() threw EPERM');
  });
});
