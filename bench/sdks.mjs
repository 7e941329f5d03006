// What the clouds' SDKs cost those who use them: the time and memory of loading each, and the room that they take.
import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROUNDS = 15;
const BLOCK_BYTES = 512;
const LIMIT_BYTES = 5_000_000;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

const SDKS = [
  '@aws-sdk/client-ecr',
  '@aws-sdk/client-ecr-public',
  '@aws-sdk/credential-providers',
  '@azure/identity',
  'google-auth-library',
];

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Loads a package in a process of its own. */
function load(name) {
  const code = `
    const [startMs, startBytes] = [performance.now(), process.memoryUsage.rss()];
    await import('${name}');
    console.log(JSON.stringify([performance.now() - startMs, process.memoryUsage.rss() - startBytes]));`;
  const args = ['--no-warnings', '--input-type=module', '--eval', code];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`importing ${name} failed`);
  const [timeMs, bytes] = JSON.parse(stdout);
  return { timeMs, bytes };
}

/** Runs alternate, so that whatever else the machine does falls on each alike. */
function loadAll() {
  const results = new Map(SDKS.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, runs] of results) runs.push(load(name));
  }
  return [...results].map(([name, runs]) => ({
    name,
    timeMs: median(runs.map((run) => run.timeMs)),
    bytes: median(runs.map((run) => run.bytes)),
  }));
}

/** What the disk gives for a folder, as `du` counts, and how many packages are in it. */
function measure(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const blocks = files.map((file) => lstatSync(join(folder, file)).blocks);
  const bytes = blocks.reduce((sum, count) => sum + count, 0) * BLOCK_BYTES;
  const isPackage = /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@.][^/]*\/package\.json$/;
  const packages = files.filter((file) => isPackage.test(`node_modules/${file}`)).length;
  return { bytes, packages };
}

function install(folder, tarball, ...options) {
  const project = join(folder, `project${options.join('')}`);
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true }\n');
  const args = ['install', '--prefer-offline', '--no-audit', ...options, tarball];
  execFileSync('npm', args, { cwd: project, stdio: ['ignore', 'ignore', 'pipe'] });
  return measure(join(project, 'node_modules'));
}

function installBoth() {
  const folder = mkdtempSync(join(tmpdir(), 'docker-keyring-bench-'));
  try {
    const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
    const output = execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8' });
    const tarball = join(folder, output.trim());
    return {
      whole: install(folder, tarball),
      slim: install(folder, tarball, '--omit=optional'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Measures what is built; gives Markdown and the goal if it was missed. */
export function benchSdks() {
  const loaded = loadAll();
  const { whole, slim } = installBoth();
  const markdown = [
    '| import | time | memory |',
    '| --- | ---: | ---: |',
    ...loaded.map(
      ({ name, timeMs, bytes }) => `| ${name} | ${timeMs.toFixed(0)} ms | ${megabytes(bytes)} |`,
    ),
    '',
    '| install | on the disk | packages |',
    '| --- | ---: | ---: |',
    `| npm install docker-keyring | ${megabytes(whole.bytes)} | ${whole.packages} |`,
    `| npm install --omit=optional docker-keyring | ${megabytes(slim.bytes)} | ${slim.packages} |`,
  ].join('\n');
  const missed = slim.bytes > LIMIT_BYTES ? [`without SDKs it takes ${megabytes(slim.bytes)}`] : [];
  return { markdown, missed };
}
