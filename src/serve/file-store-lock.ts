// One writer at a time: two `docker login` at once must both be kept.

import type { System } from '../system/system.ts';
import { HelperError } from './helper-process.ts';

/** The part of the world that a lock takes. */
export type LockSystem = Pick<
  System,
  'now' | 'stat' | 'createFileExclusive' | 'moveFile' | 'removeFile' | 'setTimer'
>;

/** Reading and writing a file takes milliseconds: whoever held a lock for so long has died. */
const STALE_MS = 10_000;
const WAIT_MS = 20_000;
const PAUSE_MS = 25;

/** Does work while no other process does any under the same lock. */
export async function withFileLock(
  system: LockSystem,
  path: string,
  work: () => Promise<void>,
): Promise<void> {
  await lock(system, path);
  try {
    await work();
  } finally {
    await system.removeFile(path);
  }
}

async function lock(system: LockSystem, path: string, waitedMs = 0): Promise<void> {
  if (await system.createFileExclusive(path, '')) return;
  if (waitedMs >= WAIT_MS) {
    throw new HelperError(`${path} is held for too long: if no login is under way, remove it`);
  }
  await removeStale(system, path);
  await new Promise<void>((resolve) => {
    system.setTimer(PAUSE_MS, resolve, { keepAlive: true });
  });
  await lock(system, path, waitedMs + PAUSE_MS);
}

/** Only one process gets what it renames; what turns out to be a newer lock is put back. */
async function removeStale(system: LockSystem, path: string): Promise<void> {
  const seen = await system.stat(path);
  if (seen === undefined || system.now() - seen.mtimeMs < STALE_MS) return;
  const aside = `${path}.stale`;
  if (!(await system.moveFile(path, aside))) return;
  const moved = await system.stat(aside);
  if (moved?.inode !== seen.inode) await system.createFileExclusive(path, '');
  await system.removeFile(aside);
}
