// What design.md promises under "Freshness", measured with a clock that moves when a test moves it.

import { describe, expect, test } from '@jest/globals';
import { createKeyring, ProviderError, type CredentialProvider } from '../../../../src/index.ts';
import { cachedWorld, everyTenSeconds, HOUR, MINUTE } from '../../fakes/cached-world.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { settle, upstream } from '../../fakes/upstream.ts';

describe('a token', () => {
  test('is served at 60 % of its life at once, while one refresh runs', async () => {
    const { system, source, token } = cachedWorld({ lifeMs: HOUR });
    await token();
    system.advance(0.6 * HOUR);
    const resume = source.pause();
    expect(await Promise.all([token(), token(), token('r.test/b')])).toEqual([
      'token-1',
      'token-1',
      'token-1',
    ]);
    expect(source.requests).toHaveLength(2);
    resume();
    await settle();
    expect(await token()).toBe('token-2');
    expect(source.requests).toHaveLength(2);
  });

  test('that ends while it is being refreshed is waited for, with no second call', async () => {
    const { system, source, token } = cachedWorld({ provider: { defaultCacheDurationMs: MINUTE } });
    await token();
    system.advance(0.75 * MINUTE);
    const resume = source.pause();
    expect(await token()).toBe('token-1');
    system.advance(0.25 * MINUTE);
    const waiting = token();
    await settle();
    resume();
    expect(await waiting).toBe('token-2');
    expect(source.requests).toHaveLength(2);
  });

  test('is not refreshed before half of its life', async () => {
    const { system, source, token } = cachedWorld({ lifeMs: HOUR });
    await token();
    system.advance(0.5 * HOUR - 1);
    await token();
    await settle();
    expect(source.requests).toHaveLength(1);
  });

  test('serves until its hard expiry while the upstream fails, which is asked with backoff', async () => {
    const { system, source, token, told } = cachedWorld({ lifeMs: 2 * HOUR + 5 * MINUTE });
    await token();
    system.advance(HOUR + 15 * MINUTE);
    source.failure = new Error('down');
    const served = await everyTenSeconds(system, 44 * MINUTE, token);
    expect(new Set(served)).toEqual(new Set(['token-1']));
    // 264 lookups. 5, 10, 20, 40, 80, 160, then 300 seconds between tries, each with up to a quarter of jitter.
    const tries = source.requests.length - 1;
    expect(tries).toBeGreaterThan(9);
    expect(tries).toBeLessThan(16);
    expect(told).toHaveLength(tries);

    system.advance(2 * MINUTE);
    expect(await token()).toBe('none');
  });

  test('is waited for when it has ended, by a call that an hour of failures left far apart', async () => {
    const { system, source, token } = cachedWorld({ lifeMs: HOUR });
    source.failure = new Error('down');
    const served = await everyTenSeconds(system, HOUR, token);
    expect(new Set(served)).toEqual(new Set(['none']));
    expect(source.requests.length).toBeGreaterThan(HOUR / 41_000);
    expect(source.requests.length).toBeLessThan(HOUR / 29_000);
    source.failure = undefined;
    system.advance(40_000);
    expect(await token()).toMatch(/^token-/);
  });

  test.each([-5, 0, 5])(
    'is never served when it has expired by the cloud’s clock, which is %d minutes ahead',
    async (minutes) => {
      const skewMs = minutes * MINUTE;
      const { system, source, keyring } = cachedWorld({ lifeMs: HOUR, skewMs });
      await keyring.lookup('r.test/a');
      source.failure = new Error('down');
      const lives = await everyTenSeconds(system, 2 * HOUR, async () => {
        const [credential] = await keyring.lookup('r.test/a');
        const cloudNow = system.now() + skewMs;
        return (credential?.expiresAt?.getTime() ?? Infinity) > cloudNow;
      });
      expect(new Set(lives)).toEqual(new Set([true]));
    },
  );

  test('that has expired long before it comes is a failure', async () => {
    const { token, told } = cachedWorld({ lifeMs: HOUR, skewMs: -2 * HOUR });
    expect(await token()).toBe('none');
    expect(told[0]?.message).toBe(
      'Provider "upstream" failed for r.test/a: the credentials that it got have expired already: check the clock of this machine',
    );
  });

  test('that comes with less life than clocks differ by is served once and not kept', async () => {
    const { token } = cachedWorld({ lifeMs: 4 * MINUTE });
    expect([await token(), await token()]).toEqual(['token-1', 'token-2']);
  });

  test('is not served longer because the clock is set back', async () => {
    const { system, source, token } = cachedWorld({ lifeMs: HOUR });
    await token();
    system.advance(50 * MINUTE);
    system.setClockBack(HOUR);
    source.failure = new Error('down');
    expect(await token()).toBe('token-1');
    system.advance(10 * MINUTE);
    expect(await token()).toBe('none');
  });

  test('without expiry is not kept', async () => {
    const { token } = cachedWorld();
    expect([await token(), await token()]).toEqual(['token-1', 'token-2']);
  });

  test.each([
    ['its answer says, although it lives longer', HOUR, 10_000, 10_000],
    ['it lives, although its answer says longer', HOUR, 2 * HOUR, 55 * MINUTE],
    ['its answer says, although its provider says something else', undefined, 10_000, 10_000],
  ])('is kept as long as %s', async (_name, lifeMs, cacheDurationMs, keptMs) => {
    const system = fakeSystem();
    const source = upstream(system, lifeMs === undefined ? {} : { lifeMs });
    const provider: CredentialProvider = {
      ...source,
      defaultCacheDurationMs: 2 * HOUR,
      provide: async (request) => {
        const response = await source.provide(request);
        return response && { ...response, cacheDurationMs };
      },
    };
    const keyring = createKeyring({ system, dockerConfig: false, providers: [provider] });
    await keyring.lookup('r.test/a');
    source.failure = new Error('down');
    system.advance(keptMs - 1);
    expect(await keyring.lookup('r.test/a')).toHaveLength(1);
    system.advance(1);
    expect(await keyring.lookup('r.test/a')).toHaveLength(0);
  });

  test('is not kept at all where its answer says so', async () => {
    const system = fakeSystem();
    const source = upstream(system, { lifeMs: HOUR });
    const provider: CredentialProvider = {
      ...source,
      provide: async (request) => {
        const response = await source.provide(request);
        return response && { ...response, cacheDurationMs: 0 };
      },
    };
    const keyring = createKeyring({ system, dockerConfig: false, providers: [provider] });
    await keyring.lookup('r.test/a');
    await keyring.lookup('r.test/a');
    expect(source.requests).toHaveLength(2);
  });

  test('without expiry is kept as long as its provider says', async () => {
    const { system, token } = cachedWorld({ provider: { defaultCacheDurationMs: 10_000 } });
    expect([await token(), await token('r.test/b')]).toEqual(['token-1', 'token-1']);
    system.advance(10_000);
    expect(await token()).toBe('token-2');
  });
});

