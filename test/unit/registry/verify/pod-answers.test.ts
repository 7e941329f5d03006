// What a real API server says of pods, against what verify says of them. How its answers were recorded, and how to record
// more: test/unit/kubernetes/fixtures/record-pod-answers.mjs.

import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parseManifests } from '../../../../src/kubernetes/index.ts';
import { planOf } from '../../../../src/registry/verify/verify-targets.ts';
import { fakeCluster } from './fake-cluster.ts';

interface Answer {
  readonly code: number;
  readonly message?: string;
  readonly causes?: readonly string[];
}

interface Recorded {
  readonly title: string;
  readonly manifest: string;
  readonly answers: readonly Answer[];
  readonly notJudged?: string;
}

const FIXTURE = new URL('../../kubernetes/fixtures/pod-answers.json', import.meta.url);
const recorded = (JSON.parse(readFileSync(FIXTURE, 'utf8')) as Recorded[])
  .filter(({ notJudged }) => notJudged === undefined)
  .map((one) => [one.title, one] as const);

async function refusalsOf(manifest: string): Promise<string[]> {
  const { targets } = await planOf(
    await parseManifests(manifest),
    fakeCluster().keyring,
    undefined,
  );
  return [...new Set(targets.flatMap(({ refusals }) => refusals.map(({ message }) => message)))];
}

/** Names, labels and selectors are not judged. */
const IS_OF_IMAGES = /^spec\.(?:\w+\[\d+\]\.image\w*(?:\.\w+)?|containers|ephemeralContainers): /;

function ofPod(cause: string): string {
  return cause.replace(/^spec\.template\.spec\./, 'spec.');
}

/** What verify should say; `undefined` where Go's words for a field of a wrong type name its own types. */
function wordsOf(answers: readonly Answer[]): readonly string[] | undefined {
  const { code = 201, message = '', causes = [] } = answers.find((one) => one.code >= 400) ?? {};
  if (code === 201) return [];
  if (code === 422) return causes.map(ofPod).filter((cause) => IS_OF_IMAGES.test(cause));
  const [, words] = /(?:is forbidden|strict decoding error): (.*)$/.exec(message) ?? [];
  return words === undefined ? undefined : [words];
}

/** Admission ends at the first. */
function firstOnly(answers: readonly Answer[], words: readonly string[]): readonly string[] {
  return answers.some(({ code }) => code === 403) ? words.slice(0, 1) : words;
}

const [other, inWords] = [true, false].map((isOther) =>
  recorded.filter(([, { answers }]) => (wordsOf(answers) === undefined) === isOther),
) as [typeof recorded, typeof recorded];

describe('The API server and verify agree, in its words, about', () => {
  test.each(inWords)('%s', async (_title, { manifest, answers }) => {
    const refusals = firstOnly(answers, (await refusalsOf(manifest)).map(ofPod));
    expect(refusals.toSorted()).toEqual(wordsOf(answers)?.toSorted());
  });
});

describe('The API server and verify agree, in other words, about', () => {
  test.each(other)('%s', async (_title, { manifest }) => {
    expect(await refusalsOf(manifest)).toEqual([expect.stringContaining(' must be ')]);
  });
});
