import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import {
  EDGE_TEXTS,
  generateManifest,
  generateOrdinaryManifest,
} from './manifests/generate-manifests.ts';
import {
  askManifestJudge,
  buildManifestJudge,
  manifestAnswerOf,
  manifestDifference,
  type ManifestAnswer,
} from './manifests/manifest-judge.ts';
import { readManifestVectors, recordManifestVectors } from './manifests/vectors.ts';
import { Random } from './random.ts';

const TIMEOUT_MS = 30 * 60_000;
const SHOWN_DIFFERENCES = 12;
const MAX_ASKED = 20;
/** Of generated texts, many of which are hostile. */
const MAX_KNOWN_SHARE = 0.05;
/** Recording must give the same vectors each time. */
const RECORD_SEED = 11;
const RECORD_CASES = 20_000;
/** Hostile texts can always be read in another way by another reader: a search for more is started by hand. */
const HOSTILE_SEED = 20_261_127;

const { CONFORMANCE_SEED, CONFORMANCE_CASES, CONFORMANCE_RECORD } = process.env;

let directory: string;
let judge: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'docker-keyring-manifests-'));
  judge = await buildManifestJudge(directory);
}, TIMEOUT_MS);

afterAll(() => rm(directory, { recursive: true, force: true }));

function generate(
  seed: number,
  count: number,
  generateOne: (random: Random) => Buffer = generateManifest,
): Buffer[] {
  return Array.from({ length: count }, (_, at) => generateOne(new Random(seed, at)));
}

async function differences(
  seed: number,
  texts: readonly Buffer[],
  permitsKnown: boolean,
): Promise<string[]> {
  const answers = await askManifestJudge(judge, texts);
  expect(answers).toHaveLength(texts.length);
  const refused = answers.filter(({ error }) => error !== undefined).length;
  process.stdout.write(
    `CONFORMANCE_SEED=${seed}: ${texts.length} texts of manifests, ${refused} refused by kubectl\n`,
  );
  const library = await Promise.all(texts.map(manifestAnswerOf));
  const differing = await differingTexts(texts, library, answers);
  const known = permitsKnown ? differing.filter(({ reason }) => reason !== undefined) : [];
  process.stdout.write(`${known.length} of them with a known difference\n`);
  expect(known.length / texts.length).toBeLessThan(MAX_KNOWN_SHARE);
  const unknown = differing.filter((one) => !known.includes(one));
  return unknown
    .slice(0, SHOWN_DIFFERENCES)
    .map(
      ({ text, difference, kubectl, ours }) =>
        `${difference}\n${JSON.stringify(text.toString('latin1'))}\nkubectl: ${JSON.stringify(kubectl)}\nlibrary: ${JSON.stringify(ours)}\n`,
    );
}

interface Differing {
  readonly text: Buffer;
  readonly difference: string;
  readonly reason: string | undefined;
  readonly kubectl: ManifestAnswer;
  readonly ours: ManifestAnswer;
}

/** Keys that become one (`1` and `"1"`, or NaN twice) come out of Go's maps in random order: asked again, it may agree. */
async function differingTexts(
  texts: readonly Buffer[],
  library: readonly ManifestAnswer[],
  answers: readonly ManifestAnswer[],
  asked = 1,
): Promise<Differing[]> {
  const differing = texts.flatMap((text, at) => {
    const kubectl = answers[at] ?? { documents: [] };
    const ours = library[at] ?? { documents: [] };
    const difference = manifestDifference(text, kubectl, ours);
    if (difference === undefined) return [];
    return [{ text, difference: difference.what, reason: difference.reason, kubectl, ours }];
  });
  if (differing.length === 0 || asked === MAX_ASKED) return differing;
  const again = differing.map(({ text }) => text);
  const ours = differing.map((one) => one.ours);
  return differingTexts(again, ours, await askManifestJudge(judge, again), asked + 1);
}

test(
  'manifests as people and programs write them are all read as by kubectl',
  async () => {
    const seed = Number(CONFORMANCE_SEED ?? randomInt(2 ** 31));
    const count = Number(CONFORMANCE_CASES ?? 12_000);
    const texts = generate(seed, count, generateOrdinaryManifest);
    expect(await differences(seed, texts, false)).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'hostile texts are taken apart, read and refused as by kubectl',
  async () => {
    const seed = Number(CONFORMANCE_SEED ?? HOSTILE_SEED);
    const texts = generate(seed, Number(CONFORMANCE_CASES ?? 12_000));
    const all = [...EDGE_TEXTS.map((text) => Buffer.from(text)), ...texts];
    expect(await differences(seed, all, true)).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "the committed vectors are kubectl's answers",
  async () => {
    if (CONFORMANCE_RECORD === '1') {
      const texts = generate(RECORD_SEED, RECORD_CASES);
      await recordManifestVectors(texts, (asked) => askManifestJudge(judge, asked));
    }
    const vectors = await readManifestVectors();
    const texts = vectors.map(({ text }) => Buffer.from(text, 'base64'));
    const recorded = vectors.map(({ answer }) => answer);
    const answers = await askManifestJudge(judge, texts);
    expect(await differingTexts(texts, recorded, answers)).toEqual([]);
  },
  TIMEOUT_MS,
);
