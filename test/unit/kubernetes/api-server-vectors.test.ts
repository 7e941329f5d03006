import { expect, test } from '@jest/globals';

import {
  readSecretVectors,
  secretDifference,
  secretOf,
} from '../../conformance/secrets/vectors.ts';

test('Secrets are judged as by kube-apiserver v1.37.2, in its words, as its recorded answers say', async () => {
  const vectors = await readSecretVectors();
  expect(vectors.length).toBeGreaterThan(400);
  const differing = vectors.flatMap((vector) => {
    const difference = secretDifference(secretOf(vector), vector.answer);
    return difference === undefined ? [] : [{ title: vector.title, ...difference }];
  });
  expect(differing).toEqual([]);
});
