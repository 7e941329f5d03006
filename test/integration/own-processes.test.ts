// The programs as processes: what a user's module prints, breaks and starts, and what is left of them when they end.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildPlugin } from '../../scripts/plugin-bundle.js';
import { isDead, until } from '../unit/fakes/until.ts';
import {
  installHelper,
  type Ending,
  type InstalledHelper,
} from './credential-helper/installed-helper.ts';

const REQUEST = JSON.stringify({
  kind: 'CredentialProviderRequest',
  apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
  image: 'r.test/app',
});
const ANSWER = /^\{"kind":"CredentialProviderResponse",[^\n]*"auth":\{"r.test":\{[^\n]*\}\}\}$/;
/** What a provider of a module does before it answers. */
const answering = (work: string, before = ''): string => `
  import { exec, spawn, spawnSync } from 'node:child_process';
  import { writeSync, writeFileSync } from 'node:fs';
  const password = 'hunter2';
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  ${before}
  export default {
    name: 'mine',
    matchImages: ['r.test'],
    async provide() {
      ${work}
      return { auth: { 'r.test': { username: 'u', password } }, cacheKeyType: 'Registry' };
    },
  };
`;

let programs: InstalledHelper;
const at = (name: string): string => join(programs.directory, name);

beforeAll(async () => {
  programs = installHelper();
  await buildPlugin(at('dist/plugin.cjs'));
}, 300_000);
afterAll(() => programs.remove());
beforeEach(() => {
  rmSync(programs.home, { recursive: true, force: true });
  mkdirSync(programs.home);
});

/** Serves a module as a kubelet would. */
function serve(code: string, more: readonly string[] = []): Promise<Ending> {
  writeFileSync(at('mine.mjs'), code);
  const args = [`--provider=module:${at('mine.mjs')}`, '--no-cache', ...more];
  return programs.run(process.execPath, [at('dist/plugin.cjs'), 'plugin', ...args], {
    stdin: REQUEST,
  });
}

describe("A user's module", () => {
  test.each([
    ['console.log("said")', 'said\n'],
    ['process.stdout.write("said\\n")', 'said\n'],
    ['writeSync(1, "said\\n")', 'said\n'],
    ['spawnSync("echo", ["said"], { stdio: "inherit" })', 'said\n'],
    [
      'await new Promise((end) => exec("echo said >&1").stdout.pipe(process.stdout).on("unpipe", end))',
      'said\n',
    ],
    ['process.emitWarning("said")', ''],
  ])('does not spoil the answer by %s', async (work, said) => {
    const { exitCode, stdout, stderr } = await serve(answering(work, `${work};`));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: `${said}${said}` });
    expect(stdout.trimEnd()).toMatch(ANSWER);
  });

  test('does not spoil the configuration that is printed', async () => {
    writeFileSync(at('mine.mjs'), answering('', 'console.log("said");'));
    const args = ['plugin', 'config', `--provider=module:${at('mine.mjs')}`, '-o', 'json'];
    const { exitCode, stdout, stderr } = await programs.run('docker-keyring', args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: 'said\n' });
    expect(JSON.parse(stdout)).toMatchObject({ providers: [{ matchImages: ['r.test'] }] });
  });

  const background = 'docker-keyring: warning: unhandled error in the background: ';
  test.each([
    ['Promise.reject(new Error("no luck"))', 'it threw Error: no luck'],
    ['Promise.reject("hunter2")', 'it threw something that is not an Error'],
    ['setTimeout(() => { throw new TypeError("no\\nluck"); })', 'it threw TypeError: no luck'],
    [
      'setTimeout(() => JSON.parse("hunter2"))',
      'it threw SyntaxError: its message is left out, since it quotes what was read',
    ],
  ])('may fail in the background, by %s', async (work, reason) => {
    const { exitCode, stdout, stderr } = await serve(answering(`${work}; await pause(50);`));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: `${background}${reason}\n` });
    expect(stdout.trimEnd()).toMatch(ANSWER);
  });

  const unloadable = /^docker-keyring: \S+mine\.mjs could not be loaded: (.*)\n$/;
  const ended =
    /^docker-keyring: (a provider ended the process before it responded): it called process\.exit\(\), or awaits [^\n]*\n$/;
  const early = 'a provider ended the process before it responded';
  const quoting = `it threw SyntaxError: its message is left out, since it quotes what was read; "node FILE" shows it`;
  test.each<[string, string, RegExp, string]>([
    ['a syntax error', answering('', 'const secret = "hunter2" hunter3;'), unloadable, quoting],
    [
      'an error at its top',
      answering('', 'throw new Error("no luck");'),
      unloadable,
      'it threw Error: no luck',
    ],
    [
      'nothing thrown at its top',
      answering('', 'throw undefined;'),
      unloadable,
      'it threw something that is not an Error',
    ],
    ['an import that is not there', 'import "./nowhere.mjs";', unloadable, 'it threw Error: '],
    ['process.exit() at its top', answering('', 'process.exit(0);'), ended, early],
    ['process.exit() at work', answering('process.exit(7);'), ended, early],
    ['a wait for ever', answering('', 'await new Promise(() => {});'), ended, early],
    [
      'a crash',
      answering('process.kill(process.pid, "SIGSEGV"); await pause(60_000);'),
      /^docker-keyring: (.*)\n$/,
      'the process that runs the module was ended by SIGSEGV',
    ],
  ])('fails in one line of its own: %s', async (_what, code, line, reason) => {
    const { exitCode, stdout, stderr } = await serve(code);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    const [, told = ''] = line.exec(stderr.replaceAll(at('mine.mjs'), '/mine.mjs')) ?? [stderr];
    expect(told.replace('/mine.mjs"', 'FILE"')).toContain(reason);
    expect(stderr).not.toMatch(/hunter/);
  });
});

