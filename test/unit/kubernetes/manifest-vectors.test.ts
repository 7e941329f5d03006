import { expect, test } from '@jest/globals';

import {
  manifestAnswerOf,
  manifestDifference,
} from '../../conformance/manifests/manifest-judge.ts';
import { readManifestVectors } from '../../conformance/manifests/vectors.ts';
import { casesOf } from '../fakes/amount.ts';

test("texts of manifests are read as kubectl's recorded answers say", async () => {
  const vectors = await readManifestVectors();
  expect(vectors.length).toBeGreaterThan(1000);
  const differing = casesOf(vectors, 5).flatMap(({ text, answer }) => {
    const bytes = Buffer.from(text, 'base64');
    const library = manifestAnswerOf(bytes);
    const difference = manifestDifference(answer, library);
    return difference === undefined
      ? []
      : [{ difference, text: bytes.toString(), answer, library }];
  });
  expect(differing).toEqual([]);
});
