import { describe, expect, test } from '@jest/globals';
import { parseManifests, type PullSecret } from '../../../../src/kubernetes/index.ts';
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
          containers: [{ name: web, image: r.test/team/app:1 }]
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
      items: [{ metadata: { name: 'api' }, spec }],
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

  test('that the API server refuses are told, and the rest is verified', async () => {
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
    const found = report.images.map(({ image, status, message, usedBy }) => {
      const [{ kind, name, part } = { kind: '' }] = usedBy;
      return [`${kind} ${name}, ${part}: ${image}`, status, message];
    });
    const refusal = 'the API server refuses the pod:';
    expect(found).toEqual([
      [
        'Deployment a, pod: ',
        'pod-refused',
        `${refusal} spec.template.spec.containers: must be a list`,
      ],
      ['Pod , pod: ', 'pod-refused', `${refusal} spec.containers: Required value`],
      [
        `Pod b, container #1: ${IMAGE}`,
        'pod-refused',
        `${refusal} metadata.namespace: must be a string`,
      ],
      [
        `Deployment c, container c1: ${IMAGE}`,
        'pod-refused',
        `${refusal} spec.imagePullSecrets must be a list of objects with a name`,
      ],
      [
        `Deployment d, container c1: ${IMAGE}`,
        'pod-refused',
        `${refusal} spec.imagePullSecrets[0] must be an object with a name, such as {name: regcred}`,
      ],
      [
        `Deployment e, container c1: ${IMAGE}`,
        'pullable',
        'a node can pull it without credentials',
      ],
    ]);
    expect(report).toMatchObject({ ok: false, warnings: [], registries: [{ images: 1 }] });
  });

  test('of other APIs are odd where their pods have another shape', async () => {
    const rollout = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: { name: 'a' },
      spec: { template: { spec: { containers: [{ image: IMAGE }, {}], initContainers: 5 } } },
    };
    const report = await fakeCluster({ 'r.test': { isPublic: true } }).verify([rollout]);
    expect(report).toMatchObject({ ok: true, images: [{ image: IMAGE }] });
    const message = 'Rollout default/a: spec.template.spec.initContainers: must be a list';
    expect(report.warnings).toEqual([{ code: 'manifest', message }]);
  });

  test('that the API server refuses have all reasons, and what to do', async () => {
    const annotations = { 'kubernetes.io/enforce-mountable-secrets': 'true' };
    const account = {
      ...serviceAccount('default'),
      metadata: { name: 'default', namespace: 'shop', annotations },
    };
    const pod = deployment('web', [' u:canary@r.test/app', IMAGE], { secrets: ['a'] });
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const report = await world.verify([account, pod, pullSecret('a')]);
    const refusal = {
      status: 'pod-refused',
      message:
        'the API server refuses the pod: spec.template.spec.containers[0].image: Invalid value: "[redacted]@r.test/app": must not have leading or trailing whitespace; imagePullSecrets[0].name="a" is not allowed because service account default does not reference that imagePullSecret',
      hint: 'name it in imagePullSecrets of the service account too',
      candidates: [],
    };
    expect(report).toMatchObject({
      ok: false,
      images: [
        { image: '[redacted]@r.test/app', ...refusal },
        { image: IMAGE, registry: 'r.test', ...refusal },
      ],
      warnings: [],
    });
    expect(JSON.stringify(report)).not.toContain('canary');
    expect(world.asked()).toEqual([]);
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
