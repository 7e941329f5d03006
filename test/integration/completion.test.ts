// The completion scripts, in Debian's zsh and fish; bash is everywhere, and the unit tests run it.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  installHelper,
  installPackages,
  type InstalledHelper,
} from './credential-helper/installed-helper.ts';

let programs: InstalledHelper;
const at = (name: string): string => join(programs.directory, name);

beforeAll(async () => {
  installPackages({ zsh: 'zsh', fish: 'fish' });
  programs = installHelper();
  for (const shell of ['zsh', 'fish']) {
    const { exitCode, stdout } = await programs.run('docker-keyring', ['completion', shell]);
    if (exitCode !== 0) throw new Error(`there is no script for ${shell}`);
    writeFileSync(at(`completion.${shell}`), stdout);
  }
}, 600_000);
afterAll(() => programs.remove());

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...programs.env, TERM: 'dumb' },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** What fish offers at the end of a line, without the descriptions. */
function fish(line: string): readonly string[] {
  const code = `source ${at('completion.fish')}; complete -C '${line}'`;
  return run('fish', ['--no-config', '-c', code])
    .split('\n')
    .flatMap((offered) => offered.split('\t')[0] || []);
}

/** What zsh adds as matches, in a terminal of its own in which the tabulator key is pressed. */
function zsh(line: string): readonly string[] {
  const inner = [
    `autoload -Uz compinit; compinit -u -D; source ${at('completion.zsh')}`,
    'compadd() { [[ $* == *-[OAD]* ]] || { local -a w; builtin compadd -O w "$@"; print -rl -- $w >> $MATCHES }; builtin compadd "$@" }',
    'bindkey "^I" complete-word; PS1=READY',
  ].join('\n');
  writeFileSync(at('zshrc'), inner);
  writeFileSync(
    at('press.zsh'),
    `zmodload zsh/zpty
export MATCHES=$1
zpty z zsh -f -i
zpty -w z "source ${at('zshrc')}; print LOADED-$((1 + 1))"
zpty -r -m z wanted '*LOADED-2*READY*'
zpty -w -n z ${JSON.stringify(line)}$'\\t'
for i in {1..100}; do [[ -s $MATCHES ]] && break; sleep 0.1; done
sleep 0.3
zpty -d z
cat $MATCHES
`,
  );
  writeFileSync(at('matches'), '');
  return run('zsh', ['-f', at('press.zsh'), at('matches')])
    .split('\n')
    .filter((offered) => offered !== '');
}

describe.each([
  ['fish', fish],
  ['zsh', zsh],
])('%s completes', (_shell, complete) => {
  test.each([
    ['a command', 'docker-keyring loo', 'lookup'],
    ['a command of a command', 'docker-keyring secret cre', 'create'],
    ['an option', 'docker-keyring lookup --path', '--path-matching'],
    ['a value', 'docker-keyring verify --output gi', 'github'],
    ['an option of the plugin', 'docker-keyring plugin --cache', '--cache-dir'],
  ])('%s: %s', (_what, line, offered) => {
    expect(complete(line)).toContain(offered);
  });
});
