// What fails by the network, by a status from 500 on or by 429 says nothing of credentials: it is asked again.

import { describe, expect, test } from '@jest/globals';
import { RegistryUnavailableError, TimeoutError } from '../../../../src/errors.ts';
import type { AuthorizeOptions } from '../../../../src/registry/index.ts';
import { HttpFailure } from '../../../../src/system/http/http-failure.ts';
import { inOrder } from '../../fakes/in-order.ts';
import { settle } from '../../fakes/upstream.ts';
import {
  failure,
  fakeRegistry,
  rejection,
  untilDone,
  type FakeRegistry,
  type Instead,
} from './fake-registry.ts';

const IMAGE = 'r.test/team/app:1';
const PING = 'GET r.test/v2/';

/** Asks once, with two candidates, and as much patience as there is by default. */
function authorizeIn(world: FakeRegistry, options: AuthorizeOptions = {}) {
  const patient = { retries: undefined, ...options };
  return untilDone(world.system, world.authorize(IMAGE, world.keyring('u:p', 'v:q'), patient));
}

function unavailable(world: FakeRegistry, options?: AuthorizeOptions) {
  return rejection<RegistryUnavailableError>(authorizeIn(world, options));
}

const busy = (after: string, status = 429): Instead => ({
  status,
  headers: { 'retry-after': after },
});

describe('What fails is asked again', () => {
  const FAILURES: readonly (readonly [string, Instead, string, number | undefined])[] = [
    ['500', { status: 500 }, 'it answers 500', 500],
    ['503', { status: 503 }, 'it answers 503', 503],
    ['429', { status: 429 }, 'it answers 429: too many requests', 429],
    [
      'a connection that breaks off',
      new HttpFailure('the connection was closed', { cause: failure('ECONNRESET') }),
      'the connection was closed',
      undefined,
    ],
    [
      'a network that is away',
      failure('ENETUNREACH'),
      'the network does not reach it: check',
      undefined,
    ],
  ];

  test.each(FAILURES)('after pauses that double: %s', async (_name, instead, reason, status) => {
    const world = fakeRegistry();
    world.inject(/v2\/$/, [instead], true);
    const error = await unavailable(world);
    expect(error).toBeInstanceOf(RegistryUnavailableError);
    expect(error).toMatchObject({ registry: 'r.test', status, retryAfterMs: undefined });
    expect(error.message).toMatch(`r.test cannot be asked: ${reason}`);
    expect(world.times()).toEqual([0, 375, 1125, 2625]);
    expect(world.system.pendingTimers()).toBe(0);
  });

  test.each(FAILURES)('until it works: %s', async (_name, instead) => {
    const world = fakeRegistry();
    world.inject(/v2\/$/, [instead, instead, instead]);
    world.inject(/auth/, [instead]);
    world.inject(/HEAD/, [instead, instead]);
    expect((await authorizeIn(world)).header).toBe('Bearer token-1');
    expect(world.times()).toHaveLength(9);
  });

  test.each(FAILURES)('wherever, and is no refusal: %s', async (_name, instead) => {
    const atToken = fakeRegistry();
    atToken.inject(/auth/, [instead], true);
    const error = await unavailable(atToken);
    expect(error.message).toMatch('r.test cannot be asked: its token server auth.test: ');
    expect(atToken.asked()).toHaveLength(5);
    const atManifest = fakeRegistry();
    atManifest.inject(/HEAD/, [instead], true);
    expect(await unavailable(atManifest)).toBeInstanceOf(RegistryUnavailableError);
    expect(atManifest.asked()).toHaveLength(6);
  });

  test('as often as is wanted, with pauses that are limited, and different for each who waits', async () => {
    const world = fakeRegistry();
    world.inject(/v2\/$/, [{ status: 500 }], true);
    world.system.randomValue = 0;
    await unavailable(world, { retries: 6 });
    expect(world.times()).toEqual([0, 300, 900, 2100, 4500, 9300, 14_300]);
    world.system.advance(2000);
    await unavailable(world, { retries: 0 });
    expect(world.times()).toHaveLength(1);
  });

  test('with the reason of Node as cause', async () => {
    const world = fakeRegistry();
    const cause = failure('ENETUNREACH');
    world.inject(/v2\/$/, [cause], true);
    expect((await unavailable(world)).cause).toBe(cause);
  });
});

