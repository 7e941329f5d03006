// Who has a lock, and whether that process still works.

import { MAX_CLOCK_SKEW_MS } from '../../util/clock-skew.ts';
import type { System } from '../../system/system.ts';

/** What judging holders takes of the world. */
export type HoldersSystem = Pick<
  System,
  'now' | 'monotonicMs' | 'stat' | 'readDirectory' | 'removeFile' | 'removeDirectory' | 'isRunning'
>;

/** The holders of one lock: one or none, unless somebody else has put something there. */
export interface Holders {
  /** Removes those that have died; whether the lock can be had then. */
  clear(): Promise<boolean>;
}

/** A holder that nobody can tell the state of shows it every two seconds: after so long it has died. */
const DEAD_AFTER_MS = 5000;
/** One that is known to run stands still: its machine is busy, or somebody has stopped it. */
const LOST_AFTER_MS = 15_000;

interface Sighting {
  readonly mtimeMs: number;
  readonly sinceMs: number;
}

/** Makes a judge of one lock's holders, who remembers what it has seen. */
export function createHolders(system: HoldersSystem, path: string): Holders {
  const seen = new Map<string, Sighting>();

  async function hasDied(name: string): Promise<boolean> {
    const running = await system.isRunning(name.split('.').slice(0, -1).join('.'));
    if (running === false) return true;
    const stamp = await system.stat(`${path}/${name}`);
    if (stamp === undefined) return true;
    const { mtimeMs } = stamp;
    if (running === undefined && system.now() - mtimeMs > MAX_CLOCK_SKEW_MS) return true;
    const now = system.monotonicMs();
    const before = seen.get(name);
    const sinceMs = before?.mtimeMs === mtimeMs ? before.sinceMs : now;
    seen.set(name, { mtimeMs, sinceMs });
    return now - sinceMs >= (running === undefined ? DEAD_AFTER_MS : LOST_AFTER_MS);
  }

  return {
    async clear() {
      const names = await namesIn(system, path);
      if (names === undefined) return true;
      const judged = await Promise.all(names.map(hasDied));
      const dead = names.filter((_name, index) => judged[index]);
      await Promise.all(dead.map((name) => removeHolder(system, `${path}/${name}`)));
      // Of one who was killed between its last two steps; only an empty one goes.
      if (dead.length === names.length) await system.removeDirectory(path);
      return dead.length === names.length;
    },
  };
}

/** What is no holder's file, a directory for example, stays, and then nobody gets the lock. */
async function removeHolder(system: HoldersSystem, path: string): Promise<void> {
  await system.removeFile(path).catch(() => {});
}

/** What is in a directory; `undefined` where there is none. What stands in its place is removed. */
export async function namesIn(
  system: Pick<System, 'readDirectory' | 'removeFile'>,
  path: string,
): Promise<readonly string[] | undefined> {
  try {
    return (await system.readDirectory(path)).map(({ name }) => name);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code !== 'ENOTDIR') throw error;
    await system.removeFile(path);
    return undefined;
  }
}
