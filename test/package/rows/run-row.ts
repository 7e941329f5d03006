// Runs a row. The fake clouds are in this process, and so nothing here waits without letting them work.

import { expect } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { FILES } from './files.ts';
import { openPlace, type Packages, type Place } from './place.ts';
import type { Row } from './rows.ts';

/** What `exercise` gives where all is well. */
export const WORKS: Readonly<Record<string, unknown>> = {
  credential: 'robot',
  verified: ['pullable'],
  yaml: ['Pod'],
  refusal: 'ERR_KEYRING_REFERENCE_INVALID',
  isSame: true,
  users: ['AWS', 'oauth2accesstoken', '00000000-0000-0000-0000-000000000000'],
  problems: [],
};

/** Without the SDKs. */
export const LACKS_SDKS: Readonly<Record<string, unknown>> = {
  ...WORKS,
  users: [null, null, null],
  problems: ['@aws-sdk/client-ecr', 'google-auth-library', '@azure/identity'].map((name) =>
    expect.stringContaining(`npm install ${name}`),
  ),
};

interface Ended {
  readonly status: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Ends with what the program left; never rejects. */
export function runProgram(
  command: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Ended> {
  const [program = '', ...args] = command;
  const options = { cwd, env: { PATH: process.env['PATH'], ...env }, maxBuffer: 1e8 };
  return new Promise((resolve) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : (error.code ?? error.signal), stdout, stderr });
    });
  });
}

/** Words of a command, those that are files of a package with their path. */
function commandOf(line: string, { inPackages, folder }: Place): string[] {
  return line.split(' ').map((word) => {
    if (word === 'node') return process.execPath;
    return !existsSync(join(folder, word)) && existsSync(inPackages(word))
      ? inPackages(word)
      : word;
  });
}

/** Does the commands of a row and gives the last one's end. */
export async function runRow(
  place: Place,
  { run }: Pick<Row, 'run'>,
  env: Readonly<Record<string, string>>,
): Promise<Ended> {
  let last: Ended = { status: 'no command', stdout: '', stderr: '' };
  for (const line of run) {
    last = await runProgram(commandOf(line, place), { cwd: place.folder, env });
    if (last.status !== 0) break;
  }
  return last;
}

/** The folder of a row. */
export function placeOf(row: Row, packages: Packages): Place {
  return openPlace(packages, { ...FILES, ...row.files });
}

/** What a runner of tests wrote into its result file; its output where it failed. */
export async function resultOfRunner(
  place: Place,
  row: Row,
  env: Readonly<Record<string, string>>,
): Promise<unknown> {
  const file = join(place.folder, 'result.json');
  const { status, stdout, stderr } = await runRow(place, row, { ...env, RESULT_FILE: file });
  if (status !== 0 || !existsSync(file)) return { status, stdout, stderr };
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** What a program printed, which prints nothing else. */
export function resultOfProgram({ status, stdout, stderr }: Ended): unknown {
  if (status !== 0 || stderr !== '') return { status, stdout, stderr };
  return JSON.parse(stdout);
}