const onFull = (stream: 1 | 2, command: string): Promise<Ending> =>
  programs.run('sh', ['-c', `${command} ${stream}>/dev/full`], { stdin: REQUEST });
const plugin = (provider: string): string =>
  `'${process.execPath}' '${at('dist/plugin.cjs')}' plugin --provider=${provider} --no-cache`;

describe('A full disk', () => {
  test.each<[string, () => string]>([
    ['a plugin', () => plugin(`config:${at('c.json')}`)],
    ['a plugin with a module', () => plugin(`module:${at('mine.mjs')}`)],
    ['a credential helper', () => 'docker-credential-keyring version'],
  ])('that takes no answer of %s is a failure', async (_what, command) => {
    writeFileSync(at('c.json'), '{"auths":{"r.test":{"username":"u","password":"p"}}}');
    writeFileSync(at('mine.mjs'), answering(''));
    await expect(onFull(1, command())).resolves.toMatchObject({ exitCode: 1 });
  });

  test('that takes no message ends what it is about all the same', async () => {
    await expect(onFull(2, plugin('config:/nowhere'))).resolves.toMatchObject({ exitCode: 1 });
    writeFileSync(at('mine.mjs'), answering('Promise.reject(new Error("x")); await pause(20);'));
    const { exitCode, stdout } = await onFull(2, plugin(`module:${at('mine.mjs')}`));
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd()).toMatch(ANSWER);
  });
});

const pidsOf = (): string[] =>
  existsSync(at('pids')) ? readFileSync(at('pids'), 'utf8').trim().split('\n') : [];

const pluginsRunning = (): string =>
  spawnSync('pgrep', ['-f', at('dist/plugin.cjs')], { encoding: 'utf8' }).stdout;

const nap = (): string => `echo $$ >> '${at('pids')}'; exec sleep 1000`;

const module = (work: string): (() => [string, string[]]) => {
  return () => {
    writeFileSync(at('mine.mjs'), answering(work.replaceAll('NAP', JSON.stringify(nap()))));
    const provider = `--provider=module:${at('mine.mjs')}`;
    return [process.execPath, [at('dist/plugin.cjs'), 'plugin', provider, '--no-cache']];
  };
};

describe('A program that is ended at work', () => {
  const CASES: readonly (readonly [string, number, () => [string, string[]]])[] = [
    [
      'a plugin with a module',
      3,
      module(`spawn('sh', ['-c', NAP]); spawn('sh', ['-c', NAP], { detached: true });
        await pause(10); spawnSync('sh', ['-c', NAP]);`),
    ],
    [
      'a plugin with a module that is busy',
      1,
      module("spawn('sh', ['-c', NAP]); await pause(10); for (;;);"),
    ],
    [
      'a plugin with a helper',
      2,
      () => [process.execPath, [at('dist/plugin.cjs'), 'plugin', '--provider=helper:slow']],
    ],
    ['a credential helper', 2, () => ['docker-credential-keyring', ['get']]],
    [
      'a lookup',
      2,
      () => ['docker-keyring', ['lookup', 'r.test/app', '--docker-config', at('slow.json')]],
    ],
  ];

  beforeEach(() => {
    rmSync(at('pids'), { force: true });
    // What is on its standard input is written once its end is watched for.
    programs.addProgram(
      'docker-credential-slow',
      `#!/bin/sh\ncat >/dev/null\n(${nap()}) &\n${nap()}\n`,
    );
    programs.configure({ providers: ['helper:slow'], store: 'none', cache: false });
    writeFileSync(at('slow.json'), '{"credsStore":"slow"}');
  });

  test.each(
    CASES.flatMap(([what, started, command]) =>
      (['SIGKILL', 'SIGTERM', 'SIGINT'] as const).map((signal) => ({
        what,
        started,
        command,
        signal,
      })),
    ),
  )('by $signal leaves nothing behind: $what', async ({ started, command, signal }) => {
    const [program, args] = command();
    const child: ChildProcess = spawn(program, args, {
      env: { ...process.env, ...programs.env },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child.stdin?.end(program === 'docker-credential-keyring' ? 'r.test' : REQUEST);
    const stderr: Buffer[] = [];
    child.stderr?.on('data', (chunk: Buffer) => void stderr.push(chunk));
    await until(() => pidsOf().length === started);
    child.kill(signal);
    const [exitCode] = (await once(child, 'exit')) as [number | null];
    expect(exitCode).toBe({ SIGKILL: null, SIGTERM: 143, SIGINT: 130 }[signal]);
    await until(() => pidsOf().every(isDead));
    // Nor the second process of a plugin, which knows of no signal.
    await until(() => pluginsRunning() === '');
    expect(Buffer.concat(stderr).toString()).toBe('');
  });
});
