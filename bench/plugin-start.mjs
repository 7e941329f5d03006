// How long a kubelet waits for an answer of `docker-keyring plugin`, from the start of the process to its end: beside
// `node -e 0`, and for a token that has to be got, beside the official plugin for ECR, which is built by Go; and of the
// single executable, beside the official plugin.
// The two sides take turns, so that what else the machine does falls on both. Needs dist/, and Go for the second part.
import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PLUGIN = process.env.PLUGIN_FILE ?? join(ROOT, 'dist/cli/plugin.cjs');
const GO_PLUGIN = 'k8s.io/cloud-provider-aws/cmd/ecr-credential-provider';
const ECR_IMAGE = '123456789012.dkr.ecr.us-west-2.amazonaws.com/app';
/** Goals: at most this many times the time of the other side. */
const GOALS = { static: 1.5, cached: 1.5, cold: 5, binaryCold: 2 };
/** What a service in the same region takes, roughly, with the connection. */
const UPSTREAM_MS = 50;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 40);

/** Measures all, and gives a table and the goals that were missed. */
export async function benchPluginStart() {
  const { startFakeCloud } = await import(new URL('../dist/testing/index.js', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'plugin-start-'));
  const config = join(folder, 'config.json');
  writeFileSync(config, '{"auths":{"registry.example.com":{"username":"u","password":"p"}}}');
  const bare = [process.execPath, '-e', '0'];
  const goPlugin = buildGoPlugin(folder);
  const binary = buildBinary(folder);
  const rows = [];
  rows.push(
    await compare('a static credential, `node -e 0`', GOALS.static, {
      theirs: { command: bare },
      ours: {
        command: [process.execPath, PLUGIN, `--provider=config:${config}`],
        input: request('registry.example.com/app'),
      },
    }),
  );
  const cloud = await startFakeCloud({ machine: 'aws' });
  try {
    rows.push(...(await benchEcr(cloud, { folder, bare, goPlugin })));
    rows.push(...(await benchBinary(cloud, { folder, config, goPlugin, binary })));
  } finally {
    await cloud.close();
  }
  return { ...report(rows), sizes: sizes({ goPlugin, binary }) };
}

/** The single executable, beside the official plugin, which has neither static credentials nor a cache. */
async function benchBinary(cloud, { folder, config, goPlugin, binary }) {
  const env = { ...process.env, ...cloud.env };
  const input = request(ECR_IMAGE);
  const theirs = { command: [goPlugin], input, env };
  const cached = [binary, '--provider=ecr', `--cache-dir=${join(folder, 'binary-cache')}`];
  await run({ command: cached, input, env });
  const sides = {
    'a static credential': {
      command: [binary, `--provider=config:${config}`],
      input: request('registry.example.com/app'),
    },
    'a token that an earlier start has got': { command: cached, input, env },
    'a new token': { command: [binary, '--provider=ecr', '--no-cache'], input, env },
  };
  const rows = [];
  for (const [what, ours] of Object.entries(sides)) {
    const goal = what === 'a new token' ? GOALS.binaryCold : undefined;
    const name = `the executable: ${what}, the official plugin (Go): a new token, ${UPSTREAM_MS} ms`;
    rows.push(await compare(name, goal, { theirs, ours }));
  }
  return rows;
}

