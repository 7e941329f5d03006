import { describe, expect, test } from '@jest/globals';
import { createKeyring, keyringFor, type KeyringForOptions } from '../../../src/index.ts';
import { createPullSecret, podTemplates, type PodLike } from '../../../src/kubernetes/index.ts';

const IMAGE = 'r.test/web';
const keyring = createKeyring({ dockerConfig: false, providers: [] });

function secret(name: string, namespace = 'shop'): ReturnType<typeof createPullSecret> {
  return createPullSecret({ name, namespace, server: 'r.test', username: name, password: 'p' });
}

function account(name: string, names: readonly string[], namespace = 'shop') {
  return { metadata: { name, namespace }, imagePullSecrets: names.map((each) => ({ name: each })) };
}

function pod(spec: PodLike['spec'] = {}): PodLike {
  return { metadata: { name: 'web', namespace: 'shop' }, spec };
}

const secrets = [secret('a'), secret('b'), secret('c', 'other')];

async function provide() {
  return {
    auth: { 'r.test': { username: 'provided', password: 'p' } },
    cacheKeyType: 'Registry' as const,
  };
}

async function users(of: PodLike, options: Partial<KeyringForOptions> = {}): Promise<string[]> {
  const found = await keyringFor(of, { secrets, keyring, ...options }).lookup(IMAGE);
  return found.map(({ username }) => username);
}

describe('The keyring of a pod', () => {
  test("has the pull secrets of the pod's own list", async () => {
    const own = pod({ imagePullSecrets: [{ name: 'b' }, { name: 'missing' }, { name: 'c' }] });
    expect(await users(own)).toEqual(['b']);
    expect(await users(own, { serviceAccounts: [account('default', ['a'])] })).toEqual(['b']);
  });

  test('has those of its service account otherwise, of the same namespace, the last of one name', async () => {
    const serviceAccounts = [
      account('puller', ['b']),
      account('puller', ['a']),
      account('puller', ['b'], 'other'),
      account('default', ['b']),
    ];
    expect(await users(pod({ serviceAccountName: 'puller' }), { serviceAccounts })).toEqual(['a']);
    expect(await users(pod(), { serviceAccounts })).toEqual(['b']);
  });

  test('is that of a pod which a workload makes', async () => {
    const spec = { containers: [{ image: IMAGE }], imagePullSecrets: [{ name: 'a' }] };
    const metadata = { name: 'web', namespace: 'shop' };
    const [template] = podTemplates([
      { kind: 'Deployment', metadata, spec: { template: { spec } } },
    ]);
    expect(await users(template?.pod ?? {})).toEqual(['a']);
  });

  test('has the layers of the given keyring below', async () => {
    const provider = { name: 'mine', matchImages: ['r.test'], provide };
    const below = createKeyring({ dockerConfig: false, providers: [provider] });
    const own = pod({ imagePullSecrets: [{ name: 'a' }] });
    expect(await users(own, { keyring: below })).toEqual(['a', 'provided']);
  });

  test('is made of one with its defaults where none is given', () => {
    const serviceAccounts = [account('default', [])];
    expect(keyringFor(pod(), { secrets, serviceAccounts })).toHaveProperty('withPullSecrets');
  });

  test.each<[PodLike, unknown, string]>([
    [
      pod(),
      { secrets },
      'keyringFor: the pod runs as "shop/default", which is not given: its pull secrets are not known',
    ],
    [pod(), { secrets, serviceAccount: {} }, 'keyringFor: there is no option "serviceAccount"'],
    [
      pod(),
      { secrets, serviceAccounts: {} },
      'keyringFor: serviceAccounts must be an array of objects',
    ],
    [pod(), { secrets, keyring: {} }, 'keyringFor: keyring must be a keyring'],
    [pod(), {}, 'resolvePullSecrets: secrets must be an array of Secret objects'],
    [{ ...pod(), kind: 'Job' } as PodLike, { secrets }, 'pod must be a Pod, not a Job (shop/web)'],
  ])('is refused, case %#', (of, options, message) => {
    expect(() => keyringFor(of, options as KeyringForOptions)).toThrow(message);
  });
});
