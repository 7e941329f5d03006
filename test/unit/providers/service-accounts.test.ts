// Providers that work with tokens of a pod's service account (Kubernetes v1.37.2 plugin.go, provide).

import { describe, expect, test } from '@jest/globals';
import {
  createKeyring,
  type CredentialProvider,
  type CredentialRequest,
  type DockerKeyring,
  type KeyringOptions,
  type PodContext,
  type ServiceAccountToken,
  type ServiceAccountTokenAttributes,
  type ServiceAccountTokenRequest,
} from '../../../src/index.ts';
import { fakeSystem } from '../fakes/fake-system.ts';

const POD: PodContext = { namespace: 'ns', name: 'pod', uid: 'pod-uid', serviceAccountName: 'sa' };
const ATTRIBUTES: ServiceAccountTokenAttributes = {
  serviceAccountTokenAudience: 'registry.test',
  cacheType: 'ServiceAccount',
  requireServiceAccount: false,
};

interface World {
  readonly keyring: DockerKeyring;
  readonly requests: CredentialRequest[];
  readonly tokenRequests: ServiceAccountTokenRequest[];
  /** The passwords that a lookup for a pod gives. */
  passwords(pod?: PodContext): Promise<string[]>;
  /** What `explain` says of the provider. */
  message(pod?: PodContext): Promise<string>;
}

function world(
  attributes: Partial<ServiceAccountTokenAttributes> = {},
  given: Partial<ServiceAccountToken> | ((request: ServiceAccountTokenRequest) => unknown) = {},
  options: KeyringOptions = {},
): World {
  const system = fakeSystem();
  const requests: CredentialRequest[] = [];
  const tokenRequests: ServiceAccountTokenRequest[] = [];
  const provider: CredentialProvider = {
    name: 'by-account',
    matchImages: ['r.test'],
    tokenAttributes: { ...ATTRIBUTES, ...attributes },
    async provide(request) {
      requests.push(request);
      return {
        auth: { 'r.test': { username: 'u', password: `password-${requests.length}` } },
        cacheKeyType: 'Registry',
        expiresAt: new Date(system.now() + 3_600_000),
      };
    },
  };
  const keyring = createKeyring({
    system,
    dockerConfig: false,
    providers: [provider],
    getServiceAccountToken: async (request) => {
      tokenRequests.push(request);
      const answer = typeof given === 'function' ? await given(request) : given;
      return { token: 'sa-token', uid: 'sa-uid', ...(answer as Partial<ServiceAccountToken>) };
    },
    ...options,
  });
  return {
    keyring,
    requests,
    tokenRequests,
    async passwords(pod) {
      const found = await keyring.lookup('r.test/a', { pod });
      return found.map(({ password }) => password);
    },
    async message(pod) {
      const { sources } = await keyring.explain('r.test/a', { pod });
      return [sources[0]?.message, ...(sources[0]?.problems ?? [])].join(': ');
    },
  };
}

