import { describe, expect, test } from '@jest/globals';

import type { FieldPath } from '../../../../src/kubernetes/pod/field-path.ts';
import { onlyPod } from '../only-pod.ts';

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
    expect(problems).toMatchObject([{ fieldPath: ['spec', 'containers', 1, 'image'] }]);
  });

  test('say their pull policies, where these are ones', async () => {
    const { images, problems } = await onlyPod(`
kind: Pod
spec:
  volumes: [{ name: v, image: { reference: a, pullPolicy: Never } }]
  initContainers: [{ name: i, image: b, imagePullPolicy: IfNotPresent }]
  containers:
    - { name: a, image: c, imagePullPolicy: '' }
    - { name: b, image: d, imagePullPolicy: always }
    - { name: c, image: e, imagePullPolicy: ${'canary'.repeat(3)} }
`);
    expect(images.map(({ pullPolicy }) => pullPolicy)).toEqual([
      'Never',
      'IfNotPresent',
      undefined,
      undefined,
      undefined,
    ]);
    const supported = 'supported values: "Always", "IfNotPresent", "Never"';
    expect(problems).toEqual([
      {
        fieldPath: ['spec', 'containers', 1, 'imagePullPolicy'],
        message: `Unsupported value: "always": ${supported}`,
        rejectedBy: 'api-server',
      },
      {
        fieldPath: ['spec', 'containers', 2, 'imagePullPolicy'],
        message: `Unsupported value: ${supported}`,
        rejectedBy: 'api-server',
      },
    ]);
  });

  test('have no white space around them in a pod, and no secret in what is said of it', async () => {
    const { images, problems } = await onlyPod(`
kind: Rollout
spec:
  template:
    spec: { containers: [{ image: ' u:canary@r.test/a' }, { image: "a\\u0085" }, { image: "\\ufeffa" }] }
`);
    expect(images).toHaveLength(3);
    const words = 'must not have leading or trailing whitespace';
    expect(problems).toMatchObject([
      { message: expect.stringMatching(words), rejectedBy: 'api-server' },
      { message: String.raw`Invalid value: "a\u0085": ${words}` },
    ]);
    expect(JSON.stringify(problems)).not.toContain('canary');
  });

  test('leave out what something may yet fill in', async () => {
    const { images, problems } = await onlyPod(`
apiVersion: serving.knative.dev/v1
kind: Revision
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
    ['no spec', 'kind: Pod', ['spec', 'containers'], 'Required value'],
    ['a spec of null', 'kind: Pod\nspec:', ['spec', 'containers'], 'Required value'],
    ['a spec that is a list', 'kind: Pod\nspec: []', ['spec'], 'must be an object'],
    [
      'no template',
      'kind: Deployment\nspec: {}',
      ['spec', 'template', 'spec', 'containers'],
      'Required value',
    ],
    [
      'no image',
      'kind: Pod\nspec: { containers: [{}] }',
      ['spec', 'containers', 0, 'image'],
      'Required value',
    ],
    [
      'no reference',
      'kind: Pod\nspec: { containers: [{ image: x }], volumes: [{}, { image: {} }] }',
      ['spec', 'volumes', 1, 'image', 'reference'],
      'Required value',
    ],
    [
      'a pull policy that is a boolean',
      'kind: Pod\nspec: { containers: [{ image: x, imagePullPolicy: false }] }',
      ['spec', 'containers', 0, 'imagePullPolicy'],
      'must be a string',
    ],
    [
      'ephemeral containers in a template',
      'kind: Job\nspec: { template: { spec: { containers: [{ image: x }], ephemeralContainers: [{ image: x }] } } }',
      ['spec', 'template', 'spec', 'ephemeralContainers'],
      'Forbidden: ephemeral containers not allowed in pod template',
    ],
    [
      'a template that is a text',
      'kind: Job\nspec: { template: canary }',
      ['spec', 'template'],
      'must be an object',
    ],
    [
      'no list of containers',
      'kind: Pod\nspec: { container: [] }',
      ['spec', 'containers'],
      'Required value',
    ],
    [
      'no containers',
      'kind: Pod\nspec: { containers: [] }',
      ['spec', 'containers'],
      'Required value',
    ],
    [
      'containers that are an object',
      'kind: Pod\nspec: { containers: { image: canary } }',
      ['spec', 'containers'],
      'must be a list',
    ],
    [
      'an entry without anything',
      'kind: Pod\nspec: { containers: [null] }',
      ['spec', 'containers', 0, 'image'],
      'Required value',
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
      'kind: Pod\nspec: { containers: [{ image: x }], volumes: [{ image: canary }] }',
      ['spec', 'volumes', 0, 'image'],
      'must be an object',
    ],
    [
      'a reference that is a number',
      'kind: Pod\nspec: { containers: [{ image: x }], volumes: [{ image: { reference: 1 } }] }',
      ['spec', 'volumes', 0, 'image', 'reference'],
      'must be a string',
    ],
    [
      'a namespace that is a number',
      'kind: Pod\nmetadata: { namespace: 1 }\nspec: { containers: [{ image: x }] }',
      ['metadata', 'namespace'],
      'must be a string',
    ],
    [
      'metadata that are a list',
      'kind: Pod\nmetadata: []\nspec: { containers: [{ image: x }] }',
      ['metadata'],
      'must be an object',
    ],
  ])('%s', async (_what, yaml, fieldPath, message) => {
    const { problems } = await onlyPod(yaml);
    expect(problems).toEqual([{ fieldPath, message, rejectedBy: 'api-server' }]);
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
      'metadata.name',
      'spec.template.spec.volumes',
      'spec.template.spec.initContainers',
      'spec.template.spec.containers.0',
      'spec.template.spec.containers.1.name',
    ]);
  });
});
