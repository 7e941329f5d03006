// What YAML 1.1 takes for a boolean or a number, where the API server decodes a text (k8s.io/apimachinery v0.37.2
// pkg/runtime/serializer refuses each of them: "json: cannot unmarshal bool into Go struct field …").

import { describe, expect, test } from '@jest/globals';
import type { FieldPath } from '../../../../src/kubernetes/pod/field-path.ts';
import { onlyPod } from '../only-pod.ts';

const pod = (metadata: string, more = ''): string =>
  `kind: Pod\nmetadata: { ${metadata} }\nspec: { ${more}containers: [{ name: a, image: x }] }`;
const deployment = (metadata: string, more = ''): string =>
  `kind: Deployment\nspec: { template: { metadata: { ${metadata} }, spec: { ${more}containers: [{ image: x }] } } }`;
const TEMPLATE = ['spec', 'template'];

describe('The API server refuses a pod with', () => {
  test.each<[string, string, FieldPath, string]>([
    ['a name', pod('name: n'), ['metadata', 'name'], 'must be a string'],
    ['a namespace', pod('namespace: 0x1F'), ['metadata', 'namespace'], 'must be a string'],
    [
      'a generated name',
      pod('generateName: 1_0'),
      ['metadata', 'generateName'],
      'must be a string',
    ],
    ['a label', pod('labels: { a: yes }'), ['metadata', 'labels'], 'must be a map of strings'],
    [
      'annotations',
      pod('annotations: off'),
      ['metadata', 'annotations'],
      'must be a map of strings',
    ],
    [
      'a service account',
      pod('name: a', 'serviceAccountName: off, '),
      ['spec', 'serviceAccountName'],
      'must be a string',
    ],
    [
      'a service account by its old name',
      pod('name: a', 'serviceAccount: 0b1, '),
      ['spec', 'serviceAccount'],
      'must be a string',
    ],
    [
      "a container's name",
      'kind: Pod\nspec: { containers: [{ name: on, image: x }] }',
      ['spec', 'containers', 0, 'name'],
      'must be a string',
    ],
    [
      "a template's label",
      deployment('labels: { a: Yes }'),
      [...TEMPLATE, 'metadata', 'labels'],
      'must be a map of strings',
    ],
    [
      "a template's service account",
      deployment('', 'serviceAccountName: NO, '),
      [...TEMPLATE, 'spec', 'serviceAccountName'],
      'must be a string',
    ],
  ])('%s that is no text', async (_what, yaml, fieldPath, message) => {
    const { problems } = await onlyPod(yaml);
    expect(problems).toEqual([{ fieldPath, message, rejectedBy: 'api-server' }]);
  });

  test('several, of which the first is told', async () => {
    const { problems } = await onlyPod(pod('name: on, labels: { a: yes }'));
    expect(problems).toHaveLength(1);
  });
});

test.each([pod('name: "on", labels: { a: "yes" }'), pod('name: ~, labels: { a: ~ }')])(
  'What is a text, or null, is taken: %s',
  async (yaml) => {
    expect((await onlyPod(yaml)).problems).toEqual([]);
  },
);