describe('a provider in service-account mode', () => {
  test('is given a token for its audience and the annotations that it wants', async () => {
    const annotations = { 'x/required': 'r', 'x/optional': 'o', 'x/other': 'secret business' };
    const { keyring, requests, tokenRequests } = world(
      {
        requiredServiceAccountAnnotationKeys: ['x/required'],
        optionalServiceAccountAnnotationKeys: ['x/optional', 'x/absent'],
      },
      { annotations },
    );
    const found = await keyring.lookup('r.test/a:1', { pod: POD });
    expect(tokenRequests).toMatchObject([
      {
        namespace: 'ns',
        serviceAccountName: 'sa',
        pod: { name: 'pod', uid: 'pod-uid' },
        audience: 'registry.test',
      },
    ]);
    expect(requests).toMatchObject([
      {
        image: 'r.test/a',
        serviceAccountToken: 'sa-token',
        serviceAccountAnnotations: { 'x/optional': 'o', 'x/required': 'r' },
      },
    ]);
    expect(Object.keys(requests[0]?.serviceAccountAnnotations ?? {})).toHaveLength(2);
    expect(found.map(({ source }) => source)).toEqual([
      {
        kind: 'service-account',
        namespace: 'ns',
        name: 'sa',
        uid: 'sa-uid',
        provider: 'by-account',
      },
    ]);
  });

  test('is asked without a token where there is no service account and it wants none', async () => {
    const { keyring, requests, tokenRequests } = world();
    const staticPod = { ...POD, serviceAccountName: '' };
    const [credential] = await keyring.lookup('r.test/a', { pod: staticPod });
    await keyring.lookup('r.test/a');
    expect(tokenRequests).toEqual([]);
    expect(requests).toHaveLength(1);
    expect(requests[0]).not.toHaveProperty('serviceAccountToken');
    expect(credential?.source).toEqual({ kind: 'provider', provider: 'by-account' });
  });

  test('is left out where there is no service account and it requires one', async () => {
    const { passwords, message, requests } = world({ requireServiceAccount: true });
    expect(await passwords()).toEqual([]);
    expect(await message()).toBe(
      'not asked: it is for pods with a service account only, and none was given',
    );
    expect(requests).toEqual([]);
  });

  test('is left out where a required annotation is missing', async () => {
    const { passwords, message, requests } = world(
      { requiredServiceAccountAnnotationKeys: ['x/required'] },
      { annotations: {} },
    );
    expect(await passwords(POD)).toEqual([]);
    expect(await message(POD)).toBe(
      'not asked: the service account ns/sa has no annotation x/required',
    );
    expect(requests).toEqual([]);
  });
});

describe('an answer is kept for', () => {
  test('the service account: another token does not matter, another account does', async () => {
    let tokens = 0;
    const { passwords, requests } = world({}, ({ serviceAccountName }) => {
      tokens += 1;
      return { token: `sa-token-${tokens}`, uid: `uid-of-${serviceAccountName}` };
    });
    expect(await passwords(POD)).toEqual(['password-1']);
    expect(await passwords({ ...POD, name: 'other-pod', uid: 'other' })).toEqual(['password-1']);
    expect(await passwords({ ...POD, serviceAccountName: 'other' })).toEqual(['password-2']);
    expect(await passwords({ ...POD, namespace: 'other' })).toEqual(['password-3']);
    expect(requests).toHaveLength(3);
  });

  test('nobody else: not for a new account of the same name, nor for other annotations', async () => {
    const answers = [
      { uid: '1' },
      { uid: '2' },
      { uid: '2', annotations: { 'x/role': 'a' } },
      { uid: '2', annotations: { 'x/role': 'b' } },
      { uid: '1' },
    ];
    let asked = 0;
    const { passwords } = world({ optionalServiceAccountAnnotationKeys: ['x/role'] }, () => {
      asked += 1;
      return answers[asked - 1];
    });
    expect([
      await passwords(POD),
      await passwords(POD),
      await passwords(POD),
      await passwords(POD),
      await passwords(POD),
    ]).toEqual([['password-1'], ['password-2'], ['password-3'], ['password-4'], ['password-1']]);
  });

  test('the one token, where the provider says so', async () => {
    const tokens = ['one', 'two', 'one'];
    let asked = 0;
    const { passwords } = world({ cacheType: 'Token' }, () => {
      asked += 1;
      return { token: tokens[asked - 1] };
    });
    expect([await passwords(POD), await passwords(POD), await passwords(POD)]).toEqual([
      ['password-1'],
      ['password-2'],
      ['password-1'],
    ]);
  });

  test('never for a lookup without a pod, nor the other way round', async () => {
    const { passwords } = world();
    expect([await passwords(POD), await passwords(), await passwords(POD)]).toEqual([
      ['password-1'],
      ['password-2'],
      ['password-1'],
    ]);
  });
});

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
    const { message, passwords } = world({}, given, options);
    expect(await passwords(POD)).toEqual([]);
    expect(await message(POD)).toContain(reason);
  });

  test('where getServiceAccountToken gives nothing at all', async () => {
    const nothing = (async () => undefined) as unknown as KeyringOptions['getServiceAccountToken'];
    const { message } = world({}, {}, { getServiceAccountToken: nothing });
    expect(await message(POD)).toContain('getServiceAccountToken gave no { token, uid }');
  });

  test('where the provider hands the token back as a password, unless it is kept for that token only', async () => {
    const echo = (cacheType: 'ServiceAccount' | 'Token'): DockerKeyring =>
      createKeyring({
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
