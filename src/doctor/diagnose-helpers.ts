// Docker's credential helpers: those that configuration files name, and known ones on the PATH that no file names.

import { posix, win32 } from 'node:path';
import type { ConfigFile } from '../config/node-config.ts';
import { HELPER_NAME_RULE, isHelperName } from '../providers/docker-helper/helper-name.ts';
import { CATALOG } from '../providers/catalog.ts';
import type { System } from '../system/system.ts';
import type { Check } from './check.ts';

const area = 'helpers';
const PROGRAM = 'docker-credential-';

/** Those of docker/docker-credential-helpers and of Docker Desktop, and the clouds'. */
const KNOWN: readonly string[] = [
  'desktop',
  'osxkeychain',
  'secretservice',
  'wincred',
  'pass',
  ...CATALOG.flatMap(({ cloud }) => cloud?.helpers ?? []),
];

type ProgramSystem = Pick<System, 'env' | 'stat' | 'platform'>;

/** The files that may name helpers, and whether a keyring runs these. */
export interface NamedHelpers {
  readonly files: readonly ConfigFile[];
  readonly runsHelpers: boolean;
}

/** Looks for the programs. It runs none: some ask the user for a password. */
export async function diagnoseHelpers(
  system: ProgramSystem,
  { files, runsHelpers }: NamedHelpers,
): Promise<readonly Check[]> {
  const named = files.flatMap(({ candidate: { path }, config }) => {
    if (config === undefined) return [];
    const { credsStore = '', credHelpers } = config;
    const names = [...new Set([credsStore, ...credHelpers.values()])].filter((name) => name !== '');
    return names.map((name) => ({ name, path }));
  });
  const checks = await Promise.all(named.map((one) => namedCheck(system, one, runsHelpers)));
  const all = new Set(named.map(({ name }) => name));
  const others = KNOWN.filter((name) => !all.has(name)).map((name) => unnamedCheck(system, name));
  const found = [...checks, ...(await Promise.all(others)).flat()];
  if (found.length > 0) return found;
  const message = 'no file names one, and none that is known is on the PATH';
  return [{ area, subject: 'programs', status: 'info', message }];
}

async function namedCheck(
  system: ProgramSystem,
  { name, path }: { readonly name: string; readonly path: string },
  runsHelpers: boolean,
): Promise<Check> {
  const subject = `${PROGRAM}${name}`;
  const common = { area, subject, path } as const;
  const remedy = `take it out of "credsStore" and "credHelpers" in ${path}`;
  if (!runsHelpers) {
    const message = `${path} names it, and it is not run: a kubelet runs none either`;
    return {
      ...common,
      status: 'warning',
      message,
      hint: `${remedy}, or use --semantics extended`,
    };
  }
  if (!isHelperName(name)) {
    const message = `${path} names it, and no helper can have that name`;
    return { ...common, status: 'failure', message, hint: `${HELPER_NAME_RULE}; or ${remedy}` };
  }
  const program = await findProgram(system, subject);
  if (program !== undefined) {
    return { ...common, status: 'ok', message: `${program}, named by ${path}` };
  }
  const message = `${path} names it, and it is not on the PATH`;
  return { ...common, status: 'failure', message, hint: `install it, or ${remedy}` };
}

async function unnamedCheck(system: ProgramSystem, name: string): Promise<Check[]> {
  const subject = `${PROGRAM}${name}`;
  const program = await findProgram(system, subject);
  if (program === undefined) return [];
  const message = `${program}, and no file names it`;
  return [{ area, subject, status: 'info', message }];
}

const EXECUTABLE = 0o111;

/** The first file on the PATH that can be run as this program. */
async function findProgram(system: ProgramSystem, name: string): Promise<string | undefined> {
  const isWindows = system.platform === 'win32';
  const path = isWindows ? win32 : posix;
  const file = isWindows ? `${name}.exe` : name;
  const directories = (system.env('PATH') ?? '').split(path.delimiter).filter((one) => one !== '');
  const paths = directories.map((directory) => path.join(directory, file));
  const found = await Promise.all(paths.map((one) => isProgram(system, one, isWindows)));
  return paths.find((_one, index) => found[index]);
}

async function isProgram(
  system: ProgramSystem,
  path: string,
  isWindows: boolean,
): Promise<boolean> {
  try {
    const stamp = await system.stat(path);
    if (stamp === undefined) return false;
    const { mode = EXECUTABLE } = stamp;
    return isWindows || (mode & EXECUTABLE) !== 0;
  } catch {
    return false;
  }
}
