import { describe, expect, test } from '@jest/globals';
import { backoffMs, codeOf, isLasting, withRetries } from '../../../src/system/retry.ts';
import { fakeSystem, withoutPauses } from '../fakes/fake-system.ts';

describe('Attempts', () => {
  test('follow each other until one is final', async () => {
    const system = withoutPauses(fakeSystem());
    const { signal } = new AbortController();
    let attempts = 0;
    const attemptsWanted = 3;
    const delayMs = (outcome: number, retries: number): number | undefined =>
      outcome < attemptsWanted ? 100 * (retries + 1) : undefined;
    await expect(
      withRetries({ system, signal, delayMs }, async () => (attempts += 1)),
    ).resolves.toBe(3);
    expect(system.pausesMs).toEqual([100, 200]);
  });

  test('end when the caller gives up, and leave no timer behind', async () => {
    const system = fakeSystem();
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = withRetries({ system, signal, delayMs: () => 1000 }, async () => 'again');
    await Promise.resolve();
    await Promise.resolve();
    expect(system.keepAliveTimers()).toBe(1);
    controller.abort(new Error('given up'));
    await expect(waiting).rejects.toThrow('given up');
    expect(system.pendingTimers()).toBe(0);
  });
});

test('A delay doubles up to its bound, with jitter', () => {
  const bounds = { firstMs: 100, maxMs: 300 };
  const delays = [0, 1, 2, 3].map((retries) => backoffMs({ random: () => 0 }, bounds, retries));
  expect(delays).toEqual([100, 200, 300, 300]);
  expect(backoffMs({ random: () => 0.5 }, bounds, 0)).toBe(125);
});

test.each([
  [{ code: 'ECONNRESET' }, 'ECONNRESET', false],
  [{ code: 'ERR_KEYRING_TIMEOUT' }, 'ERR_KEYRING_TIMEOUT', true],
  [{ code: 'X', cause: { code: 'CERT_HAS_EXPIRED' } }, 'CERT_HAS_EXPIRED', true],
  [{ code: 'ERR_ADDRESS_KIND' }, 'ERR_ADDRESS_KIND', true],
  [{ code: 7 }, undefined, false],
  [undefined, undefined, false],
])('Of %p it is known whether it lasts', (error, code, lasts) => {
  expect(codeOf(error)).toBe(code);
  expect(isLasting(error)).toBe(lasts);
});
