// A provider object goes by the kubelet's rules for its configuration, wherever it enters. The kubelet's words are those
// of Kubernetes v1.37.2 pkg/credentialprovider/plugin/config.go, which test/conformance compares for configurations.

import { describe, expect, test } from '@jest/globals';
import {
  createKeyring,
  type CredentialProvider,
  type KeyringProblem,
  type ProviderSet,
  type ServiceAccountTokenRequest,
} from '../../../src/index.ts';
import { matchImagesProblem, providerProblem } from '../../../src/providers/check-provider.ts';
import { acr } from '../../../src/providers/acr/acr.ts';
import { dockerHelper } from '../../../src/providers/docker-helper/docker-helper.ts';
import { ecr } from '../../../src/providers/ecr/ecr.ts';
import { environment } from '../../../src/providers/environment.ts';
import { gcr } from '../../../src/providers/gcr/gcr.ts';
import { serveCredentialHelper, serveExecPlugin } from '../../../src/serve/index.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { POD } from '../fakes/service-account-world.ts';
import { request, serve } from '../serve/serving.ts';

const GOOD: CredentialProvider = {
  name: 'vault',
  matchImages: ['r.test'],
  provide: async () => undefined,
};
const ATTRIBUTES = {
  serviceAccountTokenAudience: 'a',
  cacheType: 'Token',
  requireServiceAccount: true,
} as const;

function attributes(changes: object): object {
  return { tokenAttributes: { ...ATTRIBUTES, ...changes } };
}

const WRONG: readonly (readonly [object, string])[] = [
  [{ matchImages: [] }, 'matchImages: Required value: at least 1 item in matchImages is required'],
  [{ matchImages: ['r.test', '%invalid%'] }, 'matchImages: Invalid value: "%invalid%"'],
  [{ matchImages: ['[A]'] }, 'match image is invalid: parse "https://[A]": invalid host'],
  [{ matchImages: ['r.test', 1] }, 'matchImages must be an array of strings'],
  [{ matchImages: Array(1) }, 'matchImages must be an array of strings'],
  [
    { defaultCacheDurationMs: -60_000 },
    'defaultCacheDuration: Invalid value: "-1m0s": must be greater than or equal to 0',
  ],
  [{ defaultCacheDurationMs: Number.NaN }, 'defaultCacheDurationMs must be a number'],
  [{ defaultCacheDurationMs: Infinity }, 'defaultCacheDurationMs must be a number'],
  [{ defaultCacheDurationMs: '60000' }, 'defaultCacheDurationMs must be a number'],
  [{ timeoutMs: 0 }, 'timeoutMs must be a number of milliseconds above 0'],
  [{ timeoutMs: Infinity }, 'timeoutMs must be a number of milliseconds above 0'],
  [{ timeoutMs: '1' }, 'timeoutMs must be a number of milliseconds above 0'],
  [{ cacheScope: 'r' }, 'cacheScope must be a function'],
  [{ forImage: 1 }, 'forImage must be a function'],
  [{ diagnose: {} }, 'diagnose must be a function'],
  [{ getServiceAccountToken: 't' }, 'getServiceAccountToken must be a function'],
  [{ tokenAttributes: null }, 'tokenAttributes must be an object'],
  [{ tokenAttributes: 'x' }, 'tokenAttributes must be an object'],
  [{ tokenAttributes: {} }, 'tokenAttributes.serviceAccountTokenAudience: Required value'],
  [
    attributes({ serviceAccountTokenAudience: undefined }),
    'tokenAttributes.serviceAccountTokenAudience: Required value',
  ],
  [
    attributes({ serviceAccountTokenAudience: '' }),
    'tokenAttributes.serviceAccountTokenAudience: Required value',
  ],
  [
    attributes({ serviceAccountTokenAudience: 1 }),
    'tokenAttributes is wrong: serviceAccountTokenAudience must be a string',
  ],
  [attributes({ audience: 'a' }), 'tokenAttributes is wrong: there is no option "audience"'],
  [attributes({ cacheType: '' }), 'tokenAttributes.cacheType: Required value'],
  [
    attributes({ cacheType: 'token' }),
    'tokenAttributes.cacheType: Unsupported value: "token": supported values: "ServiceAccount", "Token"',
  ],
  [
    attributes({ requireServiceAccount: undefined }),
    'tokenAttributes.requireServiceAccount: Required value',
  ],
  [attributes({ requireServiceAccount: 'yes' }), 'requireServiceAccount must be true or false'],
  [
    attributes({ requireServiceAccount: false, requiredServiceAccountAnnotationKeys: ['x/y'] }),
    'Forbidden: requireServiceAccount cannot be false when requiredServiceAccountAnnotationKeys is set',
  ],
  [
    attributes({ requiredServiceAccountAnnotationKeys: 'x' }),
    'requiredServiceAccountAnnotationKeys must be an array of strings',
  ],
  [
    attributes({ requiredServiceAccountAnnotationKeys: ['a/b/c'] }),
    'tokenAttributes.requiredServiceAccountAnnotationKeys: Invalid value: "a/b/c"',
  ],
  [
    attributes({ optionalServiceAccountAnnotationKeys: ['x/y', 'x/y'] }),
    'tokenAttributes.optionalServiceAccountAnnotationKeys: Duplicate value: "x/y"',
  ],
  [
    attributes({
      requiredServiceAccountAnnotationKeys: ['x/y'],
      optionalServiceAccountAnnotationKeys: ['x/y'],
    }),
    'tokenAttributes: Invalid value: ["x/y"]: annotation keys cannot be both required and optional',
  ],
];

