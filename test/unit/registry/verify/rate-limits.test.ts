import { describe, expect, test } from '@jest/globals';
import { lowerLimit, rateLimitOf } from '../../../../src/registry/verify/rate-limit.ts';
import type { FakeReply } from '../../fakes/fake-system.ts';
import { fakeCluster, manifestReply } from './fake-cluster.ts';

/** Docker Hub's headers (docs.docker.com/docker-hub/usage/pulls). */
function limited(remaining: number, source = '192.0.2.1'): FakeReply {
  return manifestReply({
    headers: {
      'ratelimit-limit': '100;w=21600',
      'ratelimit-remaining': `${remaining};w=21600`,
      'docker-ratelimit-source': source,
    },
  });
}

describe('The rate limit of a registry', () => {
  test('is the lowest that it reported', async () => {
    const world = fakeCluster({ 'docker.io': { isPublic: true }, 'r.test': { isPublic: true } });
    const hub = 'HEAD registry-1.docker.io/v2/library';
    world.answer({
      [`${hub}/a/`]: limited(76),
      [`${hub}/b/`]: limited(74),
      [`${hub}/c/`]: limited(75),
    });
    const report = await world.verify(['a:1', 'b:1', 'c:1', 'd:1', 'r.test/app:1']);
    const rateLimit = { limit: 100, remaining: 74, windowSeconds: 21_600, source: '192.0.2.1' };
    expect(report.registries).toEqual([
      { registry: 'docker.io', images: 4, requests: 9, rateLimit },
      { registry: 'r.test', images: 1, requests: 3 },
    ]);
    expect(report.warnings).toEqual([]);
    expect(report.images[0]).not.toHaveProperty('rateLimit');
  });

  test('is warned of when little of it is left', async () => {
    const world = fakeCluster({ 'docker.io': { isPublic: true } });
    world.answer({ HEAD: limited(10) });
    expect((await world.verify(['a:1', 'b:1'])).warnings).toEqual([
      {
        code: 'rate-limit',
        message: 'docker.io allows 10 more of 100 pulls',
        hint: 'log in, or wait, before nodes pull',
      },
    ]);
  });

  test('is not warned of as long as more than a tenth is left', async () => {
    const world = fakeCluster({ 'docker.io': { isPublic: true } });
    world.answer({ HEAD: limited(11) });
    expect((await world.verify(['a:1'])).warnings).toEqual([]);
  });
});

function limitOf(headers: Readonly<Record<string, string>>): unknown {
  const entries = Object.entries(headers).map(([name, value]) => [name, [value]] as const);
  return rateLimitOf({ headers: new Map(entries) });
}

describe('The headers', () => {
  test.each([
    ['may be missing', {}],
    ['may be half', { 'ratelimit-limit': '100' }],
    ['may be the other half', { 'ratelimit-remaining': '100' }],
    ['may say nothing', { 'ratelimit-limit': 'unlimited', 'ratelimit-remaining': '5' }],
  ])('%s', (_name, headers) => {
    expect(limitOf(headers)).toBeUndefined();
  });

  test('need not name a time', () => {
    const headers = { 'ratelimit-limit': '5', 'ratelimit-remaining': '0' };
    expect(limitOf(headers)).toEqual({ limit: 5, remaining: 0 });
  });

  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['3f7b2d6e-9f6c-4a2e-8e0d-0a1b2c3d4e5f', '3f7b2d6e-9f6c-4a2e-8e0d-0a1b2c3d4e5f'],
    ['password', undefined],
    ['0123456789abcdef0123456789abcdef', undefined],
  ])('name %s as whose it is only where it is an address or a UUID', (value, source) => {
    const headers = {
      'ratelimit-limit': '5',
      'ratelimit-remaining': '0',
      'docker-ratelimit-source': value,
    };
    expect(limitOf(headers)).toEqual({ limit: 5, remaining: 0, ...(source && { source }) });
  });
});

test('Of two limits that leave the same, the first counts', () => {
  const one = { limit: 100, remaining: 5 };
  expect(lowerLimit(one, { limit: 200, remaining: 5 })).toBe(one);
  expect(lowerLimit(undefined, one)).toBe(one);
  expect(lowerLimit(one, undefined)).toBe(one);
});
