import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What a finished program left. */
export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A Node.js to try the package with. */
export interface NodeBinary {
  readonly name: string;
  readonly path: string;
}

/** The folder of package.json. */
export const repository: string = process.cwd();

const folder = process.env['DOCKER_KEYRING_TARBALL_FOLDER'] ?? '(npm run test:package sets this)';

/** An empty project in which nothing but the packed tarball is installed. */
export const consumer: string = join(folder, 'consumer');

/** The installed package. */
export const installed: string = join(consumer, 'node_modules', 'docker-keyring');

/** Versions that the tests are tried with, from npm packages; pinned in tools/package.json. */
export const tools: string = join(repository, 'test', 'package', 'tools', 'node_modules');

/** A version that npm has for this machine. */
function nodeOf(major: string): NodeBinary[] {
  const home = join(tools, `node-${major}-${process.platform}-${process.arch}`);
  if (!existsSync(home)) return [];
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    version: string;
  };
  return [{ name: `v${version.replace('v', '')}`, path: join(home, 'bin', 'node') }];
}

/** The lowest supported Node.js, the later long-term ones, the newest, and the running one. */
export const nodes: readonly NodeBinary[] = [
  { name: `running, ${process.version}`, path: process.execPath },
  ...['20', '22', '24', '26'].flatMap(nodeOf),
];

/** Some that are too old. */
export const oldNodes: readonly NodeBinary[] = ['14', '16'].flatMap(nodeOf);

/** The package's own description. */
export interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

export const manifest = JSON.parse(
  readFileSync(join(repository, 'package.json'), 'utf8'),
) as Manifest;

/** The packed tarball. */
export const tarball: string = join(folder, `docker-keyring-${manifest.version}.tgz`);

/** The names under which modules of the package are imported: `docker-keyring`, `docker-keyring/kubernetes`, … */
export const moduleNames: readonly string[] = Object.keys(manifest.exports)
  .filter((subpath) => subpath !== './package.json')
  .map((subpath) => subpath.replace('.', 'docker-keyring'));

/** Runs a program in a folder, with an environment that holds `PATH` and what is given. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; input?: string } = {},
): Finished {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: options.cwd ?? consumer,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...options.env },
    input: options.input ?? '',
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

/** Puts a package of ours, or a scope, beside the installed tarball. */
export function linkPackage(name: string): void {
  const link = join(consumer, 'node_modules', name);
  if (!existsSync(link)) symlinkSync(join(repository, 'node_modules', name), link);
}
