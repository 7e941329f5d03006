// Tokens between the starts of a plugin: real processes, real files, SIGKILL.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomInt } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startUpstream, type Upstream } from './fleet/counting-upstream.ts';
import { buildPrograms, type Programs, type Started } from './token-file/programs.ts';
import type { Printed } from './token-file/starter.ts';
import type { WriterReport } from './token-file/writer.ts';

const NOBODY = 65_534;
const MARGIN_MS = 5 * 60_000;
const HOURS_MS = 12 * 60 * 60_000;

let upstream: Upstream;
let programs: Programs;
let home = '';
let directory = '';

beforeAll(async () => {
  [upstream, programs] = await Promise.all([startUpstream(), buildPrograms()]);
});

afterAll(() => {
  programs.close();
  upstream.close();
});

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'token-file-home-'));
  directory = join(home, 'cache');
  Object.assign(upstream, { takesMs: 300, lifetimeMs: HOURS_MS });
  upstream.calls.length = 0;
});

afterEach(() => rmSync(home, { recursive: true }));

function start(
  registry: string,
  env: Readonly<Record<string, string>> = {},
  uid?: number,
): Started {
  const common = { CACHE_DIRECTORY: directory, UPSTREAM_URL: upstream.url, REGISTRY: registry };
  return programs.start('starter', {
    env: { HOME: home, ...common, ...env },
    ...(uid === undefined ? {} : { uid }),
  });
}

async function answerOf({ printed }: Started): Promise<Printed> {
  return (await printed) as Printed;
}

/** The registry that upstream gave a password for. */
function registryOf(password: string | undefined): string | undefined {
  return upstream.calls[Number(password?.replace('secret-token-', '')) - 1]?.registry;
}

/** Files of entries, each of them checked to be whole and for nobody else. */
function entries(): readonly string[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.entry'));
  const files = names.flatMap((name) =>
    readdirSync(join(directory, name)).map((version) => join(name, version)),
  );
  for (const name of files) {
    const path = join(directory, name);
    expect(readFileSync(path, 'utf8')).toMatch(
      /^docker-keyring-file:1 \d+\ndocker-keyring:1\.[\w-]{12}\.[\w-]{40,}$/,
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
  }
  return files;
}

describe('A cold cache', () => {
  test('50 processes at once make one upstream call, and each has the answer', async () => {
    const started = Array.from({ length: 50 }, () => start('cold.example.com'));
    const answers = await Promise.all(started.map(answerOf));
    expect(answers.map(({ passwords }) => passwords)).toEqual(
      Array.from({ length: 50 }, () => ['secret-token-1']),
    );
    expect(answers.flatMap(({ problems }) => problems)).toEqual([]);
    expect(upstream.calls).toHaveLength(1);
    expect(entries()).toHaveLength(1);
    expect(readdirSync(directory)).toHaveLength(2);
  });

  test('also of ten registries at once: one call each', async () => {
    const registries = Array.from({ length: 10 }, (_, index) => `r${index}.example.com`);
    const started = registries.flatMap((registry) => [1, 2, 3, 4].map(() => start(registry)));
    const answers = await Promise.all(started.map(answerOf));
    expect(upstream.calls.map(({ registry }) => registry).toSorted()).toEqual(registries);
    expect(answers.map(({ passwords }) => registryOf(passwords[0]))).toEqual(
      registries.flatMap((registry) => [1, 2, 3, 4].map(() => registry)),
    );
  });

  test('a later process asks nobody', async () => {
    await answerOf(start('warm.example.com'));
    const answer = await answerOf(start('warm.example.com'));
    expect(answer.passwords).toEqual(['secret-token-1']);
    expect(upstream.calls).toHaveLength(1);
  });

  test('nobody who reads the files without the key finds a token or a registry', async () => {
    await answerOf(start('private.example.com'));
    const texts = entries().map((name) => name + readFileSync(join(directory, name), 'utf8'));
    expect(texts.join()).not.toMatch(/secret-token|example|counted/);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'key')).mode & 0o777).toBe(0o600);
  });
});

