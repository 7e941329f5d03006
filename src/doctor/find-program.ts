// Where a program lies on the PATH.

import { posix, win32 } from 'node:path';
import type { System } from '../system/system.ts';

/** The part of the world that it takes. */
export type ProgramSystem = Pick<System, 'env' | 'stat' | 'platform'>;

const EXECUTABLE = 0o111;

/** The first file on the PATH that can be run as this program. */
export async function findProgram(
  system: ProgramSystem,
  name: string,
): Promise<string | undefined> {
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
