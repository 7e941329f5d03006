import { describe, expect, test } from '@jest/globals';
import { channel } from 'node:diagnostics_channel';
import { pluginCommand } from '../../../src/cli/commands/plugin.ts';
import { printDiagnostics } from '../../../src/cli/verbose.ts';
import { desk, request } from '../serve/serving.ts';
import { hostOf } from './plugin-run.ts';
import { config, run } from './run.ts';

const events = channel('docker-keyring');

function linesOf(...published: readonly unknown[]): readonly string[] {
  const lines: string[] = [];
  const stop = printDiagnostics((text) => void lines.push(text));
  for (const event of published) events.publish(event);
  stop();
  events.publish({ kind: 'late' });
  return lines;
}

describe('--verbose', () => {
  test.each([
    [
      { kind: 'provider-failed', provider: 'desk', code: 'ERR_X', message: 'it failed' },
      'provider-failed: it failed provider="desk" code="ERR_X"',
    ],
    [
      { message: 'Refreshing cache for provider', provider: 'ecr', attempt: 2, isFirst: false },
      'Refreshing cache for provider provider="ecr" attempt=2 isFirst=false',
    ],
    [{ kind: 'x', name: undefined, error: new Error('y'), big: 1n }, 'x'],
    [undefined, ''],
  ])('prints the event %p as a line, until it ends', (event, line) => {
    expect(linesOf(event)).toEqual([`debug: ${line}`]);
  });

  const files = { '/cwd/c.json': '{"auths":{"r.test":{"auth":"?"}}}' };
  const inputs = 'r.test/x --docker-config c.json --providers none';
  const problem = 'entry "r.test": "auth" is not base64';
  const line = `docker-keyring: debug: config-problem: /cwd/c.json:1:11: ${problem} path="/cwd/c.json"\n`;

  test.each([
    `--verbose lookup ${inputs}`,
    `lookup --verbose ${inputs}`,
    `lookup ${inputs} --verbose`,
  ])('is an option of the program: %s', async (args) => {
    const { exitCode, stderr } = await run(args, { files });
    expect(exitCode).toBe(1);
    expect(stderr).toBe(`${line}docker-keyring: warning: c.json:1:11: ${problem}\n`);
  });

  test('is off by default, and after a command has ended', async () => {
    await run(`lookup --verbose ${inputs}`, { files });
    expect(events.hasSubscribers).toBe(false);
    const { stderr } = await run(`lookup ${inputs}`, { files });
    expect(stderr).not.toContain('debug:');
  });

  test('of verify leaves no line of progress', async () => {
    const world = { files: { '/home/user/.docker/config.json': config({}) }, isTTY: true };
    const { stderr } = await run('verify --verbose --providers none Bad:1', world);
    expect(stderr).toBe('');
    const { stderr: shown } = await run('verify --providers none Bad:1', world);
    expect(shown).toContain('1/1 image');
  });

  test('is an option of plugin, whose lines show no secret', async () => {
    const { host, written } = hostOf('--verbose --provider=module:/p.js --no-cache', {
      stdin: request('reg.example.com/app'),
    });
    host.secrets.remember('desk-password-2');
    const provide = async (): Promise<never> => {
      events.publish({ kind: 'store-problem', message: 'no\ndesk-password-2' });
      throw new Error('no luck');
    };
    const importModule = async (): Promise<unknown> => ({ default: { ...desk(), provide } });
    expect(await pluginCommand({ ...host, importModule })).toBe(1);
    expect(written.stderr).toContain('docker-keyring: debug: store-problem: no [redacted]\n');
    expect(events.hasSubscribers).toBe(false);
  });

  test('of plugin ends with a failure, too', async () => {
    const { host, written } = hostOf('--verbose --provider environment');
    expect(await pluginCommand(host)).toBe(1);
    expect(written.stderr).toContain('docker-keyring: environment: neither DOCKER_USER');
    expect(events.hasSubscribers).toBe(false);
  });

  test('of plugin is printed once where the program runs it', async () => {
    const args = 'plugin --provider environment --verbose';
    const { exitCode, stderr } = await run(args, { stdin: request('reg.example.com/app') });
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'docker-keyring: environment: neither DOCKER_USER nor DOCKER_PASSWORD is set where this program runs\n',
    );
    const help = await run('--verbose plugin --help');
    expect(help.stdout).toContain('  --verbose  ');
  });
});

test('The help of every command has the options of the program', async () => {
  for (const command of ['lookup', 'verify', 'secret create']) {
    const { stdout } = await run(`${command} --help`);
    expect(stdout).toMatch(/\nGlobal Options:\n(?: .*\n)* {2}--verbose +print diagnostics/);
  }
});
