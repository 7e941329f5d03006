import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { run } from './run.ts';

/** What bash offers for the last of these words. */
async function complete(...words: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await run('completion bash');
  const code = `${stdout}
    COMP_WORDS=(docker-keyring "$@")
    COMP_CWORD=$#
    _docker_keyring
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const ended = spawnSync('bash', ['--norc', '-c', code, 'bash', ...words], { encoding: 'utf8' });
  expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 0, stderr: '' });
  return ended.stdout.split('\n').filter((line) => line !== '');
}

describe('In bash, docker-keyring completes', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['commands', ['lo'], ['lookup']],
    ['commands of commands', ['secret', ''], ['create', 'validate', 'help']],
    ['options', ['lookup', '--path'], ['--path-matching']],
    ['values', ['lookup', '--output', 'd'], ['dockerode', 'docker-config']],
    ['values of short options', ['verify', '-o', 'j'], ['json', 'junit']],
    ['options of the plugin', ['plugin', '--cache'], ['--cache-dir']],
    ['values of the plugin', ['plugin', 'config', '--api-version', 'v1b'], ['v1beta1']],
    ['shells', ['completion', ''], ['bash', 'zsh', 'fish']],
    ['files of options', ['lookup', '--secret', 'package.js'], ['package.json']],
    ['files of arguments', ['secret', 'validate', 'package.js'], ['package.json']],
    ['nothing for what nobody can guess', ['lookup', '--namespace', ''], []],
    ['no option of another command', ['plugin', '--api'], []],
    ['what stands for every command', ['config', '--verb'], ['--verbose']],
  ])('%s: %j', async (_what, words, offered) => {
    expect(await complete(...words)).toEqual(offered);
  });
});

test.each([
  ['zsh', "'lookup:print the credentials of images"],
  ['fish', "-l output -s o -x -a 'text json'"],
])('There is a script for %s', async (shell, part) => {
  const { exitCode, stdout } = await run(`completion ${shell}`);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(part.replace('-l output -s o', '-s o -l output'));
});

test('Another shell is a wrong use', async () => {
  expect(await run('completion tcsh')).toMatchObject({ exitCode: 2, stdout: '' });
});
