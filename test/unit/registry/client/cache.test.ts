// The clocks of what is cached: one may be set, the other stands still while the machine sleeps.

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { createCache, expiryIn, lifeLeftMs } from '../../../../src/registry/client/cache.ts';
import { fakeRegistry, type FakeRegistry } from './fake-registry.ts';

const IMAGE = 'r.test/team/app:1';
const MINUTE = 60_000;

/** What happens to a machine. */
interface Event {
  readonly kind: 'runs' | 'sleeps' | 'is set';
  readonly ms: number;
}

const events = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom('runs' as const, 'sleeps' as const),
      ms: fc.nat(10 * MINUTE),
    }),
    fc.record({
      kind: fc.constant('is set' as const),
      ms: fc.integer({ min: -MINUTE, max: MINUTE }),
    }),
  ),
  { maxLength: 8 },
);

/** Its clocks, and how much time has passed. */
function machine() {
  const time = { wallMs: 1e12, monotonicMs: 5, passedMs: 0 };
  return {
    time,
    clocks: { now: () => time.wallMs, monotonicMs: () => time.monotonicMs },
    happen: ({ kind, ms }: Event): void => {
      time.wallMs += ms;
      if (kind !== 'is set') time.passedMs += ms;
      if (kind === 'runs') time.monotonicMs += ms;
    },
  };
}

describe('What lives for a time', () => {
  test('has ended when either clock says so', () => {
    fc.assert(
      fc.property(fc.nat(30 * MINUTE), events, (lifeMs, all) => {
        const { time, clocks, happen } = machine();
        const start = { ...time };
        const end = expiryIn(lifeMs, clocks);
        for (const event of all) happen(event);
        const leftMs = lifeLeftMs(end, clocks);
        expect(leftMs).toBe(
          lifeMs - Math.max(time.wallMs - start.wallMs, time.monotonicMs - start.monotonicMs),
        );
      }),
    );
  });

  test('is never cached beyond its expiry, on a machine that sleeps, or whose clock is set, but not both', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 * MINUTE }),
        events,
        fc.boolean(),
        (lifeMs, all, sleeps) => {
          const { time, clocks, happen } = machine();
          const cache = createCache<string>(clocks);
          cache.set('key', 'value', lifeMs);
          const excluded = sleeps ? 'is set' : 'sleeps';
          for (const event of all.filter(({ kind }) => kind !== excluded)) {
            happen(event);
            const isCached = cache.peek('key') !== undefined;
            const isAlive = time.passedMs < lifeMs;
            // A clock that is set ahead ends it early.
            expect(sleeps ? isCached === isAlive : isAlive || !isCached).toBe(true);
          }
        },
      ),
    );
  });
});

/** What is handed out after an event, and how long it lives, by the clock then. */
async function later(event: (world: FakeRegistry) => void, script = {}) {
  const world = fakeRegistry(script);
  const keyring = world.keyring('u:p');
  const first = await world.authorize(IMAGE, keyring);
  event(world);
  const second = await world.authorize(IMAGE, keyring);
  const lifeMs = Number(second.expiresAt?.getTime()) - world.system.now();
  return { isSame: second.header === first.header, lifeMs };
}

describe('A header is handed out with an end that lies ahead', () => {
  test('after a minute', async () => {
    expect(await later(({ system }) => system.advance(MINUTE))).toEqual({
      isSame: true,
      lifeMs: 4 * MINUTE,
    });
  });

  test('after a sleep, and when the clock was set ahead', async () => {
    expect(await later(({ system }) => system.setClockBack(-6 * MINUTE))).toEqual({
      isSame: false,
      lifeMs: 5 * MINUTE,
    });
  });

  test('when the clock was set back, which makes no life longer', async () => {
    const event = ({ system }: FakeRegistry): void => {
      system.setClockBack(60 * MINUTE);
      system.advance(MINUTE);
    };
    expect(await later(event)).toEqual({ isSame: true, lifeMs: 4 * MINUTE });
  });

  test.each([1e15, 1e300, Infinity])(
    'where the server says that it lives for %d s',
    async (seconds) => {
      const body = { token: 'for-ever', expires_in: seconds };
      const world = fakeRegistry();
      world.inject(/auth/, [{ body: JSON.stringify(body).replace('null', '1e999') }], true);
      world.inject(/HEAD/, [{}], true);
      const authorization = await world.authorize(IMAGE, world.keyring('u:p'));
      const year = new Date(world.system.now() + 365 * 24 * 60 * MINUTE);
      expect(authorization.expiresAt).toEqual(year);
      expect(JSON.stringify(authorization)).toContain(year.toISOString());
    },
  );
});
