// Lookups and building beside the kubelet's own code. Both take turns in one run, since only the ratios mean anything on
// a machine that does other things too.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyring } from '../dist/index.js';
import { documentOf, IMAGES } from './corpus.mjs';
import { startKubelet } from './kubelet.mjs';

const SIZES = [10, 1000, 10_000, 100_000];
/** How many times as fast as the kubelet a lookup must be, by number of entries. */
const LOOKUP_GOALS = new Map([
  [10, 8],
  [1000, 600],
  [10_000, 6000],
  [100_000, 50_000],
]);
const GROWTH_GOAL = 2;
const MEMORY_GOAL = 2;
/** What fewer entries take drowns in what else the heap does. */
const MEMORABLE_SIZE = 1000;
const ROUNDS = 7;
const ROUND_MS = 150;
const BUILD_ROUNDS = 5;

const middleOf = (all, field) =>
  all.map((one) => one[field]).toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
const bestOf = (all, field) => Math.min(...all.map((one) => one[field]));

function heapBytes() {
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function buildOurs(file) {
  const before = heapBytes();
  const start = performance.now();
  const keyring = createKeyring({ dockerConfig: { files: [file] }, providers: [] });
  await keyring.lookup('localhost/none');
  const nanos = (performance.now() - start) * 1e6;
  return { keyring, nanos, bytes: heapBytes() - before };
}

async function lookupOurs(keyring, image, millis) {
  const start = performance.now();
  let rounds = 0;
  let found = 0;
  while (performance.now() - start < millis) {
    for (let index = 0; index < 256; index += 1) found = (await keyring.lookup(image)).length;
    rounds += 256;
  }
  return { nanos: ((performance.now() - start) * 1e6) / rounds, found };
}

async function measureLookup(kubelet, keyring, image) {
  const [theirs, ours] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const their = await kubelet.ask({ do: 'lookup', image, millis: ROUND_MS });
    const our = await lookupOurs(keyring, image, ROUND_MS);
    if (their.found !== our.found)
      throw new Error(`${image}: ${their.found} and ${our.found} found`);
    theirs.push(their.nanos);
    ours.push(our.nanos);
  }
  return { theirs: Math.min(...theirs), ours: Math.min(...ours) };
}

async function measureBuild(kubelet, file) {
  const [theirs, ours] = [[], []];
  let built;
  for (let round = 0; round < BUILD_ROUNDS; round += 1) {
    theirs.push(await kubelet.ask({ do: 'load', file }));
    built = undefined;
    built = await buildOurs(file);
    ours.push({ nanos: built.nanos, bytes: built.bytes });
  }
  return {
    keyring: built.keyring,
    nanos: { theirs: bestOf(theirs, 'nanos'), ours: bestOf(ours, 'nanos') },
    bytes: { theirs: middleOf(theirs, 'bytes'), ours: middleOf(ours, 'bytes') },
  };
}

/** Measures everything; gives Markdown and the goals that were missed. */
export async function benchKeyring() {
  const kubelet = startKubelet();
  const directory = mkdtempSync(join(tmpdir(), 'docker-keyring-bench-'));
  const lookups = [];
  const builds = [];
  const missed = [];
  try {
    for (const size of SIZES) {
      const file = join(directory, `config-${size}.json`);
      writeFileSync(file, documentOf(size));
      const { keyring, nanos, bytes } = await measureBuild(kubelet, file);
      builds.push({ size, nanos, bytes });
      for (const [kind, image] of Object.entries(IMAGES)) {
        lookups.push({ size, kind, ...(await measureLookup(kubelet, keyring, image)) });
      }
      await keyring.close();
    }
  } finally {
    kubelet.close();
    rmSync(directory, { recursive: true });
  }
  checkGoals(lookups, builds, missed);
  return { markdown: render(lookups, builds), missed };
}

function checkGoals(lookups, builds, missed) {
  for (const { size, kind, theirs, ours } of lookups) {
    const goal = LOOKUP_GOALS.get(size);
    if (theirs / ours < goal)
      missed.push(`${kind} at ${size}: ${(theirs / ours).toFixed(1)} of ${goal}`);
  }
  for (const kind of Object.keys(IMAGES)) {
    const ofKind = lookups.filter((one) => one.kind === kind);
    const growth = ofKind.at(-1).ours / ofKind[0].ours;
    if (growth > GROWTH_GOAL) missed.push(`${kind} grows ${growth.toFixed(2)} times`);
  }
  const { nanos, bytes } = builds.at(-1);
  if (nanos.ours > nanos.theirs) missed.push('building takes longer than Go');
  if (bytes.ours > MEMORY_GOAL * bytes.theirs) missed.push('memory is more than twice that of Go');
}

const ns = (value) =>
  value < 10_000 ? `${value.toFixed(0)} ns` : `${(value / 1000).toFixed(0)} µs`;
const ms = (value) => `${(value / 1e6).toFixed(1)} ms`;
const times = (value) => (value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en'));
const row = (...cells) => `| ${cells.join(' | ')} |`;

function render(lookups, builds) {
  return [
    row('entries', 'image', 'kubelet', 'docker-keyring', 'times as fast'),
    row('---:', '---', '---:', '---:', '---:'),
    ...lookups.map(({ size, kind, theirs, ours }) =>
      row(size.toLocaleString('en'), kind, ns(theirs), ns(ours), times(theirs / ours)),
    ),
    '',
    row(
      'entries',
      'building: kubelet',
      'ours',
      'ratio',
      'bytes an entry: kubelet',
      'ours',
      'ratio',
    ),
    row(...Array.from({ length: 7 }, () => '---:')),
    ...builds.map(({ size, nanos, bytes }) =>
      row(
        size.toLocaleString('en'),
        ms(nanos.theirs),
        ms(nanos.ours),
        (nanos.ours / nanos.theirs).toFixed(2),
        ...(size < MEMORABLE_SIZE
          ? ['', '', '']
          : [
              Math.round(bytes.theirs / size),
              Math.round(bytes.ours / size),
              (bytes.ours / bytes.theirs).toFixed(2),
            ]),
      ),
    ),
  ].join('\n');
}
