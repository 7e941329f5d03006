// This program a second time, as a process whose standard output is its standard error. A process cannot exchange its own:
// what a user's code prints, and what the programs print that it starts, would stand among the answer.

import { killGroup } from './processes.ts';
import type { System } from '../system.ts';

/** Where the second process finds what is standard output here. */
export const OUTPUT_DESCRIPTOR = 3;

/** How it ended. */
export interface EndOfProcess {
  readonly exitCode: number | undefined;
  /** What killed it. */
  readonly signal: string | undefined;
}

/**
 * Runs Node's own arguments, and these, to their end, under the name of this process. What the process has started and left behind ends with it, but for
 * what made itself a session of its own.
 *
 * @param args - The program's path, and its arguments. A single executable has no path of a program.
 * @param execArgv - Node's own arguments; a single executable has them inside and takes none.
 * @throws the system's error when it cannot be started.
 */
export function runApart(
  { platform }: Pick<System, 'platform'>,
  args: readonly string[],
  execArgv: readonly string[] = process.execArgv,
): Promise<EndOfProcess> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const isGroup = platform !== 'win32';
  const child = spawn(process.execPath, [...execArgv, ...args], {
    // A single executable is the program that it is called.
    argv0: process.argv0,
    stdio: [0, 2, 2, 1],
    detached: isGroup,
    windowsHide: true,
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.once('exit', (exitCode, signal) => {
      // At once: no other process can have got the number yet.
      if (isGroup && child.pid !== undefined) killGroup(child.pid);
      resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined });
    });
  });
}
