import { describe, expect, test } from '@jest/globals';

import type { FieldPath } from '../../../../src/kubernetes/pod/field-path.ts';
import { podTemplates } from '../../../../src/kubernetes/pod/pod-templates.ts';
import { resolvePullSecrets } from '../../../../src/kubernetes/resolve-pull-secrets.ts';
import { onlyPod } from '../only-pod.ts';

const web = { containers: [{ name: 'web', image: 'quay.io/web' }] };
const inTemplate = { template: { spec: web } };

function namesOf(objects: readonly object[]): string[] {
  return podTemplates(objects).map(({ kind, name, images }) => {
    return `${kind} ${name}: ${images.map(({ image }) => image).join()}`;
  });
}

describe('podTemplates finds the pod of', () => {
  test.each<[string, string, Record<string, unknown>, FieldPath]>([
    ['v1', 'Pod', { spec: web }, ['spec']],
    ['v1', 'PodTemplate', inTemplate, ['template', 'spec']],
    ['v1', 'ReplicationController', { spec: inTemplate }, ['spec', 'template', 'spec']],
    ['apps/v1', 'Deployment', { spec: inTemplate }, ['spec', 'template', 'spec']],
    ['extensions/v1beta1', 'Deployment', { spec: inTemplate }, ['spec', 'template', 'spec']],
    ['apps/v1', 'StatefulSet', { spec: inTemplate }, ['spec', 'template', 'spec']],
    ['apps/v1', 'DaemonSet', { spec: inTemplate }, ['spec', 'template', 'spec']],
    ['apps/v1', 'ReplicaSet', { spec: inTemplate }, ['spec', 'template', 'spec']],
    ['batch/v1', 'Job', { spec: inTemplate }, ['spec', 'template', 'spec']],
    [
      'batch/v1',
      'CronJob',
      { spec: { jobTemplate: { spec: inTemplate } } },
      ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
    ],
    ['argoproj.io/v1alpha1', 'Rollout', { spec: inTemplate }, ['spec', 'template', 'spec']],
    ['serving.knative.dev/v1', 'Service', { spec: inTemplate }, ['spec', 'template', 'spec']],
    ['serving.knative.dev/v1', 'Revision', { spec: web }, ['spec']],
    [
      'apps.openshift.io/v1',
      'DeploymentConfig',
      { spec: inTemplate },
      ['spec', 'template', 'spec'],
    ],
    ['example.com/v1', 'Saved', inTemplate, ['template', 'spec']],
    [
      'example.com/v1',
      'Nightly',
      { spec: { jobTemplate: { spec: inTemplate } } },
      ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
    ],
  ])('a %s %s', (apiVersion, kind, body, path) => {
    const object = { apiVersion, kind, metadata: { namespace: 'shop', name: 'x' }, ...body };
    const [pod, ...others] = podTemplates([object]);
    expect(others).toEqual([]);
    expect(pod).toEqual({
      kind,
      namespace: 'shop',
      name: 'x',
      pod: { metadata: { namespace: 'shop', name: 'x' }, spec: web },
      images: [
        {
          image: 'quay.io/web',
          part: 'container web',
          fieldPath: [...path, 'containers', 0, 'image'],
        },
      ],
      problems: [],
      object,
    });
    expect(pod?.object).toBe(object);
  });

  test.each<[string, readonly object[], string[]]>([
    [
      'several objects, in their order',
      [{ spec: web }, { kind: 'Pod' }],
      ['Pod : quay.io/web', 'Pod : '],
    ],
    ['an object that does not say its kind', [{ spec: inTemplate }], ['workload : quay.io/web']],
    [
      'another kind with pods in two places',
      [{ kind: 'Two', spec: { ...web, ...inTemplate } }],
      ['Two : quay.io/web', 'Two : quay.io/web'],
    ],
    ['a list', [{ kind: 'List', items: [{ kind: 'Pod', spec: web }] }], ['Pod : quay.io/web']],
    [
      'a typed list',
      [{ kind: 'DeploymentList', apiVersion: 'apps/v1', items: [{ spec: inTemplate }] }],
      ['Deployment : quay.io/web'],
    ],
    [
      "a client's list",
      [{ kind: 'PodList', items: [{ kind: undefined, spec: web }] }],
      ['Pod : quay.io/web'],
    ],
    [
      'a name that is yet to be generated',
      [{ kind: 'Pod', metadata: { generateName: 'job-' } }],
      ['Pod job-: '],
    ],
  ])('%s', (_what, objects, expected) => {
    expect(namesOf(objects)).toEqual(expected);
  });

  test.each<[string, readonly object[]]>([
    ['objects without pods', [{ apiVersion: 'v1', kind: 'Service', spec: { ports: [] } }]],
    [
      "another API's kind of a name that is known",
      [{ apiVersion: 'batch.volcano.sh/v1alpha1', kind: 'Job', spec: { tasks: [] } }],
    ],
    ['names of containers', [{ kind: 'Policy', spec: { containers: ['web'] } }]],
    ['other kinds without containers', [{ kind: 'Policy', spec: { containers: [] } }]],
    ['nothing', []],
  ])('nobody in %s', (_what, objects) => {
    expect(podTemplates(objects)).toEqual([]);
  });

  test('an object whose API version and kind have any shape', () => {
    expect(namesOf([{ apiVersion: { toString: 1 }, kind: 7, spec: web }])).toEqual([
      'Pod : quay.io/web',
    ]);
  });
});

describe('The pod is one whose pull secrets can be found:', () => {
  const secret = { metadata: { namespace: 'shop', name: 'own' } };

  test("in the workload's namespace, not in one that its template names", async () => {
    const { namespace, pod } = await onlyPod(`
kind: Deployment
metadata: { namespace: shop }
spec:
  template:
    metadata: { namespace: other }
    spec: { containers: [], imagePullSecrets: [{ name: own }] }
`);
    expect(namespace).toBe('shop');
    expect(resolvePullSecrets({ pod, secrets: [secret] })).toMatchObject({
      namespace: 'shop',
      secrets: [secret],
    });
  });

  test.each([
    ['Pod', { spec: web }, 'none'],
    ['Deployment', { spec: inTemplate }, 'service-account'],
  ])('a %s that is annotated as a mirror has those of: %s', (kind, body, from) => {
    const annotations = { 'kubernetes.io/config.mirror': 'x' };
    const metadata = { namespace: '', annotations };
    const [template] = podTemplates([{ kind, metadata, ...body }]);
    const serviceAccount = { imagePullSecrets: [{ name: 'own' }] };
    const pod = template?.pod ?? {};
    expect(template?.namespace).toBeUndefined();
    expect(resolvePullSecrets({ pod, serviceAccount, secrets: [] }).from).toBe(from);
  });
});
