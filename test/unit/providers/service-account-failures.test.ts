import { describe, expect, test } from '@jest/globals';
import { createKeyring, type DockerKeyring, type KeyringOptions } from '../../../src/index.ts';
import { ATTRIBUTES, POD, serviceAccountWorld } from '../fakes/service-account-world.ts';

describe('a failure', () => {
  test.each([
    [
      'the keyring cannot get tokens',
      undefined,
      'give createKeyring the option getServiceAccountToken',
    ],
    ['the token is none', () => ({ token: '' }), 'getServiceAccountToken gave no { token, uid }'],
    [
      'there is no uid',
      () => ({ uid: undefined }),
      'getServiceAccountToken gave no { token, uid }',
    ],
    [
      'the cluster says no',
      () => {
        throw new Error('serviceaccounts "sa" not found');
      },
      'it threw Error: serviceaccounts "sa" not found',
    ],
  ])('where %s', async (_name, given, reason) => {
    const options = given === undefined ? { getServiceAccountToken: undefined } : {};
    const { message, passwords } = serviceAccountWorld({}, given, options);
    expect(await passwords(POD)).toEqual([]);
    expect(await message(POD)).toContain(reason);
  });

  test('where getServiceAccountToken gives nothing at all', async () => {
    const nothing = (async () => undefined) as unknown as KeyringOptions['getServiceAccountToken'];
    const { message } = serviceAccountWorld({}, {}, { getServiceAccountToken: nothing });
    expect(await message(POD)).toContain('getServiceAccountToken gave no { token, uid }');
  });

  test('where the provider hands the token back as a password, unless it is kept for that token only', async () => {
    expect(await echo('Token').lookup('r.test/a', { pod: POD })).toHaveLength(1);
    const { sources } = await echo('ServiceAccount').explain('r.test/a', { pod: POD });
    expect(sources[0]?.problems).toEqual([
      `Provider "echo" failed for r.test/a: it returned the service account's token as the password, which only the cacheType 'Token' allows`,
    ]);
  });

  test('does not show the token', async () => {
    const keyring = createKeyring({
      dockerConfig: false,
      getServiceAccountToken: async () => ({ token: 'the-service-account-token', uid: 'u' }),
      providers: [
        {
          name: 'blabs',
          matchImages: ['r.test'],
          tokenAttributes: ATTRIBUTES,
          provide: async ({ serviceAccountToken }) => {
            throw new Error(`refused ${serviceAccountToken}`);
          },
        },
      ],
    });
    const { sources } = await keyring.explain('r.test/a', { pod: POD });
    expect(sources[0]?.problems).toEqual([
      'Provider "blabs" failed for r.test/a: it threw Error: refused [redacted]',
    ]);
  });
});

/** Hands the token back. */
function echo(cacheType: 'ServiceAccount' | 'Token'): DockerKeyring {
  return createKeyring({
    dockerConfig: false,
    getServiceAccountToken: async () => ({ token: 'the-service-account-token', uid: 'u' }),
    providers: [
      {
        name: 'echo',
        matchImages: ['r.test'],
        tokenAttributes: { ...ATTRIBUTES, cacheType },
        provide: async ({ serviceAccountToken: password = '' }) => ({
          auth: { 'r.test': { username: 'u', password } },
          cacheKeyType: 'Registry',
        }),
      },
    ],
  });
}
