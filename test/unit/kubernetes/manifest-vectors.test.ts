import { expect, test } from '@jest/globals';

import {
  manifestAnswerOf,
  manifestDifference,
} from '../../conformance/manifests/manifest-judge.ts';
import { readManifestVectors } from '../../conformance/manifests/vectors.ts';

/** Of hostile texts; each kind has its reason in yaml-differences.ts. */
const KNOWN_DIFFERENCES = 86;

test("texts of manifests are read as kubectl's recorded answers say", async () => {
  const vectors = await readManifestVectors();
  expect(vectors.length).toBeGreaterThan(1000);
  const checks = vectors.map(async ({ text, answer }) => {
    const bytes = Buffer.from(text, 'base64');
    const library = await manifestAnswerOf(bytes);
    const difference = manifestDifference(bytes, answer, library);
    return difference === undefined
      ? []
      : [{ ...difference, text: bytes.toString(), answer, library }];
  });
  const differences = (await Promise.all(checks)).flat();
  expect(differences.filter(({ reason }) => reason === undefined)).toEqual([]);
  expect(differences).toHaveLength(KNOWN_DIFFERENCES);
});
