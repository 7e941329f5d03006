// What processes that were killed have left of their temporary files and directories.

import type { System } from '../../system/system.ts';
import { namesIn } from './holders.ts';
import { temporaryPath } from './temporary-path.ts';

/** What sweeping takes of the world. */
export type LeftoversSystem = Pick<
  System,
  | 'now'
  | 'stat'
  | 'readDirectory'
  | 'removeFile'
  | 'removeDirectory'
  | 'moveDirectory'
  | 'uniqueName'
>;

/** Those of System, too. */
const LEFTOVER = /\.[\da-f-]{36}\.tmp$/;
/** Nobody who writes takes longer. */
const WRITING_MS = 60_000;

/** Whether a name is one that `temporaryPath` gives. */
export function isLeftover(name: string): boolean {
  return LEFTOVER.test(name);
}

/** Removes a temporary file or directory that nobody has touched for a minute; never fails. */
export async function removeLeftover(system: LeftoversSystem, path: string): Promise<void> {
  try {
    const stamp = await system.stat(path);
    if (stamp === undefined || system.now() - stamp.mtimeMs <= WRITING_MS) return;
    const base = path.replace(LEFTOVER, '');
    // Its owner may wake up, and rename it to a lock's name while it is emptied: only one of the two gets it.
    const aside = temporaryPath(system, base);
    if (!(await system.moveDirectory(path, aside))) return;
    const names = (await namesIn(system, aside)) ?? [];
    await Promise.all(names.map((name) => system.removeFile(`${aside}/${name}`)));
    await system.removeDirectory(aside);
  } catch {
    // What cannot be removed is at least in nobody's way.
  }
}
