import { describe, expect, test } from '@jest/globals';
import { createSealer } from '../../../src/shared-cache/seal.ts';
import { seeded } from '../fakes/random.ts';
import { inOrder } from '../fakes/in-order.ts';
import {
  ask,
  countingUpstream,
  KEY,
  loadNothing,
  pass,
  passwordOf,
  scene,
  until,
} from './simulation.ts';

const sealer = createSealer([KEY]);
const [leaseName] = sealer.names('lease', 'scope');

function sealedLease(lease: unknown): string {
  const text = typeof lease === 'string' ? lease : JSON.stringify(lease);
  return sealer.seal('lease', 'scope', text);
}

describe('One call for all', () => {
  const seeds = Array.from({ length: 12 }, (_, index) => index);

  test.each(seeds)(
    '20 cold processes, at random times, over a store with random latency, seed %i',
    async (seed) => {
      const random = seeded(seed);
      const { system, join } = scene({ latencyMs: () => 1 + random.below(45) });
      const upstream = countingUpstream(system, random.below(4000));
      const asked = Array.from({ length: 20 }, async () => {
        await pass(system, random.below(600));
        return ask(join(), upstream.load);
      });
      const answers = await until(system, Promise.all(asked), 7);
      expect(new Set(answers.map(passwordOf))).toEqual(new Set(['token 1']));
      expect(upstream.calls).toBe(1);
    },
  );

  test('also with a call that takes far longer than the lease lives', async () => {
    const { system, join } = scene();
    const upstream = countingUpstream(system, 9000);
    const first = ask(join(), upstream.load);
    await pass(system, 1000);
    const later = Array.from({ length: 5 }, () => ask(join(), upstream.load));
    await until(system, Promise.all([first, ...later]));
    expect(upstream.calls).toBe(1);
  });

  test('also in a store that never forgets, after a holder was killed', async () => {
    const { system, store, join, problems } = scene({ expires: false });
    store.values.set(leaseName, sealedLease({ id: 'killed', beat: 3 }));
    const upstream = countingUpstream(system, 300);
    const asked = Array.from({ length: 8 }, () => ask(join(), upstream.load));
    await until(system, Promise.all(asked));
    expect(upstream.calls).toBe(1);
    expect(system.monotonicMs()).toBeGreaterThan(5000);
    expect(system.monotonicMs()).toBeLessThan(8000);
    expect(problems).toEqual([]);
  });
});

describe('Waiting for another process', () => {
  test('ends when that one is killed: another takes over within seconds', async () => {
    const { system, store, join } = scene();
    store.calls.length = 0;
    await store.set(leaseName, sealedLease({ id: 'killed', beat: 0 }), 5000);
    const upstream = countingUpstream(system, 300);
    const asked = Array.from({ length: 8 }, () => ask(join(), upstream.load));
    await until(system, Promise.all(asked));
    expect(upstream.calls).toBe(1);
    expect(system.monotonicMs()).toBeLessThan(7500);
  });

  test('ends after ten to fifteen seconds: then it asks alone, which ends it for the others too', async () => {
    const { system, join } = scene();
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

  test('asks the store ever more slowly', async () => {
    const { system, store, join } = scene();
    const upstream = countingUpstream(system, 8000);
    const holder = ask(join(), upstream.load);
    await pass(system, 500);
    store.calls.length = 0;
    const waiting = ask(join(), upstream.load);
    await pass(system, 6000);
    const looks = store.calls.filter(({ method, key }) => method === 'get' && key === leaseName);
    expect(looks.length).toBeGreaterThan(8);
    expect(looks.length).toBeLessThan(16);
    await until(system, Promise.all([holder, waiting]));
  });

  test.each([
    ['of another version', { holder: 'x' }],
    ['that is no JSON', 'lease'],
    ['left as "not shared" by a clock far ahead', { id: 'x', beat: 1, unsharedUntilMs: 1e15 }],
  ])('is not for a lease %s', async (_what, lease) => {
    const { system, store, join } = scene();
    store.values.set(leaseName, sealedLease(lease));
    const upstream = countingUpstream(system, 300);
    await until(system, ask(join(), upstream.load));
    expect(upstream.calls).toBe(1);
    expect(system.monotonicMs()).toBeLessThan(600);
  });
});

describe('A process that writes its name late', () => {
  test('waits until a holder would have written again, and finds that there is one', async () => {
    const { system, store, join } = scene();
    const upstream = countingUpstream(system, 3000);
    const late = join({
      store: {
        ...store,
        set: async (key, value, ttlMs) => {
          await pass(system, 600);
          return store.set(key, value, ttlMs);
        },
      },
    });
    const lateAsked = ask(late, upstream.load);
    await pass(system, 10);
    const asked = ask(join(), upstream.load);
    const answers = await until(system, Promise.all([lateAsked, asked]));
    expect(answers.map(passwordOf)).toEqual(['token 1', 'token 1']);
    expect(upstream.calls).toBe(1);
  });
});

describe('The holder', () => {
  test('renews every two seconds, for a minute at most', async () => {
    const { system, store, join } = scene();
    const upstream = countingUpstream(system, 120_000);
    const asked = ask(join(), upstream.load);
    await until(system, asked, 20);
    const writes = store.calls.filter(({ method, key }) => method === 'set' && key === leaseName);
    expect(writes).toHaveLength(1 + 30);
    expect(writes.every(({ ttlMs }) => ttlMs === 5000)).toBe(true);
  });

  test('stops renewing when the store fails, and answers all the same', async () => {
    const { system, store, join, problems } = scene();
    const upstream = countingUpstream(system, 9000);
    const asked = ask(join(), upstream.load);
    await pass(system, 1000);
    store.fault = () => Promise.reject(new Error('down'));
    expect(passwordOf(await until(system, asked))).toBe('token 1');
    expect(problems).toHaveLength(1);
  });

  test('gives the lease back after a renewal that is under way, and only its own', async () => {
    const { system, store, join } = scene({ latencyMs: () => 50 });
    const upstream = countingUpstream(system, 2020);
    await until(system, ask(join(), upstream.load));
    await pass(system, 1000);
    expect([...store.values.keys()].filter((key) => key === leaseName)).toEqual([]);

    const other = sealedLease({ id: 'other', beat: 0 });
    const asked = ask(join(), upstream.load, { accept: () => false });
    // After the renewal, and before it looks whether the lease is still its own.
    await pass(system, 2620);
    store.values.set(leaseName, other);
    await until(system, asked);
    await pass(system, 1000);
    expect(store.values.get(leaseName)).toBe(other);
  });
});

test('Two in one hundred thousand would not be enough: names of holders are random', async () => {
  const { store, system, join } = scene();
  const ids = await inOrder([1, 2, 3], async (number) => {
    await until(system, ask(join(), loadNothing, { scope: `scope ${number}` }));
    const [name] = sealer.names('lease', `scope ${number}`);
    const text = sealer.open('lease', `scope ${number}`, store.values.get(name)) ?? '{}';
    return (JSON.parse(text) as { readonly id: string }).id;
  });
  expect(new Set(ids).size).toBe(3);
  for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(12);
});