function buildBinary(folder) {
  const out = join(folder, 'binary');
  const script = join(ROOT, 'scripts/build-binary.js');
  const { status, stderr } = spawnSync(process.execPath, [script, '--out', out], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the executable could not be built: ${stderr}`);
  const plugin = join(folder, 'bin', 'docker-keyring-plugin');
  mkdirSync(join(folder, 'bin'));
  symlinkSync(join(out, readdirSync(out)[0]), plugin);
  return plugin;
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Of both programs; packed as gzip packs them. */
function sizes(programs) {
  const lines = Object.entries(programs).map(([name, file]) => {
    const { stdout } = spawnSync('sh', ['-c', 'gzip -9 < "$1" | wc -c', 'sh', file], {
      encoding: 'utf8',
    });
    const what =
      name === 'binary' ? 'the executable, with all programs' : 'the official plugin (Go)';
    return `| ${what} | ${megabytes(statSync(file).size)} | ${megabytes(Number(stdout))} |`;
  });
  return ['| program | size | packed by gzip |', '| --- | ---: | ---: |', ...lines].join('\n');
}

async function benchEcr(cloud, { folder, bare, goPlugin }) {
  const rows = [];
  const env = { ...process.env, ...cloud.env };
  const ecr = [process.execPath, PLUGIN, '--provider=ecr'];
  const input = request(ECR_IMAGE);
  const cached = [...ecr, `--cache-dir=${join(folder, 'cache')}`];
  await run({ command: cached, input, env });
  const before = cloud.ecr.tokens.length;
  rows.push(
    await compare('a token of ECR that an earlier start has got, `node -e 0`', GOALS.cached, {
      theirs: { command: bare },
      ours: { command: cached, input, env },
    }),
  );
  if (cloud.ecr.tokens.length !== before) throw new Error('the cache was not used');
  const sides = {
    theirs: { command: [goPlugin], input, env },
    ours: { command: [...ecr, '--no-cache'], input, env },
  };
  const what = 'a new token of ECR, the official plugin (Go)';
  rows.push(await compare(`${what}, from an upstream that answers at once`, undefined, sides));
  cloud.ecr.inject({ kind: 'delay', delayMs: UPSTREAM_MS });
  rows.push(
    await compare(`${what}, from an upstream that takes ${UPSTREAM_MS} ms`, GOALS.cold, sides),
  );
  return rows;
}

function request(image) {
  const apiVersion = 'credentialprovider.kubelet.k8s.io/v1';
  return JSON.stringify({ kind: 'CredentialProviderRequest', apiVersion, image });
}

function buildGoPlugin(folder) {
  const file = join(folder, 'ecr-credential-provider');
  const cwd = join(ROOT, 'test/integration/ecr-plugin');
  const { status, stderr } = spawnSync('go', ['build', '-o', file, GO_PLUGIN], {
    cwd,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Go could not build the official plugin: ${stderr}`);
  return file;
}

async function compare(name, goal, { theirs, ours }) {
  const times = { theirs: [], ours: [] };
  for (let round = -2; round < ROUNDS; round += 1) {
    const sides = round % 2 === 0 ? ['theirs', 'ours'] : ['ours', 'theirs'];
    for (const side of sides) {
      const ms = await run(side === 'ours' ? ours : theirs);
      // The first ones warm the disk's cache.
      if (round >= 0) times[side].push(ms);
    }
  }
  const [theirMs, ourMs] = [median(times.theirs), median(times.ours)];
  return { name, goal, theirMs, ourMs, ratio: ourMs / theirMs };
}

/** From the start to the end of the process, as the kubelet waits; in milliseconds. */
function run({ command: [file, ...args], input = '', env = process.env }) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(file, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let complaints = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (complaints += chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code) => {
      const ms = performance.now() - start;
      const isRight = code === 0 && (input === '' || output.includes('"password"'));
      if (isRight) resolve(ms);
      else reject(new Error(`${file} ${args.join(' ')} ended with ${code}: ${complaints}`));
    });
  });
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function report(rows) {
  const lines = rows.map(({ name, theirMs, ourMs, ratio, goal }) => {
    const cells = [name, `${theirMs.toFixed(0)} ms`, `${ourMs.toFixed(0)} ms`];
    return `| ${[...cells, `${ratio.toFixed(2)} ×`, goal === undefined ? '' : `${goal} ×`].join(' | ')} |`;
  });
  const head = [
    '| Answer, and beside what | The other | Ours | Ratio | Goal |',
    '| --- | --- | --- | --- | --- |',
  ];
  const missed = rows
    .filter(({ ratio, goal }) => goal !== undefined && ratio > goal)
    .map(({ name, ratio, goal }) => `plugin: ${name}: ${ratio.toFixed(2)} × in place of ${goal} ×`);
  return { markdown: [...head, ...lines].join('\n'), missed, bytes: readFileSync(PLUGIN).length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { markdown, sizes: table, missed, bytes } = await benchPluginStart();
  console.log(`${markdown}\n\n${table}\n\nplugin.cjs: ${bytes} bytes`);
  for (const goal of missed) console.log(`missed: ${goal}`);
}
