import { randomInt } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parsePluginConfig } from '../../src/providers/exec/config/plugin-config.ts';
import { readPluginConfig } from '../../src/providers/exec/config/read-plugin-config.ts';
import { nodeSystem } from '../../src/system/node-system.ts';
import { differenceOf } from './plugin-config/compare-answers.ts';
import { generateConfig } from './plugin-config/generate-config.ts';
import { answerOf, askJudge, buildJudge } from './plugin-config/plugin-config-judge.ts';
import { writeOrdinaryDocument } from './ordinary-document.ts';
import { writeDocument } from './plugin-config/write-document.ts';
import { readVectors, recordVectors, VECTOR_PATH } from './plugin-config/vectors.ts';
import { Random } from './random.ts';

const BUILD_TIMEOUT_MS = 30 * 60_000;
const RUN_TIMEOUT_MS = 30 * 60_000;
const DEFAULT_CASES = 12_000;
const SHOWN_DIFFERENCES = 12;
/** Of generated documents, many of which are hostile. */
const MAX_KNOWN_SHARE = 0.05;

const { CONFORMANCE_SEED, CONFORMANCE_CASES, CONFORMANCE_CASE, CONFORMANCE_RECORD } = process.env;
/** Recording must give the same vectors each time. */
const RECORD_SEED = 5;
const RECORD_CASES = 20_000;
/** Hostile documents can always be read in another way by another reader: a search for more is started by hand. */
const HOSTILE_SEED = 20_261_127;

let directory: string;
let judge: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'docker-keyring-plugin-config-'));
  judge = await buildJudge(directory);
}, BUILD_TIMEOUT_MS);

afterAll(() => rm(directory, { recursive: true, force: true }));

test(
  'configurations as people and programs write them are all read as by the kubelet, in its words where they are about its rules',
  async () => {
    const seed = Number(CONFORMANCE_SEED ?? randomInt(2 ** 31));
    expect(await differences(seed, generateOrdinary, false)).toEqual([]);
  },
  RUN_TIMEOUT_MS,
);

test(
  'hostile documents are accepted, read and refused as by the kubelet',
  async () => {
    const seed = Number(CONFORMANCE_SEED ?? HOSTILE_SEED);
    expect(await differences(seed, generate, true)).toEqual([]);
  },
  RUN_TIMEOUT_MS,
);

async function differences(
  seed: number,
  generateOne: (seed: number, index: number) => Buffer,
  permitsKnown: boolean,
): Promise<string[]> {
  const count = CONFORMANCE_CASE === undefined ? Number(CONFORMANCE_CASES ?? DEFAULT_CASES) : 1;
  const first = Number(CONFORMANCE_CASE ?? 0);
  const path = join(directory, 'config.yaml');
  const documents = Array.from({ length: count }, (_, at) => generateOne(seed, first + at));
  const questions = documents.map((document) => ({ path, document: document.toString('base64') }));
  const answers = await askJudge(judge, questions);
  const ours = await Promise.all(
    documents.map((document) => answerOf(() => parsePluginConfig(document, path))),
  );
  const all = questions.map((question, at) =>
    differenceOf(question, answers[at] ?? {}, ours[at] ?? {}),
  );
  const isKnown = (reason: string | undefined): boolean => permitsKnown && reason !== undefined;
  const known = all.filter((difference) => isKnown(difference?.reason)).length;
  const unknown = all.flatMap((difference, at) => {
    if (difference === undefined || isKnown(difference.reason)) return [];
    const answer = answers[at] ?? {};
    const library = ours[at] ?? {};
    const document = JSON.stringify(documents[at]?.toString('utf8'));
    return [
      `case ${first + at} of seed ${seed}: ${difference.what}\n${document}\nkubelet: ${JSON.stringify(answer)}\nlibrary: ${JSON.stringify(library)}\n`,
    ];
  });
  const accepted = answers.filter(({ providers }) => providers !== undefined).length;
  const invalid = answers.filter(({ validationError }) => validationError !== undefined).length;
  process.stdout.write(
    `CONFORMANCE_SEED=${seed}: ${count} documents, ${accepted} accepted, ${invalid} invalid, ${count - accepted - invalid} unreadable, ${known} known differences, ${unknown.length} others\n`,
  );
  expect(known / count).toBeLessThan(MAX_KNOWN_SHARE);
  return unknown.slice(0, SHOWN_DIFFERENCES);
}

