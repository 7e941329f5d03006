// Whatever happens to the clocks, nothing is served beyond its end: properties of the cache, and of the lives that it gives.

import { describe, expect, test } from '@jest/globals';
import {
  array,
  assert,
  asyncProperty,
  constant,
  integer,
  oneof,
  property,
  record,
} from 'fast-check';
import {
  createFreshCache,
  type FreshCache,
  type Question,
} from '../../../../src/providers/cache/fresh-cache.ts';
import { lifetimeOf } from '../../../../src/providers/cache/lifetime.ts';
import { fakeSystem, type FakeSystem } from '../../fakes/fake-system.ts';
import { inOrder } from '../../fakes/in-order.ts';
import { settle } from '../../fakes/upstream.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SKEW_MS = 5 * MINUTE;

/** What was loaded, and when, on the clock that nobody can set. */
interface Token {
  readonly number: number;
  readonly receivedAtMonotonicMs: number;
  readonly receivedAtMs: number;
  readonly expiresAtMs: number;
}

interface World {
  readonly system: FakeSystem;
  readonly cache: FreshCache<Token, Error>;
  readonly question: Question<Token>;
  readonly loaded: Token[];
  /** Those that were served from memory beyond their end. */
  readonly late: Token[];
  isDown: boolean;
}

function worldWith(lifeMs: number, keepFresh: boolean): World {
  const system = fakeSystem();
  const loaded: Token[] = [];
  const world: World = {
    system,
    cache: createFreshCache<Token, Error>({ system, keepFresh }),
    loaded,
    late: [],
    isDown: false,
    question: {
      keys: ['key'],
      ownKey: 'key',
      callKey: 'key',
      async load() {
        await Promise.resolve();
        if (world.isDown) throw new Error('down');
        const receivedAtMs = system.now();
        const value: Token = {
          number: loaded.length,
          receivedAtMonotonicMs: system.monotonicMs(),
          receivedAtMs,
          expiresAtMs: receivedAtMs + lifeMs,
        };
        loaded.push(value);
        return { key: 'key', value, receivedAtMs, expiresAtMs: value.expiresAtMs };
      },
    },
  };
  return world;
}

type Step =
  | { readonly kind: 'pass' | 'back'; readonly ms: number }
  | { readonly kind: 'look' | 'fail' | 'recover' };

const steps = array(
  oneof(
    { weight: 4, arbitrary: constant<Step>({ kind: 'look' }) },
    {
      weight: 3,
      arbitrary: record<Step & { ms: number }>({
        kind: constant('pass'),
        ms: integer({ min: 0, max: 3 * HOUR }),
      }),
    },
    {
      weight: 1,
      arbitrary: record<Step & { ms: number }>({
        kind: constant('back'),
        // Less than none is forward, as after a suspend.
        ms: integer({ min: -30 * 24 * HOUR, max: 30 * 24 * HOUR }),
      }),
    },
    { weight: 1, arbitrary: constant<Step>({ kind: 'fail' }) },
    { weight: 1, arbitrary: constant<Step>({ kind: 'recover' }) },
  ),
  { maxLength: 40 },
);

async function take(world: World, step: Step): Promise<Token | undefined> {
  const { system, cache, question } = world;
  if (step.kind === 'pass') system.advance(step.ms);
  else if (step.kind === 'back') system.setClockBack(step.ms);
  else if (step.kind !== 'look') world.isDown = step.kind === 'fail';
  await settle();
  if (step.kind !== 'look') return undefined;
  const before = { now: system.now(), monotonicMs: system.monotonicMs() };
  const served = await cache.get(question, new AbortController().signal);
  if (served.from === 'failure') return undefined;
  const { receivedAtMonotonicMs, receivedAtMs, expiresAtMs } = served.value;
  const usableMs = expiresAtMs - receivedAtMs - SKEW_MS;
  const isLate =
    before.now >= expiresAtMs - SKEW_MS || before.monotonicMs - receivedAtMonotonicMs >= usableMs;
  if (served.from === 'cache' && isLate) world.late.push(served.value);
  return served.value;
}

describe('The cache', () => {
  const lives = integer({ min: 1, max: 24 * HOUR });

  test('serves nothing beyond its end by either clock, nor goes back to an older answer', async () => {
    await assert(
      asyncProperty(lives, steps, integer({ min: 0, max: 1 }), async (lifeMs, story, fresh) => {
        const world = worldWith(lifeMs, fresh === 1);
        const served = await inOrder(story, (step) => take(world, step));
        expect(world.late).toEqual([]);
        const numbers = served.flatMap((token) => token?.number ?? []);
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        world.cache.close();
        expect(world.system.pendingTimers()).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  test('asks once for what many want at once, whatever was before', async () => {
    await assert(
      asyncProperty(lives, steps, async (lifeMs, story) => {
        const world = worldWith(lifeMs, false);
        await inOrder(story, (step) => take(world, step));
        world.isDown = false;
        // Failures are forgotten after minutes, and answers have ended.
        world.system.advance(48 * HOUR);
        const before = world.loaded.length;
        const { signal } = new AbortController();
        await Promise.all(Array.from({ length: 5 }, () => world.cache.get(world.question, signal)));
        expect(world.loaded.length - before).toBe(1);
      }),
      { numRuns: 60 },
    );
  });
});

test('A life is refreshed within it, and ends before its expiry and its age', () => {
  const ms = integer({ min: -10 * HOUR, max: 400 * 24 * HOUR });
  assert(
    property(ms, ms, integer({ min: 0, max: 999 }), (lifeMs, maxAgeMs, random) => {
      const receivedAtMs = Date.UTC(2026, 0, 1);
      const expiresAtMs = receivedAtMs + lifeMs;
      const life = lifetimeOf({ receivedAtMs, expiresAtMs, maxAgeMs }, random / 1000);
      const usableMs = Math.min(lifeMs - SKEW_MS, maxAgeMs);
      expect(life === undefined).toBe(usableMs <= 0);
      if (life === undefined) return;
      expect(life.usableUntilMs).toBe(receivedAtMs + usableMs);
      expect(life.refreshAtMs).toBeGreaterThanOrEqual(receivedAtMs);
      expect(life.refreshAtMs).toBeLessThan(life.usableUntilMs);
    }),
  );
});
