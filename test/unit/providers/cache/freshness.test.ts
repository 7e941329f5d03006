// What design.md promises under "Freshness", measured with a clock that moves when a test moves it.

import { describe, expect, test } from '@jest/globals';
import {
  createKeyring,
  ProviderError,
  type CredentialProvider,
  type DockerKeyring,
  type KeyringOptions,
} from '../../../../src/index.ts';
import { fakeSystem, type FakeSystem } from '../../fakes/fake-system.ts';
import { inOrder } from '../../fakes/in-order.ts';
import { settle, upstream, type Upstream, type UpstreamOptions } from '../../fakes/upstream.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface World {
  readonly system: FakeSystem;
  readonly source: Upstream;
  readonly keyring: DockerKeyring;
  readonly told: ProviderError[];
  /** The password that a lookup gives, or `none`. */
  token(image?: string): Promise<string>;
}

function world(options: UpstreamOptions = {}, keyringOptions: KeyringOptions = {}): World {
  const system = fakeSystem();
  const source = upstream(system, options);
  const told: ProviderError[] = [];
  const keyring = createKeyring({
    system,
    dockerConfig: false,
    providers: [source],
    onProviderError: (error) => told.push(error),
    ...keyringOptions,
  });
  return {
    system,
    source,
    keyring,
    told,
    async token(image = 'r.test/a') {
      const [credential] = await keyring.lookup(image);
      return credential?.password ?? 'none';
    },
  };
}

describe('one flight', () => {
  test('ten thousand cold lookups of one image make one call', async () => {
    const { keyring, source } = world();
    const lookups = Array.from({ length: 10_000 }, () => keyring.lookup('r.test/a'));
    const found = await Promise.all(lookups);
    expect(new Set(found.map(([credential]) => credential?.password))).toEqual(
      new Set(['token-1']),
    );
    expect(source.requests).toHaveLength(1);
  });

  test('ten thousand images of one registry share a call, since the first answer turns out to cover them', async () => {
    const { token, source } = world({ lifeMs: HOUR });
    const found = await Promise.all(Array.from({ length: 10_000 }, (_, i) => token(`r.test/${i}`)));
    expect(new Set(found)).toEqual(new Set(['token-1']));
    expect(source.requests).toHaveLength(1);
  });

  test('a scope that is declared up front is shared by registries', async () => {
    const { token, source } = world({ provider: { cacheScope: () => 'region' } });
    expect(await Promise.all([token('r.test/a'), token('s.test/b')])).toEqual([
      'token-1',
      'token-1',
    ]);
    expect(source.requests).toHaveLength(1);
  });

  test('images whose answers turn out to be their own ask for themselves', async () => {
    const asked: string[] = [];
    const provider: CredentialProvider = {
      name: 'by-image',
      matchImages: ['*.test'],
      async provide({ image }) {
        asked.push(image);
        await settle();
        return { auth: { [image]: { username: image, password: 'p' } }, cacheKeyType: 'Image' };
      },
    };
    const keyring = createKeyring({ dockerConfig: false, providers: [provider] });
    const images = ['r.test/a', 'r.test/b', 'r.test/a', 'r.test/c'];
    const users = await Promise.all(images.map(async (image) => keyring.lookup(image)));
    expect(users.map(([credential]) => credential?.username)).toEqual(images);
    expect(asked).toEqual(['r.test/a', 'r.test/b', 'r.test/c']);
  });

  test('an image whose neighbour fails asks for itself', async () => {
    const system = fakeSystem();
    const provider: CredentialProvider = {
      ...upstream(system),
      async provide({ image }) {
        await settle();
        if (image === 'r.test/bad') throw new Error('not this one');
        return { auth: { 'r.test': { username: image, password: 'p' } }, cacheKeyType: 'Image' };
      },
    };
    const keyring = createKeyring({ system, dockerConfig: false, providers: [provider] });
    const [bad, good] = await Promise.all([
      keyring.lookup('r.test/bad'),
      keyring.lookup('r.test/good'),
    ]);
    expect(bad).toEqual([]);
    expect(good).toMatchObject([{ username: 'r.test/good' }]);
  });

  test('a lookup that gives up does not take the call from the others; the last one does', async () => {
    const { source, keyring } = world();
    const resume = source.pause();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = keyring.lookup('r.test/a', { signal: one.signal });
    const second = keyring.lookup('r.test/a', { signal: two.signal });
    one.abort(new Error('first gave up'));
    await expect(first).rejects.toThrow('first gave up');
    expect(source.requests[0]?.signal.aborted).toBe(false);
    two.abort(new Error('second gave up'));
    await expect(second).rejects.toThrow('second gave up');
    await settle();
    expect(source.requests[0]?.signal.aborted).toBe(true);
    resume();
    expect(await keyring.lookup('r.test/a')).toMatchObject([{ password: 'token-2' }]);
  });
});