/** A set whose providers are known only after a look. */
function setOf(providers: unknown): ProviderSet {
  return {
    name: 'a-set',
    known: () => undefined,
    read: async () => providers as readonly CredentialProvider[],
  };
}

describe('A provider object that the kubelet would not accept is a TypeError', () => {
  test.each(WRONG)('in a keyring: %p', (changes, message) => {
    const create = (): unknown => createKeyring({ providers: [{ ...GOOD, ...changes }] });
    expect(create).toThrow(TypeError);
    expect(create).toThrow('createKeyring: providers [0] "vault": ');
    expect(create).toThrow(message);
  });

  test.each(WRONG)('as a plugin: %p', async (changes, message) => {
    const served = serveExecPlugin({ ...GOOD, ...changes });
    await expect(served).rejects.toThrow(TypeError);
    await expect(served).rejects.toThrow(message);
  });

  test.each(WRONG)('as a credential helper: %p', async (changes, message) => {
    const served = serveCredentialHelper({ ...GOOD, ...changes }, { process });
    await expect(served).rejects.toThrow(TypeError);
    await expect(served).rejects.toThrow(message);
  });

  test.each(WRONG)('in a set, which fails as a whole: %p', async (changes, message) => {
    const errors: KeyringProblem[] = [];
    const tokenRequests: ServiceAccountTokenRequest[] = [];
    const keyring = createKeyring({
      dockerConfig: false,
      providers: [setOf([GOOD, { ...GOOD, name: 'other', ...changes }])],
      onProblem: (error) => void errors.push(error),
      async getServiceAccountToken(one) {
        tokenRequests.push(one);
        return { token: 't', uid: 'u' };
      },
    });
    await expect(keyring.lookup('r.test/a', { pod: POD })).resolves.toEqual([]);
    expect(errors).toMatchObject([{ provider: 'a-set', cause: expect.any(TypeError) }]);
    expect(errors[0]?.message).toContain('the providers of a-set are wrong: [1] "other": ');
    expect(errors[0]?.message).toContain(message);
    expect(tokenRequests).toEqual([]);
  });

  test('in a set that is served as a plugin, which says so and answers nothing', async () => {
    const served = await serve(setOf([{ ...GOOD, matchImages: [] }]), request('r.test/a'));
    expect(served).toMatchObject({ exitCode: 1, stdout: '' });
    expect(served.stderr).toContain('the providers of a-set are wrong: [0] "vault": matchImages');
  });

  test.each([
    [undefined, 'they must be an array'],
    [GOOD, 'they must be an array'],
    [[GOOD, GOOD], '[1] has the name "vault" of an earlier one'],
    [[null], '[0] must have a name, matchImages and provide()'],
  ])('when a set gives %p', async (providers, message) => {
    const errors: string[] = [];
    const keyring = createKeyring({
      dockerConfig: false,
      providers: [setOf(providers)],
      onProblem: (error) => void errors.push(error.message),
    });
    await keyring.lookup('r.test/a');
    expect(errors).toEqual([expect.stringContaining(message)]);
  });

  test('and a password in a pattern is not repeated', () => {
    const problem = providerProblem({ ...GOOD, matchImages: ['u:canary@%zz'] });
    expect(problem).toContain('[redacted]@%zz');
    expect(problem).not.toContain('canary');
  });
});