describe('A server that says when to come again', () => {
  test.each<[string, Instead, number]>([
    ['in seconds', busy('7'), 7000],
    ['by a date', busy('Thu, 01 Jan 2026 00:00:09 GMT'), 9000],
    ['with 503', busy('2', 503), 2000],
    ['in a minute', busy('60'), 60_000],
    ['at once, which is when the clock moves next,', busy('0'), 25],
    ['in words that nobody understands', busy('soon'), 375],
  ])('%s is obeyed', async (_name, instead, waitMs) => {
    const world = fakeRegistry();
    world.inject(/v2\/$/, [instead]);
    await authorizeIn(world);
    expect(world.times().slice(0, 2)).toEqual([0, waitMs]);
  });

  test('and that is too long is told to the caller, who can wait', async () => {
    const world = fakeRegistry();
    world.inject(/v2\/$/, [busy('61')]);
    const error = await unavailable(world);
    expect(error).toMatchObject({
      retryAfterMs: 61_000,
      status: 429,
      reason: 'it answers 429: too many requests, and asks to wait 61 s',
    });
    expect(world.times()).toEqual([0]);
    const atToken = fakeRegistry();
    atToken.inject(/auth/, [busy('3600')]);
    expect(await unavailable(atToken)).toMatchObject({ retryAfterMs: 3_600_000, status: 429 });
  });
});

describe('What stays as it is is asked once', () => {
  test.each<[string, Error]>([
    ['a certificate', failure('CERT_HAS_EXPIRED')],
    ['another certificate', failure('ERR_TLS_CERT_ALTNAME_INVALID')],
    ['an unknown authority', new HttpFailure('no', { cause: failure('CERT_UNTRUSTED') })],
    ['a signature', failure('UNABLE_TO_VERIFY_LEAF_SIGNATURE')],
    ['a deadline', new HttpFailure('late', { cause: new TimeoutError('GET it', 30_000) })],
    ['a network that it must not go to', failure('ERR_ADDRESS_KIND')],
  ])('%s', async (_name, error) => {
    const world = fakeRegistry();
    world.inject(/v2\/$/, [error], true);
    expect(await unavailable(world)).toBeInstanceOf(RegistryUnavailableError);
    expect(world.times()).toEqual([0]);
  });
});

describe('That a server is down', () => {
  test.each<Instead>([failure('ECONNREFUSED'), { status: 500 }])(
    'is believed for two seconds by who asks next: %p',
    async (instead) => {
      const world = fakeRegistry();
      world.inject(/v2\/$/, [instead], true);
      const keyring = world.keyring('u:p');
      const all = await inOrder([0, 1999, 1], async (pauseMs) => {
        world.system.advance(pauseMs);
        await rejection(world.authorize(IMAGE, keyring));
        return world.asked();
      });
      expect(all).toEqual([[PING], [], [PING]]);
    },
  );

  test('is a matter of each keyring, and of what was asked', async () => {
    const world = fakeRegistry();
    world.inject(/v2\/$/, [{ status: 500 }], true);
    await inOrder([1, 2], () => unavailable(world, { retries: 0 }));
    expect(world.asked()).toEqual([PING, PING]);
    const overloaded = fakeRegistry();
    overloaded.inject(/HEAD/, [{ status: 500 }]);
    const keyring = overloaded.keyring('u:p');
    await rejection(overloaded.authorize(IMAGE, keyring));
    expect(await overloaded.authorize(IMAGE, keyring)).toMatchObject({ scheme: 'bearer' });
  });

  test('is told to each registry that needs it', async () => {
    const script = { realm: 'https://auth.test/token' };
    const [world, other] = [fakeRegistry(script), fakeRegistry({ ...script, host: 's.test' })];
    const system = {
      ...world.system,
      http: (request: Parameters<typeof world.system.http>[0]) =>
        (request.url.includes('s.test/') ? other : world).system.http(request),
    };
    world.inject(/auth/, [failure('ECONNREFUSED')], true);
    const keyring = world.keyring('u:p');
    const first = await rejection(world.authorize(IMAGE, keyring, { system }));
    const second = await rejection(world.authorize('s.test/team/app', keyring, { system }));
    const down =
      'cannot be asked: its token server auth.test: nothing listens there (ECONNREFUSED)';
    expect([first.message, second.message]).toEqual([`r.test ${down}`, `s.test ${down}`]);
    expect(world.asked()).toEqual([PING, 'GET auth.test/token [repository:team/app:pull] u:p']);
    expect(second.cause).toMatchObject({ registry: 's.test', cause: { code: 'ECONNREFUSED' } });
  });
});

test('who gives up during a pause is let go at once, and no timer is left', async () => {
  const world = fakeRegistry();
  world.inject(/v2\/$/, [{ status: 500 }], true);
  const caller = new AbortController();
  const options = { signal: caller.signal, retries: 3 };
  const ended = world.authorize(IMAGE, world.keyring('u:p'), options);
  await settle();
  expect(world.system.keepAliveTimers()).toBe(1);
  caller.abort(new Error('enough'));
  await expect(ended).rejects.toThrow('enough');
  await settle();
  expect(world.system.pendingTimers()).toBe(0);
  expect(world.asked()).toEqual([PING]);
});
