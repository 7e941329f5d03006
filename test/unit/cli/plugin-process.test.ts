import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pluginCommand } from '../../../src/cli/commands/plugin.ts';
import { runPluginProcess } from '../../../src/cli/plugin-process.ts';
import { nodeSystem } from '../../../src/system/node-system.ts';
import type { EndOfProcess } from '../../../src/system/process/run-apart.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { desk, request } from '../serve/serving.ts';
import provider from './fixtures/plugin-provider.ts';
import { hostOf } from './plugin-run.ts';

const IMAGE = 'reg.example.com/app';
const loadDesk = async (): Promise<unknown> => ({ default: desk() });

describe('The cache', () => {
  const folder = mkdtempSync(join(tmpdir(), 'docker-keyring-plugin-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('keeps what a module answered, until the module changes', async () => {
    let asked = 0;
    const provide = async () => {
      asked += 1;
      return {
        auth: { 'reg.example.com': { username: 'u', password: 'p' } },
        cacheKeyType: 'Registry',
        cacheDurationMs: 3_600_000,
      };
    };
    const path = join(import.meta.dirname, 'fixtures/plugin-provider.ts');
    const start = async (): Promise<void> => {
      const { host, written } = hostOf('', { stdin: request(IMAGE) });
      const served = { default: { ...desk(), provide } };
      const importModule = async (): Promise<unknown> => served;
      const args = [
        `--provider=module:${path}`,
        '--provider=environment',
        `--cache-dir=${folder}/c`,
      ];
      const started = { ...host, system: nodeSystem, importModule, args };
      expect(await pluginCommand(started)).toBe(0);
      expect(written.stderr).toMatch(/^docker-keyring: warning: environment: neither .* is set/);
    };
    await start();
    await start();
    expect(asked).toBe(1);
  });

  test('that cannot be used is told of, and done without', async () => {
    const { host, written } = hostOf('', { stdin: request(IMAGE) });
    const args = ['--provider=module:/p.js', '--cache-dir=/dev/null/c'];
    expect(await pluginCommand({ ...host, system: nodeSystem, importModule: loadDesk, args })).toBe(
      0,
    );
    expect(written.stderr).toMatch(/^docker-keyring: warning: tokens are not kept/);
    expect(written.stdout).toContain('desk-password');
  });
});

/** A process in memory. */
function processOf(...args: readonly string[]) {
  const calls: unknown[] = [];
  const listeners = new Map<string, (value: never) => void>();
  return {
    calls,
    argv: ['node', '/plugin.cjs', ...args],
    exitCode: undefined as number | undefined,
    exit: () => calls.push('exit'),
    on: (event: string, listener: (value: never) => void) => listeners.set(event, listener),
    removeAllListeners: (event: string) => calls.push(event),
    emit: (event: string, value: unknown) => listeners.get(event)?.(value as never),
  };
}