function generate(seed: number, index: number): Buffer {
  const random = new Random(seed, index);
  return writeDocument(random, generateConfig(random));
}

function generateOrdinary(seed: number, index: number): Buffer {
  const random = new Random(seed, index);
  return writeOrdinaryDocument(random, generateConfig(random));
}

function ask(documents: readonly Buffer[]): ReturnType<typeof askJudge> {
  const questions = documents.map((bytes) => bytes.toString('base64'));
  return askJudge(
    judge,
    questions.map((document) => ({ path: VECTOR_PATH, document })),
  );
}

test(
  "the committed vectors are the kubelet's answers",
  async () => {
    if (CONFORMANCE_RECORD === '1') {
      const generated = Array.from({ length: RECORD_CASES }, (_, at) => generate(RECORD_SEED, at));
      await recordVectors(generated, ask);
    }
    const vectors = await readVectors();
    const answers = await ask(vectors.map((vector) => Buffer.from(vector.document, 'base64')));
    expect(answers).toEqual(vectors.map(({ answer }) => answer));
  },
  RUN_TIMEOUT_MS,
);

function configOf(...names: readonly string[]): string {
  const providers = names.map((name) => ({
    name,
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    matchImages: ['gcr.io'],
    defaultCacheDuration: '1h',
  }));
  return JSON.stringify({
    kind: 'CredentialProviderConfig',
    apiVersion: 'kubelet.config.k8s.io/v1',
    providers,
  });
}

async function compareDirectory(
  name: string,
  files: Readonly<Record<string, string | null>>,
  links: Readonly<Record<string, string>> = {},
): Promise<{ difference: string | undefined; accepted: boolean }> {
  const path = join(directory, name);
  await mkdir(path);
  await Promise.all(
    Object.entries(files).map(([file, content]) =>
      content === null ? mkdir(join(path, file)) : writeFile(join(path, file), content),
    ),
  );
  await Promise.all(
    Object.entries(links).map(([link, target]) => symlink(target, join(path, link))),
  );
  const [answer = {}] = await askJudge(judge, [{ path }]);
  const library = await answerOf(async () => (await readPluginConfig(nodeSystem, path)).config);
  const isJudged = answer.providers !== undefined || library.providers !== undefined;
  const difference = isJudged ? differenceOf({ path }, answer, library)?.what : undefined;
  return { difference, accepted: answer.providers !== undefined };
}

test('directories are read as by the kubelet: which files, in which order, links and names', async () => {
  const results = [
    await compareDirectory('order', {
      'b.json': configOf('b'),
      'a.yaml': configOf('a'),
      'a-b.yml': configOf('ab'),
      'B.yaml': configOf('B'),
      '.yaml': configOf('dot'),
      'é.yaml': configOf('e'),
      'x.yaml.bak': 'garbage',
      'x.YAML': 'garbage',
      yaml: 'garbage',
      'below.yaml': null,
    }),
    await compareDirectory(
      'linked',
      { 'a.yaml': configOf('a'), target: configOf('b') },
      { 'b.yaml': 'target' },
    ),
    await compareDirectory(
      'linked-directory',
      { 'a.yaml': configOf('a'), below: null },
      { 'b.yaml': 'below' },
    ),
    await compareDirectory('dangling', { 'a.yaml': configOf('a') }, { 'b.yaml': 'nowhere' }),
    await compareDirectory('doubled', { 'a.yaml': configOf('a'), 'b.yaml': configOf('a') }),
    await compareDirectory('empty-file', { 'a.yaml': configOf('a'), 'b.yaml': '' }),
    await compareDirectory('no-provider', { 'a.yaml': configOf(), 'b.yaml': configOf('b') }),
    await compareDirectory('empty', {}),
  ];
  expect(results.map(({ difference }) => difference)).toEqual(results.map(() => undefined));
  expect(results.map(({ accepted }) => accepted)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    true,
    false,
  ]);
});
