import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pluginCommand } from '../../../src/cli/plugin-command.ts';
import { runPluginProcess } from '../../../src/cli/plugin-process.ts';
import { nodeSystem } from '../../../src/system/node-system.ts';
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
      expect(written.stderr).toBe('');
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

describe('The process of a plugin', () => {
  test.each([['plugin --help'], ['--help']])('runs %s, and ends soon', async (args) => {
    const { host, written } = hostOf('');
    const calls: unknown[] = [];
    const process = {
      argv: ['node', 'plugin.cjs', ...args.split(' ')],
      exitCode: undefined as number | undefined,
      exit: () => calls.push('exit'),
      removeAllListeners: (event: string) => calls.push(event),
    };
    const system = fakeSystem();
    await runPluginProcess(process, system, { stdout: host.stdout });
    expect(process.exitCode).toBe(0);
    expect(written.stdout).toContain('Usage:');
    expect(system.keepAliveTimers()).toBe(0);
    system.advance(25);
    expect(calls).toEqual(['warning', 'exit']);
  });

  test('loads modules as Node does', async () => {
    const { host, written } = hostOf('', { stdin: request(IMAGE) });
    const module = join(import.meta.dirname, 'fixtures/plugin-provider.ts');
    const process = {
      argv: ['node', 'plugin.cjs', `--provider=module:${module}`, '--no-cache'],
      exit() {},
      removeAllListeners() {},
    };
    const { stdin, stdout } = host;
    await runPluginProcess(process, fakeSystem(), { stdin, stdout });
    const answer = await provider.provide({ image: IMAGE, signal: new AbortController().signal });
    expect(JSON.parse(written.stdout)).toMatchObject({ auth: answer?.auth });
  });
});
