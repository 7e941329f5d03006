import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createKeyring } from '../../src/create-keyring/create-keyring.ts';
import { execPlugins } from '../../src/providers/exec/exec-plugins.ts';

const STARTS = 1000;
const API = 'credentialprovider.kubelet.k8s.io/v1';
const ANSWER = {
  kind: 'CredentialProviderResponse',
  apiVersion: API,
  cacheKeyType: 'Image',
  cacheDuration: '0s',
  auth: { 'r1.test': { username: 'u', password: 'p' } },
};
// One plugin answers, one fails, one leaves a process behind for a moment.
const PROGRAMS: Readonly<Record<string, string>> = {
  good: `cat >/dev/null; echo '${JSON.stringify(ANSWER)}'`,
  bad: 'echo no >&2; exit 1',
  parent: `sleep 0.01 & cat >/dev/null; echo '${JSON.stringify(ANSWER)}'`,
};

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'docker-keyring-starts-'));
  const names = Object.keys(PROGRAMS);
  await Promise.all(
    names.map((name) =>
      writeFile(join(directory, name), `#!/bin/sh\n${PROGRAMS[name]}\n`, { mode: 0o755 }),
    ),
  );
  const providers = names.map((name) => ({
    name,
    apiVersion: API,
    matchImages: [`${name}.test`, 'r1.test'],
    defaultCacheDuration: '0s',
  }));
  const meta = { kind: 'CredentialProviderConfig', apiVersion: 'kubelet.config.k8s.io/v1' };
  await writeFile(join(directory, 'config.json'), JSON.stringify({ ...meta, providers }));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Processes of this one that ended, or not, and that nobody took note of. */
async function children(): Promise<number> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = ids.map((id) => readFile(`/proc/${id}/stat`, 'utf8').catch(() => ''));
  const parents = (await Promise.all(stats)).map((stat) => stat.replace(/^.*\) . /s, ''));
  return parents.filter((rest) => rest.startsWith(`${process.pid} `)).length;
}

/** What keeps a process alive, and its open files. */
async function held(): Promise<{ files: number; resources: string; children: number }> {
  const resources = process
    .getActiveResourcesInfo()
    .filter((name) => /Process|Pipe|Timeout|Socket/.test(name));
  const files = await readdir('/proc/self/fd');
  return { files: files.length, resources: resources.join(), children: await children() };
}

async function untilSame<T>(before: T, look: () => Promise<T>, attempts = 100): Promise<T> {
  const now = await look();
  if (attempts === 0 || JSON.stringify(now) === JSON.stringify(before)) return now;
  await sleep(20);
  return untilSame(before, look, attempts - 1);
}

test('after 1,000 starts there is no zombie, no open file and nothing that keeps the process alive', async () => {
  let failures = 0;
  const keyring = createKeyring({
    providers: [execPlugins({ config: join(directory, 'config.json'), binDir: directory })],
    dockerConfig: false,
    onProblem: () => (failures += 1),
  });
  const lookUp = async (first: number, count: number): Promise<number> => {
    const asked = Array.from({ length: count }, (_, index) => {
      const host = Object.keys(PROGRAMS)[index % 3];
      return keyring.lookup(`${host}.test/app-${first + index}`);
    });
    await Promise.all(asked);
    return asked.length;
  };
  await lookUp(0, 30);
  const before = await untilSame(undefined, held, 10);
  expect(await lookUp(30, STARTS)).toBe(STARTS);
  expect(failures).toBeGreaterThan(STARTS / 4);
  expect(await untilSame(before, held)).toEqual(before);
  await keyring.close();
});

test('what a keyring has under way ends with it', async () => {
  await writeFile(join(directory, 'good'), `#!/bin/sh\nexec sleep 60\n`, { mode: 0o755 });
  const before = await children();
  const keyring = createKeyring({
    providers: [execPlugins({ config: join(directory, 'config.json'), binDir: directory })],
    dockerConfig: false,
  });
  const looked = keyring.lookup('good.test/app').catch(() => []);
  await untilSame(before + 1, children);
  expect(await children()).toBe(before + 1);
  await keyring.close();
  await looked;
  expect(await untilSame(before, children)).toBe(before);
});

function configOf(name: string): object {
  const matchImages = [`${name}.test`];
  return {
    kind: 'CredentialProviderConfig',
    apiVersion: 'kubelet.config.k8s.io/v1',
    providers: [{ name, apiVersion: API, matchImages, defaultCacheDuration: '0s' }],
  };
}

test('a file that appears in the configuration’s directory counts within a second', async () => {
  const config = join(directory, 'config.d');
  await mkdir(config);
  await writeFile(join(config, '10-good.json'), JSON.stringify(configOf('good')));
  const set = execPlugins({ config, binDir: directory });
  const { signal } = new AbortController();
  const before = await set.read(signal);
  await writeFile(join(config, '05-bad.yaml'), JSON.stringify(configOf('bad')));
  await sleep(1100);
  expect(set.known()).toBeUndefined();
  const after = await set.read(signal);
  expect(after.map(({ name }) => name)).toEqual(['plugin:bad', 'plugin:good']);
  expect(after[1]).toBe(before[0]);
});
