import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer, Case, DirectoryCase, NodeCase } from './cases.ts';
import { difference } from './compare.ts';
import { generateCase } from './generate.ts';
import type { Kubelet } from './kubelet.ts';
import { answerByLibrary } from './library.ts';
import { describe, shrink } from './shrink.ts';
import type { Summary } from './summary.ts';

const BATCH_SIZE = 1000;
/** Of so many cases, one has its files on the disk, if it has files. */
const DISK_INTERVAL = 25;

/** What a run is about. */
export interface Run {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  readonly kubelet: Kubelet;
  /** For the files of the cases that have theirs on the disk. */
  readonly directory: string;
  readonly summary: Summary;
}

/** Runs the cases up to the first batch that has differences, and describes these. */
export async function runCases(run: Run): Promise<string[]> {
  const { first, count } = run;
  if (count <= 0) return [];
  const differences = await runBatch({ ...run, count: Math.min(count, BATCH_SIZE) });
  if (differences.length > 0) return differences;
  return runCases({ ...run, first: first + BATCH_SIZE, count: count - BATCH_SIZE });
}

async function runBatch(run: Run): Promise<string[]> {
  const root = join(run.directory, 'files');
  const cases = await Promise.all(
    Array.from({ length: run.count }, (_, offset) => makeCase(run, run.first + offset, root)),
  );
  const [answers, ours] = await Promise.all([
    run.kubelet.ask(cases),
    Promise.all(cases.map((question) => answerByLibrary(question))),
  ]);
  await rm(root, { recursive: true, force: true });
  const differing = cases.flatMap((question, offset) => {
    const answer = answers[offset] ?? {};
    run.summary.add(question, answer);
    const found = difference(question, answer, ours[offset] ?? {});
    return found === undefined ? [] : [{ question, found, index: run.first + offset }];
  });
  const [example] = differing;
  if (example === undefined) return [];
  return [
    ...differing.map(({ index, found }) => `case ${index} of seed ${run.seed}: ${found}`),
    await describeSmallest(run.kubelet, example.question),
  ];
}

/** The case of an index; of some, the files are written to the disk. */
async function makeCase({ seed }: Run, index: number, root: string): Promise<Case> {
  const question = generateCase(seed, index);
  if (question.kind !== 'lookup' || question.node === undefined || index % DISK_INTERVAL !== 0) {
    return question;
  }
  const node: NodeCase = { ...question.node, root: join(root, String(index)) };
  await writeNode(node);
  return { ...question, node };
}

async function writeNode({ dirs, root = '' }: NodeCase): Promise<void> {
  await Promise.all(
    dirs.map((directory, index) => writeDirectory(join(root, String(index)), directory)),
  );
}

async function writeDirectory(path: string, directory: DirectoryCase): Promise<void> {
  await mkdir(path, { recursive: true });
  await Promise.all(
    Object.entries(directory).map(([name, content]) =>
      content === null
        ? mkdir(join(path, name))
        : writeFile(join(path, name), Buffer.from(content, 'base64')),
    ),
  );
}

async function describeSmallest(kubelet: Kubelet, question: Case): Promise<string> {
  const smallest = await shrink(withoutRoot(question), async (smaller) => {
    return (await askBoth(kubelet, smaller)).found !== undefined;
  });
  const { answer, found } = await askBoth(kubelet, smallest);
  const shown = found ?? 'no difference when its files are not on the disk';
  return `smallest:\n${describe(smallest)}\n${shown}\nkubelet: ${JSON.stringify(answer)}`;
}

async function askBoth(
  kubelet: Kubelet,
  question: Case,
): Promise<{ answer: Answer; found: string | undefined }> {
  const [answer = {}] = await kubelet.ask([question]);
  return { answer, found: difference(question, answer, await answerByLibrary(question)) };
}

/** The disk's files are gone when a case is looked at again. */
function withoutRoot(question: Case): Case {
  if (question.kind !== 'lookup' || question.node === undefined) return question;
  return { ...question, node: { dirs: question.node.dirs } };
}
