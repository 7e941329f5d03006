// What importing and requiring the package cost. Runs alternate, so that whatever else the machine does falls on each alike.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROUNDS = 60;
const WARM_UP_ROUNDS = 3;
const LIMIT_RATIO = 1.15;

const built = new URL('../dist/index.js', import.meta.url);
const asModule = new URL('../dist/index.mjs', import.meta.url);

function timeMs(code) {
  const start = performance.now();
  const { status } = spawnSync(process.execPath, ['--eval', code], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: 'ignore',
  });
  if (status !== 0) throw new Error(`node --eval "${code}" failed`);
  return performance.now() - start;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Measures; gives Markdown and the goals that were missed. */
export function benchImport() {
  if (!existsSync(built)) throw new Error('Build first: npm run build');
  const candidates = [
    { name: 'bare Node', code: '0', timesMs: [] },
    { name: 'an empty ES module', code: "import('data:text/javascript,')", timesMs: [] },
    { name: "import('docker-keyring')", code: `import('${asModule.href}')`, timesMs: [] },
    {
      name: "require('docker-keyring')",
      code: `require('${fileURLToPath(built)}')`,
      timesMs: [],
    },
  ];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    for (const candidate of candidates) {
      const elapsedMs = timeMs(candidate.code);
      if (round >= 0) candidate.timesMs.push(elapsedMs);
    }
  }
  const [bare, , ...loading] = candidates;
  // Of each round, whose runs follow one another, since the machine's mood changes over minutes.
  const ratioOf = ({ timesMs }) => median(timesMs.map((ms, round) => ms / bare.timesMs[round]));
  const rows = candidates.map((candidate) => {
    const ms = median(candidate.timesMs).toFixed(1);
    return `| ${candidate.name} | ${ms} ms | ${ratioOf(candidate).toFixed(2)} |`;
  });
  const head = `| process | median of ${ROUNDS} | times bare Node |\n| --- | ---: | ---: |`;
  const missed = loading
    .filter((candidate) => ratioOf(candidate) > LIMIT_RATIO)
    .map((candidate) => `${candidate.name} costs ${ratioOf(candidate).toFixed(2)} times bare Node`);
  return { markdown: [head, ...rows].join('\n'), missed };
}
