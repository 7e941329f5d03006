// What importing the package costs. Runs alternate, so that whatever else the machine does falls on each alike.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROUNDS = 60;
const WARM_UP_ROUNDS = 3;
const LIMIT_MS = 20;

const built = new URL('../dist/index.js', import.meta.url);

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

/** Measures; gives Markdown and the goal if it was missed. */
export function benchImport() {
  if (!existsSync(built)) throw new Error('Build first: npm run build');
  const bare = { code: '0', timesMs: [] };
  const importing = { code: `import('${built.href}')`, timesMs: [] };
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    for (const candidate of [bare, importing]) {
      const elapsedMs = timeMs(candidate.code);
      if (round >= 0) candidate.timesMs.push(elapsedMs);
    }
  }
  const [bareMs, importMs] = [median(bare.timesMs), median(importing.timesMs)];
  // Of each pair that ran one after the other, since the machine's mood changes over minutes.
  const differenceMs = median(importing.timesMs.map((ms, round) => ms - bare.timesMs[round]));
  const markdown = [
    `| process | median of ${ROUNDS} |`,
    '| --- | ---: |',
    `| bare Node | ${bareMs.toFixed(1)} ms |`,
    `| import('docker-keyring') | ${importMs.toFixed(1)} ms |`,
    `| median difference | ${differenceMs.toFixed(1)} ms |`,
    `| ratio | ${(importMs / bareMs).toFixed(2)} |`,
  ].join('\n');
  const missed = differenceMs > LIMIT_MS ? [`importing costs ${differenceMs.toFixed(1)} ms`] : [];
  return { markdown, missed };
}
