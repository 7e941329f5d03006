// Which token servers a registry may send user names and passwords to.

import { describe, expect, test } from '@jest/globals';
import { authorize, type UnsafeRealmError } from '../../../../src/registry/index.ts';
import { nodeSystem } from '../../../../src/system/node-system.ts';
import { withoutProxies } from '../../system/environment.ts';
import { fakeRegistry, rejection, type RegistryScript } from './fake-registry.ts';

const IMAGE = 'r.test/team/app:1';
const FOREIGN =
  'it is in a network that the registry is not in; if that is right, trust it by trustedRealms (--trusted-realm)';

const NO_TLS =
  'its realm is http, and the registry is reached by https; if that is right, trust it by trustedRealms (--trusted-realm)';

function unsafe(script: RegistryScript, options = {}) {
  const world = fakeRegistry(script);
  return rejection<UnsafeRealmError>(world.authorize(IMAGE, world.keyring('u:p', 'v:q'), options));
}

/** In which networks the token server may be that is asked. */
async function asked(script: RegistryScript, options = {}) {
  const world = fakeRegistry(script);
  await world.authorize(IMAGE, world.keyring('u:p'), options);
  return world.system.requests.find(({ url }) => url.includes('token?'))?.addresses;
}

describe('No credential is sent to a token server', () => {
  test.each([
    ['http://auth.test/token', 'auth.test', NO_TLS],
    ['ftp://auth.test/token', '', 'its realm is not an http or https URL'],
    ['https://u:p@auth.test/token', 'auth.test', 'its realm holds a user name or password'],
    ['https://u@auth.test:5/token', 'auth.test:5', 'its realm holds a user name or password'],
    ['https://:p@auth.test/token', 'auth.test', 'its realm holds a user name or password'],
    ['token', '', 'its realm is not an http or https URL'],
    ['', '', 'its realm is not an http or https URL'],
  ])('of the realm %s', async (realm, host, reason) => {
    const world = fakeRegistry({ challenge: `Bearer realm="${realm}"` });
    const error = await rejection(world.authorize(IMAGE, world.keyring('u:p', 'v:q')));
    expect(error).toMatchObject({
      code: 'ERR_KEYRING_REALM_UNSAFE',
      registry: 'r.test',
      realm: host,
      reason,
    });
    expect(world.asked()).toEqual(['GET r.test/v2/']);
    const anonymous = world.authorize(IMAGE, world.keyring());
    await expect(anonymous).rejects.toThrow(reason);
  });

  test.each(['private', 'loopback', 'link-local'] as const)('in a %s network', async (kind) => {
    const error = await unsafe({ addresses: { 'auth.test': kind } });
    expect(error).toMatchObject({ code: 'ERR_KEYRING_REALM_UNSAFE', reason: FOREIGN });
    expect(error.message).toBe(
      `No credential of r.test is sent to its token server auth.test: ${FOREIGN}`,
    );
  });

  test('in another network than that of the registry', async () => {
    const addresses = { 'r.test': 'private', 'auth.test': 'loopback' } as const;
    expect(await unsafe({ addresses })).toMatchObject({ reason: FOREIGN });
  });

  test('that redirects to another', async () => {
    const world = fakeRegistry();
    const headers = { location: 'https://evil.test/token' };
    world.inject(/auth/, [{ status: 307, headers }], true);
    const error = await rejection(world.authorize(IMAGE, world.keyring('u:p')));
    expect(error).toMatchObject({ code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE', status: 307 });
    expect(error.message).toContain('no redirect is followed there');
    expect(world.asked()).toHaveLength(2);
  });

  test('also where it would hold for others of the session, for it is no outage', async () => {
    const script = { addresses: { 'auth.test': 'private' } } as const;
    const world = fakeRegistry(script);
    const keyring = world.keyring('u:p');
    await rejection(world.authorize(IMAGE, keyring));
    expect(await rejection(world.authorize(IMAGE, keyring))).toMatchObject({
      code: 'ERR_KEYRING_REALM_UNSAFE',
    });
    expect(world.asked()).toHaveLength(3);
  });
});

describe('A token server is asked', () => {
  test('in public, and nowhere else', async () => {
    expect(await asked({})).toEqual(['public']);
  });

  test.each(['private', 'loopback', 'link-local'] as const)(
    'in the %s network of the registry, or in public',
    async (kind) => {
      const addresses = { 'r.test': kind, 'auth.test': kind };
      expect(await asked({ addresses })).toEqual(['public', kind]);
      expect(await asked({ addresses: { 'r.test': kind } })).toEqual(['public', kind]);
    },
  );

  test('anywhere, if it is trusted', async () => {
    const addresses = { 'auth.test': 'private' } as const;
    const options = { trustedRealms: ['auth.test'] };
    expect(await asked({ addresses }, options)).toBeUndefined();
    // A URL does not say the port that its scheme has anyway.
    expect(await asked({ addresses }, { trustedRealms: ['auth.test:443'] })).toBeUndefined();
    await expect(asked({ addresses }, { trustedRealms: ['auth.test:80'] })).rejects.toThrow(
      FOREIGN,
    );
    const ported = { 'auth.test:5000': 'private' } as const;
    const realm = 'https://auth.test:5000/token';
    await expect(asked({ addresses: ported, realm }, options)).rejects.toThrow(FOREIGN);
    expect(
      await asked({ addresses: ported, realm }, { trustedRealms: ['auth.test:5000'] }),
    ).toBeUndefined();
  });

  test('by http, if it is trusted', async () => {
    const realm = 'http://auth.test/token';
    expect(await asked({ realm }, { trustedRealms: ['auth.test'] })).toBeUndefined();
    expect(await asked({ realm }, { trustedRealms: ['AUTH.test:80'] })).toBeUndefined();
    await expect(asked({ realm }, { trustedRealms: ['auth.test:443'] })).rejects.toThrow(NO_TLS);
  });

  test('of the name of the registry or in public, behind a proxy', async () => {
    const realm = 'https://r.test/token';
    expect(await asked({ realm, isProxied: true })).toBeUndefined();
    expect(await asked({ realm, addresses: { 'r.test': 'private' } })).toEqual([
      'public',
      'private',
    ]);
    expect(await asked({ isProxied: true })).toEqual(['public']);
  });

  test('by http, for a registry that is reached by http', async () => {
    const script = { realm: 'http://auth.test/token' };
    const world = fakeRegistry(script);
    world.inject(/GET r\.test/, [Object.assign(new Error('no TLS'), { code: 'EPROTO' })], true);
    const options = { insecureRegistries: ['r.test'] };
    await world.authorize(IMAGE, world.keyring('u:p'), options);
    expect(world.asked()).toEqual([
      'GET r.test/v2/',
      'GET http://r.test/v2/',
      'GET http://auth.test/token [repository:team/app:pull] u:p',
      'HEAD http://r.test/v2/team/app/manifests/1 token-1',
    ]);
    const secure = fakeRegistry(script);
    const failed = secure.authorize(IMAGE, secure.keyring('u:p'), options);
    await expect(failed).rejects.toThrow(NO_TLS);
  });
});

describe('By the real network, no credential is sent to', () => {
  test.each([
    'https://127.0.0.1/token',
    'https://2130706433/token',
    'https://0x7f000001/token',
    'https://0177.0.0.1/token',
    'https://127.1/token',
    'https://0/token',
    'https://[::1]/token',
    'https://[::ffff:127.0.0.1]/token',
    'https://[::ffff:7f00:1]/token',
    'https://[64:ff9b::a00:1]/token',
    'https://10.0.0.1:8443/token',
    'https://192.168.1.1/token',
    'https://172.16.0.1/token',
    'https://169.254.169.254/token',
    'https://[fe80::1]/token',
    'https://[fd00:ec2::254]/token',
    'https://１２７.0.0.1/token',
    'https://localhost/token',
  ])('%s', async (realm) => {
    const world = fakeRegistry({ challenge: `Bearer realm="${realm}"` });
    const system = {
      ...world.system,
      http: ({ url, ...request }: Parameters<typeof nodeSystem.http>[0]) =>
        new URL(url).host === 'r.test'
          ? world.system.http({ url, ...request })
          : nodeSystem.http({ url, ...request }),
    };
    const restoreEnvironment = withoutProxies();
    try {
      const error = await rejection(authorize(IMAGE, world.keyring('u:p'), { system, retries: 0 }));
      expect(error).toMatchObject({ code: 'ERR_KEYRING_REALM_UNSAFE', reason: FOREIGN });
    } finally {
      restoreEnvironment();
    }
  });
});
