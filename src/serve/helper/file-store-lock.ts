// One writer at a time: two `docker login` at once must both be kept.

import { sleep } from '../../system/sleep.ts';
import type { System } from '../../system/system.ts';
import {
  createFileLock,
  type HeldLock,
  type LockSystem,
} from '../../shared-cache/file-lock/file-lock.ts';
import { HelperError } from './contract.ts';

/** A holder that stands still is done without sooner; this is for a hundred logins at once on a busy machine. */
const WAIT_MS = 120_000;
const MIN_PAUSE_MS = 10;
const MAX_PAUSE_MS = 150;

/**
 * Does work while no other process does any under the same lock, and again from its start where the lock was lost to
 * another meanwhile: the work ends with a commit, which says so.
 *
 * @param work - Whether it is done; `false` lets it begin again.
 */
export async function withFileLock(
  system: LockSystem & Pick<System, 'random'>,
  path: string,
  work: (lock: HeldLock) => Promise<boolean>,
): Promise<void> {
  const lock = createFileLock(system, path);
  const giveUpAtMs = system.monotonicMs() + WAIT_MS;
  let pauseMs = MIN_PAUSE_MS;
  for (;;) {
    const held = await lock.take();
    if (held !== undefined && (await workAndRelease(held, work))) return;
    if (system.monotonicMs() >= giveUpAtMs) {
      throw new HelperError(
        `other processes have held ${path} for ${WAIT_MS / 1000} seconds; if no docker login is running, remove it`,
      );
    }
    await sleep(system, pauseMs * (1 + system.random()));
    pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
  }
}

async function workAndRelease(
  held: HeldLock,
  work: (lock: HeldLock) => Promise<boolean>,
): Promise<boolean> {
  try {
    return await work(held);
  } finally {
    await held.release();
  }
}