test('A set that says at once what it has is checked before any of it is asked', async () => {
  const asked: string[] = [];
  const wrong = {
    ...GOOD,
    tokenAttributes: { ...ATTRIBUTES, serviceAccountTokenAudience: '' },
    provide: async ({ image }: { readonly image: string }) => void asked.push(image),
  };
  const providers = [wrong as unknown as CredentialProvider];
  const set = { ...setOf(providers), known: () => providers };
  const keyring = createKeyring({ dockerConfig: false, providers: [set] });
  await expect(keyring.lookup('r.test/a')).resolves.toEqual([]);
  await expect(keyring.lookup('r.test/a')).resolves.toEqual([]);
  expect(asked).toEqual([]);
});

describe('What is accepted', () => {
  test('has attributes and methods of a class', async () => {
    class Vault implements CredentialProvider {
      readonly name = 'vault';
      readonly matchImages = ['r.test'];
      readonly tokenAttributes = new (class {
        get serviceAccountTokenAudience(): string {
          return 'a';
        }
        get cacheType(): 'Token' {
          return 'Token';
        }
        get requireServiceAccount(): boolean {
          return true;
        }
      })();
      provide(): Promise<undefined> {
        return Promise.resolve(undefined);
      }
    }
    expect(providerProblem(new Vault())).toBeUndefined();
  });

  test('has a duration of any length that Go can hold, and members that are undefined', () => {
    const most = { defaultCacheDurationMs: 9_223_372_036_854, timeoutMs: 2 ** 31 - 1 };
    expect(providerProblem({ ...GOOD, ...most })).toBeUndefined();
    const none = { defaultCacheDurationMs: undefined, tokenAttributes: undefined };
    expect(providerProblem({ ...GOOD, ...none })).toBeUndefined();
  });

  const system = fakeSystem();
  test.each<readonly [string, CredentialProvider]>([
    ['ecr', ecr({ system })],
    ['ecr with service accounts', ecr({ system, serviceAccount: {} })],
    ['ecr with annotations', ecr({ system, serviceAccount: { requireAnnotation: true } })],
    ['acr', acr({ system })],
    ['acr with service accounts', acr({ system, serviceAccount: { requireAnnotation: true } })],
    ['acr with optional ones', acr({ system, serviceAccount: {} })],
    ['gcr', gcr({ system })],
    [
      'gcr with Workload Identity',
      gcr({ system, serviceAccount: { projectId: 'p', identityProvider: 'i' } }),
    ],
    ['a helper', dockerHelper('pass', { system })],
    ['the environment', environment({ system })],
  ])('is what this package makes: %s', (_what, provider) => {
    expect(providerProblem(provider)).toBeUndefined();
  });
});

describe('An option matchImages goes by the same rules', () => {
  test.each([
    [[], 'is wrong: Required value: at least 1 item in matchImages is required'],
    [['a b'], 'is wrong: Invalid value: "a b": match image is invalid: parse "https://a b"'],
    ['*.test', 'must be an array of strings'],
  ])('and refuses %p', (value, problem) => {
    expect(matchImagesProblem(value)).toContain(problem);
  });

  test('and accepts hosts with ports, paths and globs', () => {
    expect(matchImagesProblem(['*.test', 'r.test:5000/team'])).toBeUndefined();
  });
});