describe('a failure with nothing cached', () => {
  test('is remembered for seconds', async () => {
    const { system, source, token, told } = cachedWorld({ lifeMs: HOUR });
    source.failure = new Error('down');
    expect([await token(), await token()]).toEqual(['none', 'none']);
    expect(source.requests).toHaveLength(1);
    expect(told).toHaveLength(1);
    source.failure = undefined;
    system.advance(6_250);
    expect(await token()).toBe('token-2');
  });

  test('is remembered as long as the upstream asks for', async () => {
    const { system, source, token } = cachedWorld({ lifeMs: HOUR });
    source.failure = Object.assign(new Error('slow down'), { retryAfterMs: 120_000 });
    await token();
    system.advance(119_999);
    await token();
    expect(source.requests).toHaveLength(1);
    system.advance(1);
    await token();
    expect(source.requests).toHaveLength(2);
  });

  test('of a provider that hangs costs the first lookup only its thirty seconds', async () => {
    const { system, source, token } = cachedWorld({ lifeMs: HOUR });
    source.pause();
    const first = token();
    await settle();
    system.advance(30_000);
    expect(await first).toBe('none');
    expect(await token()).toBe('none');
    expect(source.requests).toHaveLength(1);
  });

  test('rejects every lookup where the options say so, from memory too', async () => {
    const { source, token } = cachedWorld({ lifeMs: HOUR }, { onProviderError: 'throw' });
    source.failure = new Error('down');
    await expect(token()).rejects.toThrow(ProviderError);
    await expect(token()).rejects.toThrow(ProviderError);
    expect(source.requests).toHaveLength(1);
  });
});

test('that a provider has nothing is believed for a minute at most, where it says for how long at all', async () => {
  const system = fakeSystem();
  let calls = 0;
  const provide = async (): Promise<undefined> => void (calls += 1);
  const common = { matchImages: ['*.test'], provide };
  const provider = { name: 'none', defaultCacheDurationMs: HOUR, ...common };
  const keyring = createKeyring({ system, dockerConfig: false, providers: [provider] });
  await keyring.lookup('r.test/a');
  await keyring.lookup('r.test/a');
  expect(calls).toBe(1);
  system.advance(MINUTE);
  await keyring.lookup('r.test/a');
  expect(calls).toBe(2);
});
