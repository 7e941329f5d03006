import { describe, expect, test } from '@jest/globals';

import type { FieldPath } from '../../../src/kubernetes/field-path.ts';
import { onlyPod } from './only-pod.ts';

function at(object: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], object);
}

describe('The images of a pod', () => {
  test('are those of all its parts, as they are written', async () => {
    const { images, problems, object } = await onlyPod(`
kind: Pod
spec:
  volumes:
    - { name: model, image: { reference: quay.io/model, pullPolicy: Always } }
    - { name: scratch, emptyDir: {} }
    - { image: { reference: quay.io/nameless } }
  ephemeralContainers: [{ name: debug, image: busybox }]
  containers:
    - { name: web, image: quay.io/web }
    - { image: ' quay.io/web ' }
    - { name: '', image: quay.io/web }
  initContainers: [{ name: migrate, image: quay.io/web }]
`);
    expect(images.map(({ part, image }) => [part, image])).toEqual([
      ['volume model', 'quay.io/model'],
      ['volume #3', 'quay.io/nameless'],
      ['ephemeral container debug', 'busybox'],
      ['init container migrate', 'quay.io/web'],
      ['container web', 'quay.io/web'],
      ['container #2', ' quay.io/web '],
      ['container #3', 'quay.io/web'],
    ]);
    expect(images[1]?.fieldPath).toEqual(['spec', 'volumes', 2, 'image', 'reference']);
    for (const { image, fieldPath } of images) expect(at(object, fieldPath)).toBe(image);
    expect(problems).toEqual([]);
  });

  test('leave out what something may yet fill in', async () => {
    const { images, problems } = await onlyPod(`
kind: Pod
spec:
  initContainers: null
  containers: [{ name: a }, { name: b, image: '' }, { name: c, image: null }]
  volumes: [{ name: d, image: null }, { name: e, image: {} }, { name: f, image: { reference: '' } }]
`);
    expect(images).toEqual([]);
    expect(problems).toEqual([]);
  });
});

describe('A wrong shape is told, and hides nothing else:', () => {
  test.each<[string, string, FieldPath, string]>([
    ['no spec', 'kind: Pod', ['spec'], 'is missing'],
    ['a spec of null', 'kind: Pod\nspec:', ['spec'], 'is missing'],
    ['a spec that is a list', 'kind: Pod\nspec: []', ['spec'], 'must be an object'],
    ['no template', 'kind: Deployment\nspec: {}', ['spec', 'template'], 'is missing'],
    [
      'a template that is a text',
      'kind: Job\nspec: { template: canary }',
      ['spec', 'template'],
      'must be an object',
    ],
    ['no containers', 'kind: Pod\nspec: { container: [] }', ['spec', 'containers'], 'is missing'],
    [
      'containers that are an object',
      'kind: Pod\nspec: { containers: { image: canary } }',
      ['spec', 'containers'],
      'must be a list',
    ],
    [
      'an entry without anything',
      'kind: Pod\nspec: { containers: [null] }',
      ['spec', 'containers', 0],
      'must be an object',
    ],
    [
      'an entry that is a text',
      'kind: Pod\nspec: { containers: [canary] }',
      ['spec', 'containers', 0],
      'must be an object',
    ],
    [
      'an image that is a number',
      'kind: Pod\nspec: { containers: [{ image: 1.25 }] }',
      ['spec', 'containers', 0, 'image'],
      'must be a string',
    ],
    [
      'an image that is an object',
      'kind: Pod\nspec: { containers: [{ image: {} }] }',
      ['spec', 'containers', 0, 'image'],
      'must be a string',
    ],
    [
      'an image volume that is a text',
      'kind: Pod\nspec: { containers: [], volumes: [{ image: canary }] }',
      ['spec', 'volumes', 0, 'image'],
      'must be an object',
    ],
    [
      'a reference that is a number',
      'kind: Pod\nspec: { containers: [], volumes: [{ image: { reference: 1 } }] }',
      ['spec', 'volumes', 0, 'image', 'reference'],
      'must be a string',
    ],
    [
      'a namespace that is a number',
      'kind: Pod\nmetadata: { namespace: 1 }\nspec: { containers: [] }',
      ['metadata', 'namespace'],
      'must be a string',
    ],
    [
      'metadata that are a list',
      'kind: Pod\nmetadata: []\nspec: { containers: [] }',
      ['metadata'],
      'must be an object',
    ],
  ])('%s', async (_what, yaml, fieldPath, message) => {
    const { images, problems } = await onlyPod(yaml);
    expect(images).toEqual([]);
    expect(problems).toEqual([{ fieldPath, message }]);
  });

  test('several at once', async () => {
    const { images, problems } = await onlyPod(`
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: 5 }
spec:
  template:
    spec: { initContainers: none, containers: [null, { name: [], image: quay.io/web }], volumes: 7 }
`);
    expect(images.map(({ part }) => part)).toEqual(['container #2']);
    expect(problems.map(({ fieldPath }) => fieldPath.join('.'))).toEqual([
      'spec.template.spec.volumes',
      'spec.template.spec.initContainers',
      'spec.template.spec.containers.0',
    ]);
  });
});
