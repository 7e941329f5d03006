import { describe, expect, test } from '@jest/globals';
import { createKeyring, PullSecretError } from '../../../src/index.ts';
import type { PullSecretInput } from '../../../src/kubernetes/index.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { inOrder } from '../fakes/in-order.ts';
import { configOf, secretOf, secretWith, userNames } from '../fakes/keyring-inputs.ts';

const HOME_CONFIG = '/home/user/.docker/config.json';
const BROKEN = secretWith('broken', '{"auths":{"r.test":{"auth":"!"}}}');

describe('pull secrets', () => {
  test('are merged in their order, whatever form they have', async () => {
    const asText = `apiVersion: v1
kind: Secret
metadata: { namespace: ns, name: text }
type: kubernetes.io/dockerconfigjson
stringData: { .dockerconfigjson: '${configOf({ 'r.test': 'text' })}' }
---
${JSON.stringify({ kind: 'Secret', ...secretOf('json', { 'r.test': 'json' }) })}
`;
    const pullSecrets: PullSecretInput[] = [
      secretOf('object', { 'r.test': 'object' }),
      { kind: 'SecretList', items: [secretOf('a', { 'r.test': 'listed' })] },
      asText,
    ];
    const keyring = createKeyring({ pullSecrets, dockerConfig: false });
    expect(userNames(await keyring.lookup('r.test/a'))).toEqual([
      'object',
      'listed',
      'text',
      'json',
    ]);
  });

  test('of another type, or without data, count as nothing', async () => {
    const pullSecrets = [
      { type: 'Opaque', data: {} },
      { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': '' } },
      { ...secretOf('one', { 'r.test': 'u' }), type: 'kubernetes.io/dockercfg' },
    ];
    const keyring = createKeyring({ pullSecrets, dockerConfig: false });
    expect(await keyring.lookup('r.test/a')).toEqual([]);
  });

  test('are read once', async () => {
    let reads = 0;
    const secret = secretOf('one', { 'r.test': 'u' });
    const counted = {
      ...secret,
      get data() {
        reads += 1;
        return secret.data;
      },
    };
    const keyring = createKeyring({ pullSecrets: [counted], dockerConfig: false });
    await Promise.all(Array.from({ length: 1000 }, () => keyring.lookup('r.test/a')));
    const readsOfFirst = reads;
    await keyring.lookup('r.test/a');
    expect(reads).toBe(readsOfFirst);
    expect(readsOfFirst).toBeLessThan(5);
  });
});

describe('a malformed pull secret', () => {
  const good = secretOf('good', { 'r.test': 'u' });

  test('rejects every lookup, and names itself', async () => {
    const keyring = createKeyring({ pullSecrets: [good, BROKEN], dockerConfig: false });
    await inOrder(['r.test/a', 'other.test/a'], async (image) => {
      await expect(keyring.lookup(image)).rejects.toThrow(
        'Pull secret ns/broken, data[.dockerconfigjson], line 1, column 11: entry "r.test": "auth" is not base64',
      );
      await expect(keyring.explain(image)).rejects.toBeInstanceOf(PullSecretError);
    });
    await expect(keyring.toDockerConfig()).rejects.toBeInstanceOf(PullSecretError);
  });

  test('is passed over and reported, once, where the options say so', async () => {
    const problems: unknown[] = [];
    const keyring = createKeyring({
      pullSecrets: [BROKEN, good],
      malformedPullSecrets: 'skip',
      onProblem: (problem) => problems.push(problem),
      dockerConfig: false,
      providers: [],
    });
    expect(userNames(await keyring.lookup('r.test/a'))).toEqual(['u']);
    await keyring.lookup('r.test/b');
    const { sources } = await keyring.explain('r.test/a');
    expect(sources.map(({ status }) => status)).toEqual(['malformed', 'used']);
    expect(problems).toEqual([
      expect.objectContaining({ code: 'ERR_KEYRING_PULL_SECRET_INVALID', secretName: 'broken' }),
    ]);
  });

  test('may be a text that is no manifest', async () => {
    const keyring = createKeyring({ pullSecrets: ['{'], dockerConfig: false });
    await expect(keyring.lookup('r.test/a')).rejects.toMatchObject({
      code: 'ERR_KEYRING_MANIFEST_INVALID',
    });
  });
});

describe('withPullSecrets', () => {
  test('replaces the first layer and shares the second, which is read once', async () => {
    const system = fakeSystem({ files: { [HOME_CONFIG]: configOf({ 'r.test': 'node' }) } });
    const base = createKeyring({ system, pullSecrets: [secretOf('base', { 'r.test': 'base' })] });
    const tenant = base.withPullSecrets([secretOf('a', { 'r.test': 'tenant' })]);
    const [ofBase, ofTenant] = await Promise.all([
      base.lookup('r.test/a'),
      tenant.lookup('r.test/a'),
    ]);
    expect(userNames(ofBase)).toEqual(['base', 'node']);
    expect(userNames(ofTenant)).toEqual(['tenant', 'node']);
    expect(system.touches.filter((touch) => touch === `read ${HOME_CONFIG}`)).toHaveLength(1);
    expect(ofBase[1]).toBe(ofTenant[1]);
  });

  test('never gives one tenant the secrets of another', async () => {
    const base = createKeyring({ system: fakeSystem() });
    const tenants = Array.from({ length: 20 }, (_, index) => ({
      name: `tenant-${index}`,
      keyring: base.withPullSecrets([secretOf(`s${index}`, { 'r.test': `tenant-${index}` })]),
    }));
    const rounds = Array.from({ length: 10 }, () => tenants).flat();
    const answers = await Promise.all(
      rounds.map(async ({ name, keyring }) => {
        const [credentials, explanation, document] = await Promise.all([
          keyring.lookup('r.test/a'),
          keyring.explain('r.test/a'),
          keyring.toDockerConfig(),
        ]);
        const text = JSON.stringify([explanation, document]);
        return { name, found: userNames(credentials), named: text.match(/tenant-\d+/g) };
      }),
    );
    for (const { name, found, named } of answers) {
      expect(found).toEqual([name]);
      expect(new Set(named)).toEqual(new Set([name]));
    }
    expect(await base.lookup('r.test/a')).toEqual([]);
  });

  test('does not let one tenant’s broken secret fail another', async () => {
    const base = createKeyring({ system: fakeSystem() });
    const broken = base.withPullSecrets([BROKEN]);
    const good = broken.withPullSecrets([secretOf('good', { 'r.test': 'u' })]);
    await expect(broken.lookup('r.test/a')).rejects.toBeInstanceOf(PullSecretError);
    expect(userNames(await good.lookup('r.test/a'))).toEqual(['u']);
  });

  test.each([[undefined], [null], ['text'], [{}], [[5]], [[null]], [[[]]]])(
    'refuses %p at once',
    (value) => {
      const keyring = createKeyring({ dockerConfig: false });
      const call = (): unknown => keyring.withPullSecrets(value as PullSecretInput[]);
      expect(call).toThrow(TypeError);
      expect(call).toThrow(/^withPullSecrets: pullSecrets must be/);
    },
  );
});
