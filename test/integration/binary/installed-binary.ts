// The single executable as it is installed on a node: under its names, on a PATH that has no Node.js.

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execute, type Ending } from '../credential-helper/installed-helper.ts';

/** The names that it is installed under. */
const NAMES = [
  'docker-keyring',
  'docker-credential-keyring',
  'docker-keyring-plugin',
  'kubectl-keyring',
];

/** One that is installed. */
export interface InstalledBinary {
  readonly folder: string;
  /** The executable itself. */
  readonly file: string;
  /** All of the PATH. */
  readonly bin: string;
  readonly env: Readonly<Record<string, string>>;
  /** Puts another program on the PATH. */
  link(name: string, program: string): void;
  run(command: string, args: readonly string[], more?: RunMore): Promise<Ending>;
  remove(): void;
}

interface RunMore {
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Builds it from a folder with this repository, as `npm run build:binary` does, and gives its path. */
export function buildBinary(out: string, root: string = process.cwd()): string {
  execute(process.execPath, [resolve(root, 'scripts/build-binary.js'), '--out', out]);
  return join(out, String(readdirSync(out)[0]));
}

/** Builds and installs it. */
export function installBinary(): InstalledBinary {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'docker-keyring-binary-')));
  const [bin, home] = [join(folder, 'bin'), join(folder, 'home')];
  for (const made of [bin, home]) mkdirSync(made);
  const file = buildBinary(join(folder, 'built'));
  const link = (name: string, program: string): void => symlinkSync(program, join(bin, name));
  for (const name of NAMES) link(name, file);
  const env = { PATH: bin, HOME: home, DOCKER_CONFIG: join(home, '.docker') };
  return {
    folder,
    file,
    bin,
    env,
    link,
    run: (command, args, { stdin = '', env: more = {} } = {}) =>
      runClean(command, args, { stdin, env: { ...env, ...more } }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** With nothing of this process's environment. A signal is no exit code. */
function runClean(
  command: string,
  args: readonly string[],
  { stdin, env }: Required<RunMore>,
): Promise<Ending> {
  const child = spawn(command, args, { env });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  // One that ends before it reads.
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  return new Promise((resolveRun, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolveRun({ exitCode: code ?? undefined, ...said }));
  });
}

/** The path of a program of this machine. */
export function programPath(name: string): string {
  return spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
}

/** What a kubelet asks a plugin. */
export const request = (image: string): string =>
  JSON.stringify({
    kind: 'CredentialProviderRequest',
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    image,
  });

/** A provider of a user, as an expression. */
export const PROVIDER: string = `({
  name: 'mine',
  matchImages: ['m.example.com'],
  provide: async () => ({ auth: { 'm.example.com': { username: 'u', password: 'p' } }, cacheKeyType: 'Registry' }),
})`;

/** Fails with the words of a client. */
export function mustSucceed({ exitCode, stderr }: Ending): void {
  if (exitCode !== 0) throw new Error(`a client failed: ${stderr}`);
}
