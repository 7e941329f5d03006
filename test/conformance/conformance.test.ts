import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Kubelet } from './kubelet.ts';
import { runCases } from './run.ts';
import { Summary } from './summary.ts';
import { kubeletDifferences, readVectors, recordVectors } from './vectors.ts';

// The first build compiles the kubelet's packages: minutes. Later ones come from Go's cache: seconds.
const BUILD_TIMEOUT_MS = 30 * 60_000;
const RUN_TIMEOUT_MS = 60 * 60_000;
const DEFAULT_CASES = 120_000;

const { CONFORMANCE_SEED, CONFORMANCE_CASES, CONFORMANCE_CASE, CONFORMANCE_RECORD } = process.env;

let directory: string;
let kubelet: Kubelet;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'docker-keyring-conformance-'));
  kubelet = await Kubelet.start(directory);
}, BUILD_TIMEOUT_MS);

afterAll(async () => {
  kubelet.stop();
  await rm(directory, { recursive: true, force: true });
});

test(
  "the library's answers to generated cases are the kubelet's",
  async () => {
    const seed = Number(CONFORMANCE_SEED ?? randomInt(2 ** 31));
    const count = Number(CONFORMANCE_CASES ?? DEFAULT_CASES);
    const summary = new Summary();
    const range =
      CONFORMANCE_CASE === undefined
        ? { first: 0, count }
        : { first: Number(CONFORMANCE_CASE), count: 1 };
    process.stdout.write(`CONFORMANCE_SEED=${seed} CONFORMANCE_CASES=${count}\n`);
    const differences = await runCases({ seed, ...range, kubelet, directory, summary });
    process.stdout.write(`${summary.toString()}\n`);
    expect(differences.join('\n')).toBe('');
  },
  RUN_TIMEOUT_MS,
);

test(
  "the committed vectors are the kubelet's answers",
  async () => {
    if (CONFORMANCE_RECORD === '1') await recordVectors(kubelet);
    const vectors = [...(await readVectors('generated')), ...(await readVectors('upstream'))];
    expect(await kubeletDifferences(kubelet, vectors)).toEqual([]);
  },
  RUN_TIMEOUT_MS,
);
