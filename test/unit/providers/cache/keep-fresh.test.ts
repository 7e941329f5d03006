import { describe, expect, test } from '@jest/globals';
import { cachedWorld, everyTenSeconds, HOUR, MINUTE } from '../../fakes/cached-world.ts';
import { settle } from '../../fakes/upstream.ts';

describe('keepFresh', () => {
  test('refreshes what is in use without being looked up, on timers that keep nothing alive', async () => {
    const { system, source, token } = cachedWorld({ lifeMs: HOUR }, { keepFresh: true });
    await token();
    system.advance(0.54 * HOUR);
    await settle();
    expect(source.requests).toHaveLength(2);
    expect(await token()).toBe('token-2');
    expect(system.keepAliveTimers()).toBe(0);
  });

  test('stops when nobody has looked it up during a whole life', async () => {
    const { system, source, token } = cachedWorld({ lifeMs: HOUR }, { keepFresh: true });
    await token();
    await everyTenSeconds(system, 5 * HOUR, async () => 'nothing');
    expect(source.requests.length).toBeLessThan(4);
    expect(system.pendingTimers()).toBe(0);
  });

  test('tries again with backoff, and goes on when the upstream is back', async () => {
    const { system, source, token, told } = cachedWorld({ lifeMs: HOUR }, { keepFresh: true });
    await token();
    source.failure = new Error('down');
    await everyTenSeconds(system, 40 * MINUTE, async () => 'nothing');
    expect(told.length).toBeGreaterThan(2);
    source.failure = undefined;
    await everyTenSeconds(system, 6 * MINUTE, async () => 'nothing');
    expect(await token()).not.toBe('token-1');
  });

  test('waits for tokens that live longer than any timer runs', async () => {
    const longestTimerMs = 2 ** 31 - 1;
    const lifeMs = 3 * longestTimerMs;
    const { system, source, token } = cachedWorld({ lifeMs }, { keepFresh: true });
    await token();
    system.advance(longestTimerMs);
    await settle();
    expect(source.requests).toHaveLength(1);
    system.advance(longestTimerMs);
    await settle();
    expect(source.requests).toHaveLength(2);
  });

  test('leaves what a lookup refreshes at that moment to the lookup', async () => {
    const { system, source, token } = cachedWorld({ lifeMs: HOUR }, { keepFresh: true });
    await token();
    const resume = source.pause();
    system.advance(0.54 * HOUR);
    expect(await token()).toBe('token-1');
    await everyTenSeconds(system, 20_000, async () => 'nothing');
    resume();
    await settle();
    expect(await token()).toBe('token-2');
    expect(source.requests).toHaveLength(2);
  });

  test('ends with the keyring', async () => {
    const { system, keyring, token } = cachedWorld({ lifeMs: HOUR }, { keepFresh: true });
    await token();
    const tenant = keyring.withPullSecrets([]);
    await tenant.close();
    expect(system.pendingTimers()).toBe(1);
    await keyring.close();
    expect(system.pendingTimers()).toBe(0);
  });
});
