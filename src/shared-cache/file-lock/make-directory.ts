// Directories of our own below the home directory, and never that one itself: where it is missing, as that of many
// service accounts is on purpose (/nonexistent), nothing is made.

import type { System } from '../../system/system.ts';

/** What making a directory asks of the world. */
export type HomeSystem = Pick<System, 'env' | 'homeDirectory' | 'stat' | 'makeDirectory'>;

/**
 * Makes a directory where it is missing (mode 0700), and those above it.
 *
 * @throws where it is below a home directory that does not exist.
 */
export async function makeDirectoryAtHome(system: HomeSystem, directory: string): Promise<void> {
  const homes = [system.env('HOME') ?? '', system.homeDirectory()].map(withoutSlashes);
  const home = homes.find((one) => one !== '' && isBelow(directory, one));
  if (home !== undefined && !(await isThere(system, home))) {
    throw new Error(`the home directory ${home} does not exist`);
  }
  await system.makeDirectory(directory);
}

/** Whether something stands there. */
export async function isThere(system: Pick<System, 'stat'>, path: string): Promise<boolean> {
  return (await system.stat(path)) !== undefined;
}

function isBelow(path: string, directory: string): boolean {
  return path === directory || path.replaceAll('\\', '/').startsWith(`${directory}/`);
}

function withoutSlashes(path: string): string {
  return path.replaceAll('\\', '/').replace(/\/+$/, '');
}
