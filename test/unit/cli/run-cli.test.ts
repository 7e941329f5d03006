import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionText } from '../../../src/cli/version.ts';
import { run } from './run.ts';

describe('The program', () => {
  test('has the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(process.cwd(), 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(await run('--version')).toMatchObject({
      exitCode: 0,
      stdout: `${version} (Node.js 24.1.0)\n`,
      stderr: '',
    });
  });

  test('names the commit that it was built from', () => {
    expect(versionText({ commit: 'c0ffee', nodeVersion: 'v26.10.0' })).toMatch(
      / \(commit c0ffee, Node\.js 26\.10\.0\)$/,
    );
  });

  test.each(['', 'lookup', 'explain', 'config', 'verify', 'secret create', 'secret validate'])(
    'has help with examples for %j, no wider than 80 columns',
    async (command) => {
      const result = await run(`${command} --help`.trim(), { env: { COLUMNS: '80' } });
      expect(result).toMatchObject({ exitCode: 0, stderr: '' });
      expect(result.stdout).toContain('\nExamples:\n  ');
      const widths = result.stdout.split('\n').map(({ length }) => length);
      expect(Math.max(...widths)).toBeLessThanOrEqual(80);
    },
  );

  test('documents its exit codes', async () => {
    const { stdout } = await run('--help');
    expect(stdout).toMatch(/\nExit codes:\n {2}0 {2}.*\n {2}1 {2}.*\n/);
  });

  test.each([
    ['where there is a terminal', { isTTY: true }, true],
    ['where there is none', {}, false],
    ['where NO_COLOR says so', { isTTY: true, env: { NO_COLOR: '1' } }, false],
    ['where FORCE_COLOR says so', { env: { FORCE_COLOR: '1' } }, true],
  ])('has help in colours or not %s', async (_, world, isColoured) => {
    const { stdout } = await run('--help', world);
    expect(stdout.includes('\u001b[')).toBe(isColoured);
  });

  test.each([[[]], [['secret']]])('shows its help on standard error for %j', async (args) => {
    const result = await run(args);
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toMatch(/^Usage: docker-keyring /);
  });
});

describe('Wrong use', () => {
  test.each([
    ['lokup', "unknown command 'lokup' (Did you mean lookup?)"],
    ['lookup --secrets x', "unknown option '--secrets' (Did you mean --secret?)"],
    ['secret create x --pasword=canary', "unknown option '--pasword'"],
    ['secret create x -pcanary', "unknown option '-p'"],
    ["secret create x --a'canary", "unknown option '--a'"],
    ['secret create', "missing required argument 'NAME'"],
    ['secret create x canary', 'too many arguments for'],
    ['lookup x --secret', "option '--secret <file>' argument missing"],
    ['lookup x -o yaml', "option '-o, --output <format>': the value is invalid."],
    ['lookup x --semantics docker', 'Allowed choices are extended, kubelet.'],
  ])('%j ends with 2 and one clear line', async (line, message) => {
    const result = await run(line);
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toMatch(/^docker-keyring: [^\n]+\n$/);
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toContain('canary');
  });
});

test('A malformed secret ends with 1 and one clear line', async () => {
  const result = await run('config --no-docker-config --secret s.yaml', {
    files: { '/cwd/s.yaml': '{"kind": "Secret", "type": "kubernetes.io/dockercfg", "data": 5}' },
  });
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(/^docker-keyring: Pull secret [^\n]+\n$/);
});
