// Writes the manual page from the help of dist/cli/docker-keyring.js: `npm run man`.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const { version, description } = JSON.parse(readFileSync('package.json', 'utf8'));

mkdirSync('dist/man', { recursive: true });
writeFileSync('dist/man/docker-keyring.1', manualPage());

function manualPage() {
  const page = [
    `.TH DOCKER\\-KEYRING 1 "" "docker\\-keyring ${version}" "User Commands"`,
    '.SH NAME',
    `docker\\-keyring \\- ${escaped(description)}`,
    '.SH DESCRIPTION',
    asIs(help([])),
    ...commandsOf([]).flatMap((words) => [
      `.SH "docker\\-keyring ${escaped(words.join(' '))}"`,
      asIs(help(words)),
    ]),
  ];
  return `${page.join('\n')}\n`;
}

/** Those below a command, with their own; "help" has nothing else to say. */
function commandsOf(words) {
  const [, list = ''] = help(words).split('\nCommands:\n');
  const names = list
    .split('\n\n')[0]
    .split('\n')
    .flatMap((line) => /^ {2}([a-z]+)/.exec(line)?.[1] ?? []);
  return names.flatMap((name) => {
    if (name === 'help') return [];
    const below = [...words, name];
    return name === 'plugin' ? [below] : [below].concat(commandsOf(below));
  });
}

function help(words) {
  return execFileSync(process.execPath, ['dist/cli/docker-keyring.js', ...words, '--help'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NO_COLOR: '1', COLUMNS: '76' },
  }).trim();
}

/** In lines that are not filled. */
function asIs(text) {
  const lines = escaped(text)
    .split('\n')
    .map((line) => line.replace(/^(?=[.'])/, '\\&'));
  return ['.nf', ...lines, '.fi'].join('\n');
}

function escaped(text) {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
}