describe('The process of a plugin', () => {
  const stdout = Object.getOwnPropertyDescriptor(process, 'stdout') as PropertyDescriptor;
  afterEach(() => void Object.defineProperty(process, 'stdout', stdout));

  test.each([['plugin --help'], ['--help']])('runs %s, and ends soon', async (args) => {
    const { host, written } = hostOf('');
    const own = processOf(...args.split(' '));
    const system = fakeSystem();
    await runPluginProcess(own, system, { stdout: host.stdout });
    expect(own.exitCode).toBe(0);
    expect(written.stdout).toContain('Usage:');
    expect(system.keepAliveTimers()).toBe(0);
    system.advance(25);
    expect(own.calls).toEqual(['warning', 'exit']);
    // What an SDK would print.
    expect(process.stdout).toBe(process.stderr);
  });

  test('loads modules as Node does, apart from standard output', async () => {
    const { host, written } = hostOf('', { stdin: request(IMAGE) });
    const module = join(import.meta.dirname, 'fixtures/plugin-provider.ts');
    const own = processOf('apart', `--provider=module:${module}`, '--no-cache');
    const { stdin } = host;
    await runPluginProcess(own, fakeSystem(), { stdin, stdout: host.stdout });
    const answer = await provider.provide({ image: IMAGE, signal: new AbortController().signal });
    expect(JSON.parse(written.stdout)).toMatchObject({ auth: answer?.auth });
    expect(process.stdout).not.toBe(process.stderr);
  });

  test.each<[string, () => Promise<EndOfProcess>, number, string]>([
    ['answers', async () => ({ exitCode: 3, signal: undefined }), 3, ''],
    [
      'is killed',
      async () => ({ exitCode: undefined, signal: 'SIGSEGV' }),
      1,
      'docker-keyring: the process that runs the module was ended by SIGSEGV\n',
    ],
    [
      'cannot be started',
      () => Promise.reject(new Error('spawn EAGAIN')),
      1,
      'docker-keyring: cannot start a process for the module: spawn EAGAIN\n',
    ],
  ])('runs a module in a second process, which %s', async (_what, end, exitCode, stderr) => {
    const { host, written } = hostOf('');
    const started: unknown[] = [];
    const own = processOf('plugin', 'config', '--provider=ecr', '--provider=module:/p.mjs');
    await runPluginProcess(own, fakeSystem(), {
      stderr: host.stderr,
      runApart: async (_system, args) => {
        started.push(...args);
        return end();
      },
    });
    expect(started).toEqual(['/plugin.cjs', 'plugin', 'apart', ...own.argv.slice(3)]);
    expect({ exitCode: own.exitCode, stderr: written.stderr }).toEqual({ exitCode, stderr });
  });

  test('starts no second one for wrong arguments', async () => {
    const { host, written } = hostOf('');
    const own = processOf('--provider=module:/p.mjs', '--pasword');
    await runPluginProcess(own, fakeSystem(), { stderr: host.stderr });
    expect(own.exitCode).toBe(2);
    expect(written.stderr).toContain('unknown option or argument --pasword');
  });

  test('tells an error in the background, and goes on', async () => {
    const { host, written } = hostOf('', { stdin: request(IMAGE) });
    const own = processOf('apart', '--provider=module:/p.mjs', '--no-cache');
    const importModule = async (): Promise<unknown> => {
      own.emit('unhandledRejection', new Error('no\nluck'));
      return { default: desk() };
    };
    const { stdin, stderr } = host;
    const parts = { stdin, stderr, stdout: host.stdout, importModule };
    await runPluginProcess(own, fakeSystem(), parts);
    expect(own.exitCode).toBe(0);
    expect(written.stderr).toBe(
      'docker-keyring: warning: unhandled error in the background: it threw Error: no luck\n',
    );
    expect(written.stdout).toContain('desk-password');
  });

  test.each([
    ['by itself', 0, 1, true],
    ['by a signal', 143, undefined, false],
  ])('says so where it ends %s before it has answered', async (_how, code, exitCode, isTold) => {
    const { host } = hostOf('', { stdin: request(IMAGE) });
    const own = processOf('apart', '--provider=module:/p.mjs', '--no-cache');
    const told: string[] = [];
    let endedWith: number | undefined = -1;
    const importModule = async (): Promise<unknown> => {
      own.emit('exit', code);
      endedWith = own.exitCode;
      return { default: desk() };
    };
    const parts = { stdin: host.stdin, stdout: host.stdout, stderr: host.stderr, importModule };
    const writeErrorNow = (text: string): void => void told.push(text);
    await runPluginProcess(own, fakeSystem(), { ...parts, writeErrorNow });
    expect(endedWith).toBe(exitCode);
    expect(told.length > 0).toBe(isTold);
    // What comes after the answer says nothing.
    own.emit('exit', 0);
    expect(told.length > 0).toBe(isTold);
  });
});
