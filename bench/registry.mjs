// How long it takes until a registry accepts a credential, for 1,000 images: beside go-containerregistry, and beside the
// same requests sent by node:https and by undici alone, which is the least that a program of Node can take. All ask the same
// docker-registry by TLS with the same token server, which counts as the registry does. The sides are processes of their own
// that take turns. Needs dist/, Go, and Debian's docker-registry, skopeo and apache2-utils, which it installs.
import { build } from 'esbuild';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const REPOSITORIES = 50;
const TAGS = 20;
const CONCURRENCY = 6;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
/** Rounds that are not measured: V8 compiles what is called often, and Go is compiled already. */
const WARM_UP_ROUNDS = 3;
const TOKEN_SECONDS = 3600;
/** What is measured; the goal is at most so many times Go's time. */
const MEASURES = [
  { command: 'cold', name: 'cold: nothing is kept but connections', goal: 1.1 },
  { command: 'warm', name: 'warm: everything is kept', goal: 1 },
  {
    command: 'heads',
    name: `tokens are kept, each image is asked about, ${CONCURRENCY} at a time`,
    goal: 1.1,
  },
];

/** Measures all, and gives a table and the goals that were missed. */
export async function benchRegistry() {
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'bench-registry-'));
  const world = await startWorld(folder);
  const sides = {};
  try {
    const file = writeTask(world, folder);
    sides.go = startSide([buildGo(folder), file]);
    sides.ours = startSide([process.execPath, join(ROOT, 'bench/registry-client.mjs'), file]);
    const floor = [process.execPath, join(ROOT, 'bench/registry-floor.mjs'), file];
    sides.node = startSide([...floor, 'node']);
    sides.undici = startSide([...floor, 'undici']);
    return report(await measureAll(world, sides));
  } finally {
    for (const side of Object.values(sides)) side.close();
    await world.close();
    rmSync(folder, { recursive: true });
  }
}

/** The servers of the integration tests, which Node 20 cannot run as they are. */
async function startWorld(folder) {
  const outfile = join(folder, 'world.mjs');
  await build({
    entryPoints: [join(ROOT, 'test/integration/registry/world.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
  const { PASSWORDS, startRegistryWorld } = await import(outfile);
  const world = await startRegistryWorld();
  Object.assign(world.tokens.https, {
    acceptedForSeconds: TOKEN_SECONDS,
    claimedSeconds: TOKEN_SECONDS,
  });
  return { ...world, password: PASSWORDS.ada };
}

/** Copies an image in the registry's own storage, which is quicker than to push it a thousand times. */
function writeTask({ directory, registries, authority, password }, folder) {
  const storage = join(directory, 'storage/docker/registry/v2/repositories');
  const { host } = registries.bearer.https;
  const images = [];
  const model = join(folder, 'model');
  cpSync(join(storage, 'team/app'), model, { recursive: true });
  const tags = join(model, '_manifests/tags');
  for (let tag = 0; tag < TAGS; tag += 1) {
    cpSync(join(tags, '1'), join(tags, `t${tag}`), { recursive: true });
  }
  for (let number = 0; number < REPOSITORIES; number += 1) {
    cpSync(model, join(storage, `bulk/r${number}`), { recursive: true });
    for (let tag = 0; tag < TAGS; tag += 1) images.push(`${host}/bulk/r${number}:t${tag}`);
  }
  const file = join(folder, 'task.json');
  const task = { images, username: 'ada', password, ca: authority.ca, concurrency: CONCURRENCY };
  writeFileSync(file, JSON.stringify(task));
  return file;
}

function buildGo(folder) {
  const file = join(folder, 'registry-go');
  const cwd = join(ROOT, 'bench/registry-go');
  const { status, stderr } = spawnSync('go', ['build', '-o', file, '.'], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`Go could not build its side: ${stderr}`);
  return file;
}

function startSide([command, ...args]) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(() => ['{"failure":"it ended"}']);
  return {
    async ask(what) {
      child.stdin.write(`${what}\n`);
      const [line] = await Promise.race([once(lines, 'line'), ended]);
      const { failure, ...measured } = JSON.parse(line);
      if (failure !== undefined) throw new Error(`${command}: ${what}: ${failure}`);
      return measured;
    },
    close: () => child.kill(),
  };
}

async function measureAll(world, sides) {
  const rows = [];
  const names = Object.keys(sides);
  for (const measure of MEASURES) {
    const runs = Object.fromEntries(names.map((name) => [name, []]));
    for (const name of names) {
      for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
        await measureOne(world, sides[name], measure);
      }
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      const order = round % 2 === 0 ? names : names.toReversed();
      for (const name of order) runs[name].push(await measureOne(world, sides[name], measure));
    }
    rows.push({ ...measure, ...Object.fromEntries(names.map((name) => [name, best(runs[name])])) });
  }
  return rows;
}

/** Of several rounds: what else the machine does only ever adds. */
function best(runs) {
  const least = (field) => Math.min(...runs.map((run) => run[field]));
  return { ...runs[0], millis: least('millis'), cpuMillis: least('cpuMillis') };
}

async function measureOne({ registries, tokens }, side, { command }) {
  if (command !== 'cold') await side.ask('prime');
  await registries.bearer.https.requests();
  const before = tokens.https.exchanges.length;
  const measured = await side.ask(command);
  const requests = await registries.bearer.https.requests();
  const exchanges = tokens.https.exchanges.length - before;
  return { ...measured, requests: requests.length, exchanges };
}

function report(rows) {
  const head = [
    '| 1,000 images of 50 repositories | Go | Ours | Ours : Go | node:https : Go | undici : Go | Goal | Requests: Go | Ours |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ];
  const lines = rows.flatMap((row) => [
    lineOf(row, row.name, 'millis'),
    lineOf(row, `${row.name}; processor time`, 'cpuMillis'),
  ]);
  return { markdown: [...head, ...lines].join('\n'), missed: rows.flatMap(missedBy) };
}

const times = (value) => `${value.toFixed(2)} ×`;

function lineOf({ go, ours, node, undici, goal }, what, field) {
  const millis = [go, ours].map((side) => side[field]);
  const ratios = [ours, node, undici].map((side) => times(side[field] / go[field]));
  const counts = [go, ours].map(({ requests, exchanges }) => `${requests} + ${exchanges}`);
  const rest = field === 'millis' ? [times(goal), ...counts] : ['', '', ''];
  const shown = millis.map((value) => `${value.toFixed(value < 100 ? 1 : 0)} ms`);
  return `| ${[what, ...shown, ...ratios, ...rest].join(' | ')} |`;
}

function missedBy({ name, go, ours, goal }) {
  const ratio = ours.millis / go.millis;
  return [
    ...(ratio > goal ? [`registry: ${name}: ${times(ratio)} in place of ${times(goal)}`] : []),
    ...(ours.requests > go.requests || ours.exchanges > go.exchanges
      ? [`registry: ${name}: more requests than Go's`]
      : []),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { markdown, missed } = await benchRegistry();
  console.log(markdown);
  for (const goal of missed) console.log(`missed: ${goal}`);
}
