import { expect, test } from '@jest/globals';
import { parsePluginConfig } from '../../../../../src/providers/exec/config/plugin-config.ts';
import { differenceOf } from '../../../../conformance/plugin-config/compare-answers.ts';
import { answerOf } from '../../../../conformance/plugin-config/plugin-config-judge.ts';
import { readVectors, VECTOR_PATH } from '../../../../conformance/plugin-config/vectors.ts';

test("the kubelet's recorded answers are the library's", async () => {
  const vectors = await readVectors();
  expect(vectors.length).toBeGreaterThan(400);
  const checks = vectors.map(async ({ document, answer }) => {
    const bytes = Buffer.from(document, 'base64');
    const library = await answerOf(() => parsePluginConfig(bytes, VECTOR_PATH));
    const difference = differenceOf({ path: VECTOR_PATH }, answer, library);
    return difference === undefined ? [] : [{ document: bytes.toString(), answer, library }];
  });
  expect((await Promise.all(checks)).flat()).toEqual([]);
});
