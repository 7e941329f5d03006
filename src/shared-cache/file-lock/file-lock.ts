// What lives here: the one lock between processes, of docker logins and of the token files; docs/decisions/0030-one-lock.md
// has the proof. A lock is a directory. Who holds it has a file in it, under a name that is used once and never again:
//
//   taken       a directory with that file is renamed to the lock's name, which succeeds where nothing or an empty
//               directory stands there;
//   given back  the file is removed, or, with what was written into it, renamed to the file that the lock is about;
//   taken over  the file of one that has died is removed, and the lock taken like every other.
//
// Each is one step of the file system, and whatever is removed or renamed has a name that nobody else will ever have: what
// was decided about a holder happens to that holder or to nobody. To change who counts as dead: holders.ts.
// Must not be imported here: what is locked.

import type { System } from '../../system/system.ts';
import { createHolders, type HoldersSystem } from './holders.ts';
import { temporaryPath } from './temporary-path.ts';

/** The part of the world that a lock takes. */
export type LockSystem = HoldersSystem &
  Pick<
    System,
    | 'makeDirectory'
    | 'createFile'
    | 'fillFile'
    | 'touchFile'
    | 'moveFile'
    | 'moveDirectory'
    | 'ownProcess'
    | 'uniqueName'
    | 'setTimer'
  >;

/** A lock. */
export interface FileLock {
  /** Takes it; `undefined` while another process has it. */
  take(): Promise<HeldLock | undefined>;
}

/** A lock that this process has. It stays so while the process works, and may be lost to others while it stands still. */
export interface HeldLock {
  /** Gives it back. */
  release(): Promise<void>;
  /**
   * Writes a file beside the lock and gives the lock up, in one step; `false`, and nothing written, where another process
   * has taken it over. So of what was read under the lock nothing has changed since.
   */
  commit(path: string, text: string): Promise<boolean>;
}

/** How often a holder shows that it works. */
const RENEW_MS = 2000;
/** A holder that takes longer than any deadline has lost its way. */
const MAX_RENEWALS = 30;

/**
 * Makes a lock; it does nothing yet. One object for each lock: it remembers for how long it has seen whom.
 *
 * @param path - Where nothing else is; its directory must be this user's.
 */
export function createFileLock(system: LockSystem, path: string): FileLock {
  const holders = createHolders(system, path);

  async function claim(): Promise<HeldLock | undefined> {
    const name = `${await system.ownProcess()}.${system.uniqueName()}`;
    const prepared = temporaryPath(system, path);
    await system.makeDirectory(prepared);
    await system.createFile(`${prepared}/${name}`, '');
    if (await system.moveDirectory(prepared, path)) return hold(name);
    // Another was faster.
    await system.removeFile(`${prepared}/${name}`);
    await system.removeDirectory(prepared);
    return undefined;
  }

  function hold(name: string): HeldLock {
    const own = `${path}/${name}`;
    const stopRenewing = keepRenewing(system, own);
    let isGone = false;
    return {
      async release() {
        stopRenewing();
        if (!isGone) await system.removeFile(own);
        await system.removeDirectory(path);
      },
      async commit(target, text) {
        const isDone = (await system.fillFile(own, text)) && (await system.moveFile(own, target));
        isGone = true;
        return isDone;
      },
    };
  }

  return {
    async take() {
      return (await holders.clear()) ? claim() : undefined;
    },
  };
}

/** Timers keep no process alive: what has ended its work is gone, and others see so. */
function keepRenewing(
  system: Pick<LockSystem, 'touchFile' | 'setTimer'>,
  path: string,
): () => void {
  let cancel = schedule(1);

  function schedule(count: number): () => void {
    return system.setTimer(RENEW_MS, () => void renew(count));
  }

  async function renew(count: number): Promise<void> {
    const isHeld = await system.touchFile(path).catch(() => true);
    if (isHeld && count < MAX_RENEWALS && !isStopped) cancel = schedule(count + 1);
  }

  let isStopped = false;
  return () => {
    isStopped = true;
    cancel();
  };
}
