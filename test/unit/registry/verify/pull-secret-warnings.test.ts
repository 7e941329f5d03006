import { describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../../../src/index.ts';
import type { VerifyWarning } from '../../../../src/registry/index.ts';
import { failure } from '../client/fake-registry.ts';
import { deployment, fakeCluster, pullSecret, serviceAccount } from './fake-cluster.ts';

const IMAGE = 'r.test/team/app:1';

async function warningsOf(...objects: readonly object[]): Promise<readonly VerifyWarning[]> {
  return (await fakeCluster().verify(objects)).warnings;
}

describe('A pull secret that was not given', () => {
  const hint = 'give the file that it is in, or take its name off the list';

  test('is told once, however many pods name it', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `web-${index}`);
    const pods = names.map((name) =>
      deployment(name, [IMAGE], { secrets: ['regcred', 'regcred'] }),
    );
    expect(await warningsOf(...pods)).toEqual([
      {
        code: 'pull-secret-missing',
        message:
          'a pod names the pull secret shop/regcred, which was not given; a node pulls without it',
        hint,
      },
    ]);
  });

  test('is told of the service account where that names it', async () => {
    const pods = ['web', 'api'].map((name) => deployment(name, [IMAGE]));
    expect(await warningsOf(serviceAccount('default', ['regcred']), ...pods)).toEqual([
      {
        code: 'pull-secret-missing',
        message:
          'the service account shop/default names the pull secret shop/regcred, which was not given; a node pulls without it',
        hint,
      },
    ]);
  });

  test('but stands in other namespaces is of no use', async () => {
    const warnings = await warningsOf(
      pullSecret('regcred', {}, 'infra'),
      pullSecret('regcred', {}, 'tools'),
      pullSecret('other'),
      deployment('web', [IMAGE], { secrets: ['regcred', 'other'] }),
      deployment('api', [IMAGE], { secrets: ['regcred'] }),
    );
    expect(warnings.filter(({ code }) => code !== 'pull-secret-unused')).toEqual([
      {
        code: 'pull-secret-other-namespace',
        message:
          'a pod names the pull secret shop/regcred, which is not there, but in infra, tools',
        hint: 'make a copy of it in the namespace shop',
      },
    ]);
  });
});

