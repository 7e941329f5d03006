// Where a row is tried: a folder of its own, with the packed tarball in it and the row's packages above it, which are
// installed once for all runs, into a cache folder.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { manifest, repository, tarball } from '../consumer.ts';

/** No package that is younger: what others publish does not change what is tried here. */
const BEFORE = '2026-11-20';

const CACHE = join(
  process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
  'docker-keyring',
  'package-tests',
);

/** What is installed for a row. */
export interface Packages {
  /** `name@version`. */
  readonly packages: readonly string[];
  /** Whether the clouds' SDKs are there. */
  readonly hasSdks: boolean;
}

const named = (versions: Readonly<Record<string, string>>): string[] =>
  Object.entries(versions).map(([name, version]) => `${name}@${version}`);

/** The folder with the installed packages and those that docker-keyring depends on. */
function install({ packages, hasSdks }: Packages): string {
  const { dependencies, optionalDependencies } = manifest;
  const all = [
    ...packages,
    ...named(dependencies),
    ...(hasSdks ? named(optionalDependencies) : []),
  ];
  const key = createHash('sha256')
    .update(`${BEFORE} ${all.join(' ')}`)
    .digest('hex')
    .slice(0, 16);
  const folder = join(CACHE, key);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const partial = mkdtempSync(`${folder}-`);
  writeFileSync(join(partial, 'package.json'), '{ "private": true }\n');
  const options = [`--before=${BEFORE}`, '--no-audit', '--no-fund', '--prefer-offline'];
  execFileSync('npm', ['install', ...options, ...all], { cwd: partial, stdio: 'pipe' });
  try {
    renameSync(partial, folder);
  } catch (error) {
    // Another run was faster.
    if (!existsSync(folder)) throw error;
    rmSync(partial, { recursive: true });
  }
  return folder;
}

/** A folder for one row. */
export interface Place extends Disposable {
  readonly folder: string;
  /** The path of a program or file of the row's packages. */
  readonly inPackages: (path: string) => string;
}

/** Makes it, with what {@link Packages} says and some files. */
export function openPlace(packages: Packages, files: Readonly<Record<string, string>>): Place {
  const root = install(packages);
  const runs = join(root, 'runs');
  mkdirSync(runs, { recursive: true });
  const folder = mkdtempSync(join(runs, 'run-'));
  const own = join(folder, 'node_modules', 'docker-keyring');
  mkdirSync(own, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', own]);
  cpSync(join(repository, 'test/package/rows/exercise.cjs'), join(folder, 'exercise.cjs'));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  return {
    folder,
    inPackages: (path) => join(root, 'node_modules', path),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
