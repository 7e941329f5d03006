import { readFile, writeFile } from 'node:fs/promises';
import type { Answer, Vector } from './cases.ts';
import { difference } from './compare.ts';
import { generateCase } from './generate.ts';
import type { Kubelet } from './kubelet.ts';
import { answerByLibrary } from './library.ts';

/** The generated cases, and those of the upstream packages' own tests. */
export type VectorFile = 'generated' | 'upstream';

const SEED = 20_261_123;
const CASE_COUNT = 5500;
/** Long cases say little more than short ones, and are kept for ever. */
const MAX_LINE_LENGTH = 1800;

/** Vectors with the kubelet's answers, as committed. */
export async function readVectors(file: VectorFile): Promise<Vector[]> {
  const text = await readFile(path(file), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Vector);
}

/** Writes generated cases with the kubelet's answers; the same ones every time. */
export async function recordVectors(kubelet: Kubelet): Promise<void> {
  const cases = Array.from({ length: CASE_COUNT }, (_, index) => generateCase(SEED, index));
  const answers = await kubelet.ask(cases);
  const lines = cases
    .map((question, index) => JSON.stringify({ case: question, answer: answers[index] }))
    .filter((line) => line.length <= MAX_LINE_LENGTH);
  await writeFile(path('generated'), `${lines.join('\n')}\n`);
}

/** Where the library's answers are not the recorded ones. */
export async function libraryDifferences(vectors: readonly Vector[]): Promise<string[]> {
  const answers = await Promise.all(vectors.map((vector) => answerByLibrary(vector.case)));
  return vectors.flatMap((vector, index) => {
    const found = difference(vector.case, vector.answer, answers[index] ?? {});
    return found === undefined ? [] : [`${JSON.stringify(vector.case)}: ${found}`];
  });
}

/** Where the kubelet's answers are not the recorded ones. */
export async function kubeletDifferences(
  kubelet: Kubelet,
  vectors: readonly Vector[],
): Promise<string[]> {
  const answers = await kubelet.ask(vectors.map((vector) => vector.case));
  return vectors.flatMap((vector, index) =>
    comparable(vector.answer) === comparable(answers[index] ?? {})
      ? []
      : [JSON.stringify(vector.case)],
  );
}

/** Go's maps have no order, and so neither have credentials whose keys are the same. */
function comparable({ message: _message, credentials, ...answer }: Answer): string {
  const list = credentials?.map((credential) => JSON.stringify(credential)).toSorted();
  return JSON.stringify([answer, list]);
}

function path(file: VectorFile): URL {
  return new URL(`vectors/${file}.jsonl`, import.meta.url);
}
