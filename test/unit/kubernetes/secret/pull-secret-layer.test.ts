import { expect, test } from '@jest/globals';
import { readPullSecretLayer } from '../../../../src/kubernetes/secret/pull-secret-layer.ts';

test('of a text, objects of other kinds are passed over', async () => {
  const text =
    'kind: Pod\n---\nkind: Secret\nmetadata: {name: a}\n---\nkind: SecretList\nitems: [{metadata: {name: b}}]';
  const { secrets } = await readPullSecretLayer([text], {
    tokens: false,
    malformed: 'reject',
    onProblem: (problem) => {
      throw problem;
    },
  });
  expect(secrets).toMatchObject([{ source: { name: 'a' } }, { source: { name: 'b' } }]);
});
