import { describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../../../src/index.ts';
import { providerOf } from '../../fakes/keyring-inputs.ts';
import { DIGEST, deployment, fakeCluster, jwt, pullSecret } from './fake-cluster.ts';

const IMAGE = 'r.test/team/app:1';
const NOW_S = Date.UTC(2026, 0, 1) / 1000;
const DAY_S = 86_400;
const DAY_MS = DAY_S * 1000;

describe('A warning of the tag latest', () => {
  const hint = 'name a version or a digest, so that every node runs the same';

  test.each([
    ['r.test/app:latest', 'it is named by the tag latest'],
    ['r.test/app', 'it has no tag, which means latest'],
    ['r.test/latest', 'it has no tag, which means latest'],
  ])('is given for %s', async (image, message) => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const { warnings } = await world.verifyOne([image]);
    expect(warnings).toEqual([{ code: 'latest-tag', message, hint }]);
  });

  test.each(['r.test/app:1', `r.test/app@${DIGEST}`, `r.test/app:latest@${DIGEST}`])(
    'is not given for %s',
    async (image) => {
      const world = fakeCluster({ 'r.test': { isPublic: true } });
      expect((await world.verifyOne([image])).warnings).toEqual([]);
    },
  );

  test('is given once, however many pods have the image, and when it cannot be pulled', async () => {
    const world = fakeCluster();
    const pods = ['a', 'b', 'c'].map((name) => deployment(name, ['r.test/app']));
    const { warnings, status } = await world.verifyOne(pods);
    expect(status).toBe('refused');
    expect(warnings.map(({ code }) => code)).toEqual(['latest-tag']);
  });
});

describe('A warning of a missing platform', () => {
  test('is given for each that is wanted and not there, whatever it is called', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const there = [
      { platform: { os: 'linux', architecture: 'amd64' } },
      { platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
    ];
    world.answer({ [`GET r.test/v2/team/app/manifests`]: { body: { manifests: there } } });
    const platforms = ['linux/x86_64', 'linux/arm', 'linux/aarch64', 'windows/amd64'];
    expect((await world.verifyOne([IMAGE], { platforms })).warnings).toEqual([
      {
        code: 'platform-missing',
        message: 'it is not for linux/arm64, only for linux/amd64, linux/arm/v7',
      },
      {
        code: 'platform-missing',
        message: 'it is not for windows/amd64, only for linux/amd64, linux/arm/v7',
      },
    ]);
  });
});

describe('A warning of a credential that is refused', () => {
  test('is given for each that a node tries before the one that is accepted', async () => {
    const world = fakeCluster();
    const { warnings } = await world.verifyOne([
      pullSecret('old', { 'r.test/team': 'u:old' }),
      pullSecret('new'),
      deployment('web', [IMAGE], { secrets: ['new', 'old'] }),
    ]);
    expect(warnings).toEqual([
      {
        code: 'credential-refused',
        message:
          'secret shop/old (r.test/team) is refused: 401 (UNAUTHORIZED: wrong password); a node tries it first',
        hint: 'remove it or correct it',
      },
    ]);
  });
});

describe('A warning of a credential that ends', () => {
  const pod = deployment('web', [IMAGE], { secrets: ['a'] });
  const hint = 'renew it';

  test.each([
    ['ends within the time', NOW_S + DAY_S, DAY_MS, 'ends at 2026-01-02T00:00:00.000Z'],
    ['ends later', NOW_S + DAY_S, DAY_MS - 1, undefined],
    ['has just ended', NOW_S, undefined, 'ended at 2026-01-01T00:00:00.000Z'],
    ['ends soon, when nobody asks', NOW_S + 1, undefined, undefined],
  ])('is given or not for a password that %s', async (_name, exp, expiresWithinMs, said) => {
    const token = jwt(exp);
    const world = fakeCluster({ 'r.test': { users: { u: token } } });
    const { warnings, accepted } = await world.verifyOne(
      [pullSecret('a', { 'r.test': `u:${token}` }), pod],
      {
        expiresWithinMs,
      },
    );
    const message = `secret shop/a (r.test) is accepted, and ${said}`;
    expect(warnings).toEqual(
      said === undefined ? [] : [{ code: 'credential-expires', message, hint }],
    );
    expect(accepted?.expiresAt).toBe(new Date(exp * 1000).toISOString());
  });

  test('is given by what a provider says', async () => {
    const world = fakeCluster();
    const { system } = world;
    const provider = providerOf('cloud', () =>
      Promise.resolve({
        auth: { 'r.test': { username: 'u', password: 'p' } },
        cacheKeyType: 'Registry',
        expiresAt: new Date((NOW_S + DAY_S) * 1000),
      }),
    );
    const keyring = createKeyring({ system, dockerConfig: false, providers: [provider] });
    const { warnings } = await world.verifyOne([IMAGE], { expiresWithinMs: DAY_MS }, keyring);
    expect(warnings).toEqual([
      {
        code: 'credential-expires',
        message: 'provider cloud (r.test) is accepted, and ends at 2026-01-02T00:00:00.000Z',
        hint: 'a node gets a new one from there by itself',
      },
    ]);
  });

  test('is given by what a registry token says', async () => {
    const registryToken = jwt(NOW_S - 1);
    const world = fakeCluster();
    world.answer({ 'HEAD r.test': {} });
    const provider = providerOf('vault', async () => ({
      auth: { 'r.test': { username: '', password: '', registryToken } },
      cacheKeyType: 'Registry',
    }));
    const { system } = world;
    const keyring = createKeyring({ system, dockerConfig: false, providers: [provider] });
    const { warnings, candidates } = await world.verifyOne([IMAGE], {}, keyring);
    expect(candidates).toMatchObject([{ username: '', expiresAt: '2025-12-31T23:59:59.000Z' }]);
    expect(warnings.map(({ code }) => code)).toEqual(['credential-expires']);
  });
});
