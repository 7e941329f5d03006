import { expect, test } from '@jest/globals';
import { parsePluginConfig } from '../../../../../src/providers/exec/config/plugin-config.ts';
import { differenceOf } from '../../../../conformance/plugin-config/compare-answers.ts';
import { answerOf } from '../../../../conformance/plugin-config/plugin-config-judge.ts';
import { readVectors, VECTOR_PATH } from '../../../../conformance/plugin-config/vectors.ts';

/** Of hostile documents; each kind has its reason in yaml-differences.ts. */
const KNOWN_DIFFERENCES = 6;

test("the kubelet's recorded answers are the library's", async () => {
  const vectors = await readVectors();
  expect(vectors.length).toBeGreaterThan(400);
  const checks = vectors.map(async ({ document, answer }) => {
    const bytes = Buffer.from(document, 'base64');
    const library = await answerOf(() => parsePluginConfig(bytes, VECTOR_PATH));
    const difference = differenceOf({ path: VECTOR_PATH, document }, answer, library);
    return difference === undefined
      ? []
      : [{ ...difference, document: bytes.toString(), answer, library }];
  });
  const differences = (await Promise.all(checks)).flat();
  expect(differences.filter(({ reason }) => reason === undefined)).toEqual([]);
  const accepted = differences.filter(({ what }) => what !== 'refused in other words');
  expect(accepted).toHaveLength(KNOWN_DIFFERENCES);
});
