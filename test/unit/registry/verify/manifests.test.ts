import { describe, expect, test } from '@jest/globals';
import { parseManifests, type PullSecret } from '../../../../src/index.ts';
import { deployment, fakeCluster, pullSecret, serviceAccount } from './fake-cluster.ts';

const IMAGE = 'r.test/team/app:1';

describe('Kubernetes objects', () => {
  test('of one text may be of any kind, and their pods are verified with their own secrets', async () => {
    const world = fakeCluster({ 'r.test': {}, 'docker.io': { isPublic: true } });
    const secret = JSON.stringify(pullSecret('regcred', { 'r.test': 'u:p' }, 'shop'));
    const objects = await parseManifests(`
apiVersion: v1
kind: List
items:
  - { apiVersion: v1, kind: Namespace, metadata: { name: shop } }
  - ${secret}
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web, namespace: shop }
    spec:
      template:
        spec:
          imagePullSecrets: [{ name: regcred }]
          initContainers: [{ name: migrate, image: r.test/team/db:1 }]
          containers: [{ name: web, image: r.test/team/app:1 }, { name: later }]
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly, namespace: shop }
spec:
  jobTemplate:
    spec:
      template:
        spec:
          serviceAccountName: builder
          containers: [{ name: job, image: r.test/team/job:1 }]
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: builder, namespace: shop }
imagePullSecrets: [{ name: regcred }]
---
apiVersion: v1
kind: Pod
metadata: { name: debug, namespace: shop }
spec: { containers: [{ name: nginx, image: nginx:1 }] }
`);
    const report = await world.verify(objects);
    const found = report.images.map(({ image, status, usedBy }) => {
      const [{ kind, namespace, name, part } = { kind: '' }] = usedBy;
      return `${image} ${status}: ${kind} ${namespace}/${name}, ${part}`;
    });
    expect(found).toEqual([
      'r.test/team/db:1 pullable: Deployment shop/web, init container migrate',
      'r.test/team/app:1 pullable: Deployment shop/web, container web',
      'r.test/team/job:1 pullable: CronJob shop/nightly, container job',
      'nginx:1 pullable: Pod shop/debug, container nginx',
    ]);
    expect(report).toMatchObject({ ok: true, warnings: [] });
  });

  test('may be of a typed list, and of classes', async () => {
    class V1Deployment {
      readonly kind = 'Deployment';
      readonly metadata = { name: 'web' };
      readonly spec = { template: { spec: { containers: [{ name: 'c', image: IMAGE }] } } };
    }
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const { spec } = new V1Deployment();
    const list = {
      kind: 'DeploymentList',
      apiVersion: 'apps/v1',
      items: [null, { metadata: { name: 'api' }, spec }],
    };
    const image = await world.verifyOne([new V1Deployment(), list]);
    expect(image.usedBy).toMatchObject([
      { kind: 'Deployment', namespace: 'default', name: 'web' },
      { kind: 'Deployment', namespace: 'default', name: 'api' },
    ]);
  });

  test('without a pod mean that there is nothing to verify', async () => {
    const world = fakeCluster();
    const report = await world.verify([pullSecret('a'), serviceAccount('default')]);
    expect(report).toEqual({ ok: true, images: [], warnings: [], registries: [] });
    expect(world.asked()).toEqual([]);
  });

  test('that are malformed are told, and the rest is verified', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const pods = [
      {
        kind: 'Deployment',
        metadata: { name: 'a' },
        spec: { template: { spec: { containers: 5 } } },
      },
      { kind: 'Pod', metadata: null, spec: null },
      {
        kind: 'Pod',
        metadata: { name: 'b', namespace: 7 },
        spec: { containers: [{ image: IMAGE }] },
      },
      deployment('c', [IMAGE], { secrets: 'regcred' }),
      deployment('d', [IMAGE], { secrets: [['regcred']] }),
      deployment('e', [IMAGE]),
    ];
    const report = await world.verify(pods);
    expect(report.images).toHaveLength(1);
    expect(report.images[0]?.usedBy.map(({ name }) => name)).toEqual(['b', 'c', 'd', 'e']);
    expect(report.warnings).toEqual(
      [
        'Deployment default/a: spec.template.spec.containers must be a list',
        'Pod default/: spec is missing',
        'Pod default/b: metadata.namespace must be a string',
        'Deployment shop/c: spec.imagePullSecrets must be a list of objects with a name',
        'Deployment shop/d: spec.imagePullSecrets[0] must be an object with a name, such as {name: regcred}',
      ].map((message) => ({ code: 'manifest', message })),
    );
  });
});

describe('The namespace that is given', () => {
  test('is that of objects that name none', async () => {
    const world = fakeCluster();
    const objects = [
      deployment('web', [IMAGE], { namespace: '', account: 'builder' }),
      deployment('elsewhere', [IMAGE], { namespace: 'other', secrets: ['a'] }),
      serviceAccount('builder', ['a'], ''),
      { ...pullSecret('a', undefined, ''), metadata: { name: 'a', namespace: undefined } },
    ];
    const report = await world.verify(objects, { namespace: 'shop' });
    expect(report.images).toMatchObject([
      { status: 'pullable', usedBy: [{ namespace: 'shop' }] },
      { status: 'refused', usedBy: [{ namespace: 'other' }] },
    ]);
    expect(report.images[0]?.accepted?.source).toMatchObject({ namespace: 'shop', name: 'a' });
    expect(report.warnings).toMatchObject([{ code: 'pull-secret-other-namespace' }]);
  });

  test('is default for pods, and any for secrets, when it is not given', async () => {
    const world = fakeCluster();
    const report = await world.verify([
      deployment('web', [IMAGE], { namespace: '', secrets: ['a'] }),
      deployment('web', [IMAGE], { namespace: 'other', secrets: ['a'] }),
      pullSecret('a', undefined, ''),
    ]);
    expect(report).toMatchObject({
      ok: true,
      images: [{ usedBy: [{ namespace: 'default' }, { namespace: 'other' }] }],
      warnings: [],
    });
  });

  test('is given to what has no metadata', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const pod = { kind: 'Pod', spec: { containers: [{ name: 'c', image: IMAGE }] } };
    const { usedBy } = await world.verifyOne([pod], { namespace: 'shop' });
    expect(usedBy).toMatchObject([{ namespace: 'shop', name: '' }]);
  });
});

test('A secret is only ever tried for the pods that name it', async () => {
  const world = fakeCluster({ 'r.test': { users: { u: 'p', v: 'q' } } });
  const secrets: PullSecret[] = [pullSecret('a'), pullSecret('b', { 'r.test': 'v:q' })];
  await world.verify([
    ...secrets,
    deployment('one', ['r.test/one:1'], { secrets: ['a'] }),
    deployment('two', ['r.test/two:1'], { secrets: ['b'] }),
    deployment('none', ['r.test/three:1'], { secrets: ['c'] }),
  ]);
  expect(
    world
      .asked()
      .filter((line) => line.includes(' auth'))
      .toSorted(),
  ).toEqual([
    'GET auth.r.test/token [repository:three:pull]',
    'POST auth.r.test/token [repository:one:pull] u:p',
    'POST auth.r.test/token [repository:two:pull] v:q',
  ]);
});
