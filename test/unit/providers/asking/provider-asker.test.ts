// What a provider may do wrong beside failing; what it does right is tested through keyrings.

import { describe, expect, test } from '@jest/globals';
import { createKeyring, type CredentialProvider } from '../../../../src/index.ts';
import { explain } from '../../fakes/explain.ts';
import { providerOf, responseOf } from '../../fakes/keyring-inputs.ts';
import { ATTRIBUTES, POD } from '../../fakes/service-account-world.ts';

async function problemsOf(provider: CredentialProvider): Promise<readonly string[]> {
  const { sources } = await explain('r.test/a', { dockerConfig: false, providers: [provider] });
  return sources[0]?.problems ?? [];
}

describe('a provider whose own hooks fail costs nothing but its own answer', () => {
  test('cacheScope', async () => {
    const provider: CredentialProvider = {
      ...providerOf('p', { 'r.test': 'u' }),
      cacheScope() {
        throw new Error('no scope');
      },
    };
    expect(await problemsOf(provider)).toEqual([
      'Provider "p" failed for r.test/a: it threw Error: no scope',
    ]);
  });

  test('cacheScope, also where a credential was refused', async () => {
    const errors: Error[] = [];
    let isBroken = false;
    const provider: CredentialProvider = {
      ...providerOf('p', { 'r.test': 'u' }),
      cacheScope() {
        if (isBroken) throw new Error('no scope');
        return 'r.test';
      },
    };
    const onProblem = (error: Error): void => void errors.push(error);
    const keyring = createKeyring({ dockerConfig: false, providers: [provider], onProblem });
    const refused = await keyring.lookup('r.test/a');
    expect(refused).toHaveLength(1);
    isBroken = true;
    expect(await keyring.lookup('r.test/b', { refused })).toEqual([]);
    expect(errors.map(({ message }) => message)).toEqual([
      'Provider "p" failed for r.test/b: it threw Error: no scope',
    ]);
  });

  test('forImage', async () => {
    const provider: CredentialProvider = {
      ...providerOf('p', { 'r.test': 'u' }),
      forImage: () => ({ auth: 5 }) as never,
    };
    expect(await problemsOf(provider)).toEqual([
      'Provider "p" failed for r.test/a: its answer is malformed: auth is not an object',
    ]);
  });

  test('an error without a message', async () => {
    const provider = providerOf('p', () => Promise.reject(new RangeError()));
    expect(await problemsOf(provider)).toEqual([
      'Provider "p" failed for r.test/a: it threw RangeError',
    ]);
  });
});

test('an answer of a scope is fitted to each image', async () => {
  const provider: CredentialProvider = {
    ...providerOf('p', { 'first.test': 'u' }),
    defaultCacheDurationMs: 60_000,
    cacheScope: () => 'everything',
    forImage: (response, image) => ({
      ...response,
      auth: { [image.split('/')[0] as string]: { username: image, password: 'p' } },
    }),
  };
  const keyring = createKeyring({ dockerConfig: false, providers: [provider] });
  expect(await keyring.lookup('a.test/x')).toMatchObject([{ key: 'a.test', username: 'a.test/x' }]);
  expect(await keyring.lookup('b.test/y')).toMatchObject([{ key: 'b.test', username: 'b.test/y' }]);
});

test('an answer with nothing in it is one, for a pod as well', async () => {
  const provider: CredentialProvider = {
    ...providerOf('p', async () => undefined),
    tokenAttributes: ATTRIBUTES,
  };
  const keyring = createKeyring({
    dockerConfig: false,
    providers: [provider],
    getServiceAccountToken: async () => ({ token: 't', uid: 'u' }),
  });
  expect(await keyring.lookup('r.test/a', { pod: POD })).toEqual([]);
});

test('a remembered answer without expiry is explained as one', async () => {
  const provider: CredentialProvider = {
    ...providerOf('p', async () => responseOf({ 'r.test': 'u' })),
    defaultCacheDurationMs: 60_000,
  };
  const keyring = createKeyring({ dockerConfig: false, providers: [provider] });
  await keyring.lookup('r.test/a');
  const { sources } = await keyring.explain('r.test/a');
  expect(sources[0]?.message).toBe('remembered from before; it gave credentials');
});

test('patterns beyond the first three are counted in an explanation', async () => {
  const provider = providerOf('p', {}, ['a.x', 'b.x', 'c.x', 'd.x', 'e.x']);
  const { sources } = await explain('r.test/a', { dockerConfig: false, providers: [provider] });
  expect(sources[0]?.message).toBe(
    'not asked: none of its matchImages matches (a.x, b.x, c.x, and 2 more)',
  );
});
