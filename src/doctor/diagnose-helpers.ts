// Docker's credential helpers: those that configuration files name, and those that lie on the PATH without being named.

import type { ConfigFile } from '../config/node-config.ts';
import { HELPER_NAME_RULE, isHelperName } from '../providers/docker-helper/helper-name.ts';
import type { Check } from './check.ts';
import { findProgram, type ProgramSystem } from './find-program.ts';

const area = 'helpers';
const PROGRAM = 'docker-credential-';

/** From docker/docker-credential-helpers, and those of the clouds and of Docker Desktop. */
const KNOWN = [
  'desktop',
  'osxkeychain',
  'secretservice',
  'wincred',
  'pass',
  'ecr-login',
  'gcr',
  'gcloud',
  'acr-env',
] as const;

/** Where helpers are named, and whether anybody runs them. */
export interface NamedHelpers {
  readonly files: readonly ConfigFile[];
  readonly runsHelpers: boolean;
}

/** Looks for the programs; runs none, since some ask the user. */
export async function diagnoseHelpers(
  system: ProgramSystem,
  { files, runsHelpers }: NamedHelpers,
): Promise<readonly Check[]> {
  const named = files.flatMap(({ candidate: { path }, config }) => {
    const { credsStore = '', credHelpers = new Map<string, string>() } = config ?? {};
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
