// npm start: who gets which credentials for the images in inputs/, in which order, from where and why.
// Everything that it reads lies in inputs/, whatever machine it runs on.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const images = readFileSync(new URL('inputs/images.txt', import.meta.url), 'utf8')
  .trim()
  .split(/\r?\n/);
const inputs = [
  ['--pod', 'examples/inputs/pod.yaml'],
  ['--service-account', 'examples/inputs/service-account.yaml'],
  ['--secret', 'examples/inputs/pull-secrets.yaml'],
  ['--docker-config', 'examples/inputs'],
  ['--docker-config', 'examples/inputs/oras-login.json'],
];

/** Runs one command as a user would, and shows it first. */
function run(command) {
  const lines = [`xargs docker-keyring ${command}`, ...inputs.map((option) => option.join(' '))];
  console.log(`\n$ ${lines.join(' \\\n    ')} < examples/inputs/images.txt\n`);
  const program = ['dist/cli/docker-keyring.js', command, ...images, ...inputs.flat()];
  const { status } = spawnSync(process.execPath, program, { cwd: root, stdio: 'inherit' });
  // 1 says that some image has no credentials, as is the case here.
  if (status === null || status > 1) process.exitCode = 1;
}

run('lookup');
run('explain');