describe('a token', () => {
  test('is served at 60 % of its life at once, while one refresh runs', async () => {
    const { system, source, token } = world({ lifeMs: HOUR });
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

  test('is not refreshed before half of its life', async () => {
    const { system, source, token } = world({ lifeMs: HOUR });
    await token();
    system.advance(0.5 * HOUR - 1);
    await token();
    await settle();
    expect(source.requests).toHaveLength(1);
  });

  test('serves until its hard expiry while the upstream fails, which is asked with backoff', async () => {
    const { system, source, token, told } = world({ lifeMs: 2 * HOUR + 5 * MINUTE });
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
    const { system, source, token } = world({ lifeMs: HOUR });
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
      const { system, source, keyring } = world({ lifeMs: HOUR, skewMs });
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
    const { token, told } = world({ lifeMs: HOUR, skewMs: -2 * HOUR });
    expect(await token()).toBe('none');
    expect(told[0]?.message).toBe(
      'Provider "upstream" failed for r.test/a: the credentials that it got have expired already: check the clock of this machine',
    );
  });

  test('that comes with less life than clocks differ by is served once and not kept', async () => {
    const { token } = world({ lifeMs: 4 * MINUTE });
    expect([await token(), await token()]).toEqual(['token-1', 'token-2']);
  });

  test('is not served longer because the clock is set back', async () => {
    const { system, source, token } = world({ lifeMs: HOUR });
    await token();
    system.advance(50 * MINUTE);
    system.setClockBack(HOUR);
    source.failure = new Error('down');
    expect(await token()).toBe('token-1');
    system.advance(10 * MINUTE);
    expect(await token()).toBe('none');
  });

  test('without expiry is not kept', async () => {
    const { token } = world();
    expect([await token(), await token()]).toEqual(['token-1', 'token-2']);
  });

  test('without expiry is kept as long as its provider says', async () => {
    const { system, token } = world({ provider: { defaultCacheDurationMs: 10_000 } });
    expect([await token(), await token('r.test/b')]).toEqual(['token-1', 'token-1']);
    system.advance(10_000);
    expect(await token()).toBe('token-2');
  });
});

describe('a failure with nothing cached', () => {
  test('is remembered for seconds', async () => {
    const { system, source, token, told } = world({ lifeMs: HOUR });
    source.failure = new Error('down');
    expect([await token(), await token()]).toEqual(['none', 'none']);
    expect(source.requests).toHaveLength(1);
    expect(told).toHaveLength(1);
    source.failure = undefined;
    system.advance(6_250);
    expect(await token()).toBe('token-2');
  });

  test('is remembered as long as the upstream asks for', async () => {
    const { system, source, token } = world({ lifeMs: HOUR });
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
    const { system, source, token } = world({ lifeMs: HOUR });
    source.pause();
    const first = token();
    await settle();
    system.advance(30_000);
    expect(await first).toBe('none');
    expect(await token()).toBe('none');
    expect(source.requests).toHaveLength(1);
  });

  test('rejects every lookup where the options say so, from memory too', async () => {
    const { source, token } = world({ lifeMs: HOUR }, { onProviderError: 'throw' });
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

describe('keepFresh', () => {
  test('refreshes what is in use without being looked up, on timers that keep nothing alive', async () => {
    const { system, source, token } = world({ lifeMs: HOUR }, { keepFresh: true });
    await token();
    system.advance(0.54 * HOUR);
    await settle();
    expect(source.requests).toHaveLength(2);
    expect(await token()).toBe('token-2');
    expect(system.keepAliveTimers()).toBe(0);
  });

  test('stops when nobody has looked it up during a whole life', async () => {
    const { system, source, token } = world({ lifeMs: HOUR }, { keepFresh: true });
    await token();
    await everyTenSeconds(system, 5 * HOUR, async () => 'nothing');
    expect(source.requests.length).toBeLessThan(4);
    expect(system.pendingTimers()).toBe(0);
  });

  test('tries again with backoff, and goes on when the upstream is back', async () => {
    const { system, source, token, told } = world({ lifeMs: HOUR }, { keepFresh: true });
    await token();
    source.failure = new Error('down');
    await everyTenSeconds(system, 40 * MINUTE, async () => 'nothing');
    expect(told.length).toBeGreaterThan(2);
    source.failure = undefined;
    await everyTenSeconds(system, 6 * MINUTE, async () => 'nothing');
    expect(await token()).not.toBe('token-1');
  });

  test('ends with the keyring', async () => {
    const { system, keyring, token } = world({ lifeMs: HOUR }, { keepFresh: true });
    await token();
    const tenant = keyring.withPullSecrets([]);
    await tenant.close();
    expect(system.pendingTimers()).toBe(1);
    await keyring.close();
    expect(system.pendingTimers()).toBe(0);
  });
});

/** Looks something up every ten seconds of a clock. */
async function everyTenSeconds<T>(
  system: FakeSystem,
  durationMs: number,
  look: () => Promise<T>,
): Promise<T[]> {
  const steps = Array.from({ length: durationMs / 10_000 });
  return inOrder(steps, async () => {
    const found = await look();
    await settle();
    system.advance(10_000);
    await settle();
    return found;
  });
}