describe('When the one that asks is killed (SIGKILL)', () => {
  test('one of 20 others takes over when its lease ends', async () => {
    upstream.takesMs = 4000;
    const holder = start('killed.example.com');
    await firstCall();
    const others = Array.from({ length: 20 }, () => start('killed.example.com'));
    upstream.takesMs = 300;
    holder.kill();
    const answers = await Promise.all(others.map(answerOf));
    expect(new Set(answers.flatMap(({ passwords }) => passwords))).toEqual(
      new Set(['secret-token-2']),
    );
    expect(upstream.calls).toHaveLength(2);
  });

  test('at 200 random moments, nothing is torn, nobody has a wrong answer, and it goes on', async () => {
    upstream.takesMs = 5;
    // Stored for a moment only: nearly every start has to ask and to write.
    upstream.lifetimeMs = MARGIN_MS + 60;
    const registries = Array.from({ length: 4 }, (_, index) => `k${index}.example.com`);
    const early = await Promise.all(registries.map((registry) => killMany(registry, 50)));
    const answered = early.flat();
    expect(answered.length).toBeLessThan(200);
    entries();
    upstream.lifetimeMs = HOURS_MS;
    const last = await Promise.all(registries.map((registry) => answerOf(start(registry))));
    const again = await Promise.all(registries.map((registry) => answerOf(start(registry))));
    expect([...answered, ...last, ...again].flatMap(({ problems }) => problems)).toEqual([]);
    expect(last.map(({ passwords }) => registryOf(passwords[0]))).toEqual(registries);
    expect(again.map(({ passwords }) => passwords)).toEqual(last.map(({ passwords }) => passwords));
    expect(entries().length).toBeGreaterThanOrEqual(4);
  });
});

/** Starts and kills one after the other; gives what those said that were fast enough, each checked. */
async function killMany(registry: string, times: number): Promise<readonly Printed[]> {
  if (times === 0) return [];
  const started = start(registry);
  await started.running;
  await setTimeout(randomInt(0, 60));
  started.kill();
  const printed = (await started.printed) as Printed | undefined;
  const own = printed === undefined ? [] : [printed];
  expect(own.every(({ passwords }) => registryOf(passwords[0]) === registry)).toBe(true);
  return [...own, ...(await killMany(registry, times - 1))];
}

async function firstCall(): Promise<void> {
  if (upstream.calls.length > 0) return;
  await setTimeout(10);
  await firstCall();
}

describe('Nobody shares by accident', () => {
  test('another user answers from upstream, and says why', async () => {
    if (process.getuid?.() !== 0) throw new Error('only root can start a process as another user');
    await answerOf(start('users.example.com'));
    chmodSync(home, 0o755);
    const other = await answerOf(start('users.example.com', {}, NOBODY));
    expect(other.passwords).toEqual(['secret-token-2']);
    expect(other.problems).toEqual([
      `tokens are not kept in ${directory}: it belongs to the user 0, and this process runs as ${NOBODY}`,
    ]);
    chmodSync(directory, 0o777);
    const root = await answerOf(start('users.example.com'));
    expect(root.passwords).toEqual(['secret-token-3']);
    expect(root.problems).toEqual([
      `tokens are not kept in ${directory}: others may use it (mode 0777; chmod go-rwx makes it right)`,
    ]);
  });

  test('a key that others may read is not used', async () => {
    await answerOf(start('key.example.com'));
    chmodSync(join(directory, 'key'), 0o644);
    const answer = await answerOf(start('key.example.com'));
    expect(answer.passwords).toEqual(['secret-token-2']);
    expect(answer.problems[0]).toContain(`${directory}/key: others may use it (mode 0644`);
  });

  test('other principals, variables and accounts of the same user', async () => {
    const credentials = join(home, 'credentials');
    writeFileSync(credentials, 'one');
    const env = { AWS_SHARED_CREDENTIALS_FILE: credentials };
    const first = await answerOf(start('who.example.com', env));
    expect((await answerOf(start('who.example.com', env))).passwords).toEqual(first.passwords);
    await answerOf(start('who.example.com', { ...env, PRINCIPAL: 'another' }));
    expect(upstream.calls).toHaveLength(2);
    writeFileSync(credentials, 'other');
    await answerOf(start('who.example.com', env));
    expect(upstream.calls).toHaveLength(3);
  });
});

test('Six processes that write far more than is kept at once never see a wrong value', async () => {
  await answerOf(start('writers.example.com'));
  const MAX_ENTRIES = 40;
  const started = Array.from({ length: 6 }, (_, index) =>
    programs.start('writer', {
      env: {
        CACHE_DIRECTORY: directory,
        WRITER: `${index}`,
        WRITES: '150',
        MAX_ENTRIES: `${MAX_ENTRIES}`,
      },
    }),
  );
  const reports = (await Promise.all(started.map(({ printed }) => printed))) as WriterReport[];
  expect(reports.flatMap(({ wrong, problems }) => [...wrong, ...problems])).toEqual([]);
  // What is written is the newest, and so never what is evicted.
  expect(reports.map(({ missing }) => missing)).toEqual([0, 0, 0, 0, 0, 0]);
  const names = readdirSync(directory);
  expect(names.filter((name) => name.endsWith('.entry')).length).toBeLessThanOrEqual(
    MAX_ENTRIES + 6,
  );
  expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