describe('A pull secret that is of no use', () => {
  const code = 'pull-secret-unused';

  test('may be named by no pod', async () => {
    const warnings = await warningsOf(
      pullSecret('a'),
      pullSecret('b'),
      { ...pullSecret('opaque'), type: 'Opaque' },
      { kind: 'Secret', type: 'kubernetes.io/dockercfg', metadata: null },
      deployment('web', [IMAGE], { secrets: ['b'] }),
    );
    const hint = 'name it in imagePullSecrets of a pod or its service account, or leave it out';
    expect(warnings).toEqual([
      { code, message: 'no pod uses the pull secret shop/a', hint },
      { code, message: 'no pod uses the pull secret (no name)', hint },
    ]);
  });

  test('is not one that an image of its own was found with', async () => {
    const world = fakeCluster({ 'r.test': { users: { u: 'p' } } });
    const { system } = world;
    const [own, pods] = [pullSecret('own', { 'r.test': 'u:p' }), pullSecret('pods')];
    const keyring = createKeyring({
      system,
      pullSecrets: [own],
      dockerConfig: false,
      providers: [],
    });
    const inputs = [IMAGE, own, pods, deployment('web', ['r.test/b'], { secrets: ['pods'] })];
    const { warnings } = await world.verify(inputs, {}, keyring);
    expect(warnings.filter((warning) => warning.code === code)).toEqual([]);
  });

  test('may have no entry for any image of its pods', async () => {
    const { warnings } = await fakeCluster({ 'r.test': {}, 'q.test': {} }).verify([
      pullSecret('a', { 'r.test/other': 'u:p' }),
      pullSecret('b', { 'q.test': 'u:p' }),
      pullSecret('c'),
      deployment('web', [IMAGE, 'q.test/app:1'], { secrets: ['a', 'b', 'c'] }),
    ]);
    expect(warnings).toEqual([
      {
        code,
        message: 'the pull secret shop/a has no entry for any image of the pods that use it',
        hint: 'docker-keyring explain shows its entries and why none matches',
      },
    ]);
  });

  test('may be one from which a node takes nothing', async () => {
    const types = 'kubernetes.io/dockerconfigjson nor kubernetes.io/dockercfg';
    const warnings = await warningsOf(
      { ...pullSecret('a'), type: 'Opaque' },
      { ...pullSecret('b'), data: {} },
      deployment('web', [IMAGE], { secrets: ['a', 'b'] }),
    );
    const beginning = 'a node takes nothing from the pull secret';
    expect(warnings).toEqual([
      { code, message: `${beginning} shop/a: its type is "Opaque", and so neither ${types}` },
      { code, message: `${beginning} shop/b: it has no data key .dockerconfigjson` },
    ]);
  });

  test('is not known to be, where its images were not looked up', async () => {
    const world = fakeCluster();
    world.answer({ 'GET r.test/v2/': failure('ECONNREFUSED') });
    const malformed = { ...pullSecret('c'), data: { '.dockerconfigjson': 'e3==' } };
    const report = await world.verify([
      pullSecret('a'),
      pullSecret('b'),
      malformed,
      pullSecret('d'),
      deployment('web', [IMAGE], { secrets: ['a'] }),
      deployment('odd', ['r.test/App'], { secrets: ['b'] }),
      deployment('broken', ['q.test/app:1'], { secrets: ['c', 'd'] }),
    ]);
    expect(report.images.map(({ status }) => status)).toEqual([
      'unreachable',
      'invalid-name',
      'unreachable',
    ]);
    expect(report.warnings).toEqual([]);
  });

  test('is not one of a namespace that has no pod', async () => {
    const pod = deployment('web', [IMAGE], { secrets: ['a'] });
    const others = [pullSecret('a', {}, 'infra'), pullSecret('b', {}, 'tools')];
    expect(await warningsOf(pullSecret('a'), pod, ...others)).toEqual([]);
    const here = [pullSecret('b'), pullSecret('c', {}, '')];
    const warnings = await warningsOf(pullSecret('a'), pod, ...others, ...here);
    expect(warnings.map(({ message }) => message)).toEqual([
      'no pod uses the pull secret shop/b',
      'no pod uses the pull secret c',
    ]);
  });

  test('is no matter where there is no pod', async () => {
    expect(await warningsOf(pullSecret('a'))).toEqual([]);
  });
});

describe('What else is odd', () => {
  test('about secrets of one name is told once, and the last of them is used', async () => {
    const world = fakeCluster();
    const report = await world.verify([
      pullSecret('a', { 'r.test': 'u:old' }),
      pullSecret('a'),
      deployment('web', [IMAGE], { secrets: ['a'] }),
      deployment('api', [IMAGE], { secrets: ['a'] }),
      deployment('other', [IMAGE], { namespace: 'other', secrets: ['a'] }),
    ]);
    expect(report.images.map(({ status }) => status)).toEqual(['pullable', 'refused']);
    expect(report.warnings.map(({ message }) => message)).toEqual([
      'namespace shop: several secrets are named "a"; the last is used',
      'a pod names the pull secret other/a, which is not there, but in shop, shop',
    ]);
  });

  test('about an entry without a name is told of the object that has the list', async () => {
    const warnings = await warningsOf(
      serviceAccount('default', ['']),
      deployment('web', [IMAGE], { secrets: [{}] }),
      deployment('api', [IMAGE]),
    );
    expect(warnings).toEqual(
      ['Deployment shop/web', 'ServiceAccount shop/default'].map((who) => ({
        code: 'manifest',
        message: `${who}: an entry of imagePullSecrets has no name`,
      })),
    );
  });
});
