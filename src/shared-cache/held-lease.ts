// A turn to ask upstream that this process has: a lease that it renews, or a lock that the store looks after.

import { ignoreFailure } from './guarded-store.ts';
import type { System } from '../system/system.ts';
import type { FleetTimers } from './fleet-timers.ts';
import type { ScopeEntries } from './scope-entries.ts';
import type { StoreLock } from './shared-store.ts';

/** A lease that was not renewed for so long is anybody's. */
export const LEASE_TTL_MS = 5000;
/** How often a lease is renewed. */
export const RENEW_MS = 2000;
/** A holder that takes longer than any deadline of a call has lost its way: it renews no further. */
const MAX_RENEWALS = 30;
/** How long a scope whose answer could not be shared is not waited for. */
export const UNSHARED_MS = 60_000;

/** A turn that this process has. */
export interface HeldLease {
  /** Gives it back; or leaves word that there is nothing to wait for. Never rejects. */
  end(outcome: 'done' | 'unshared'): Promise<void>;
}

/** What holding needs. */
export interface HoldingOptions {
  readonly system: Pick<System, 'now'>;
  readonly timers: FleetTimers;
  readonly entries: ScopeEntries;
}

/** Holds a lease, and renews it. */
export function holdLease(id: string, { system, timers, entries }: HoldingOptions): HeldLease {
  let beat = 0;
  let ended = false;
  let renewal: Promise<void> | undefined;
  let cancel = renewLater();

  function renewLater(): () => void {
    return timers.after(RENEW_MS, () => {
      renewal = renew().catch(ignoreFailure);
    });
  }

  async function renew(): Promise<void> {
    beat += 1;
    // Without looking: who wrote its name meanwhile came late, and waits for this.
    await entries.putLease({ id, beat }, LEASE_TTL_MS);
    if (!ended && beat < MAX_RENEWALS) cancel = renewLater();
  }

  async function giveBack(outcome: 'done' | 'unshared'): Promise<void> {
    await renewal;
    if (outcome === 'unshared') {
      await leaveWord(entries, { id, beat: beat + 1, nowMs: system.now() });
      return;
    }
    const lease = await entries.readLease();
    if (lease?.id === id) await entries.removeLease();
  }

  return {
    async end(outcome) {
      ended = true;
      cancel();
      await giveBack(outcome).catch(ignoreFailure);
    },
  };
}

/** Holds a lock. */
export function holdLock(
  lock: StoreLock,
  { system, entries }: Pick<HoldingOptions, 'system' | 'entries'>,
): HeldLease {
  return {
    async end(outcome) {
      if (outcome === 'unshared') {
        await leaveWord(entries, { id: '', beat: 0, nowMs: system.now() }).catch(ignoreFailure);
      }
      await lock.release().catch(ignoreFailure);
    },
  };
}

interface Word {
  readonly id: string;
  readonly beat: number;
  readonly nowMs: number;
}

function leaveWord(entries: ScopeEntries, { nowMs, ...lease }: Word): Promise<void> {
  return entries.putLease({ ...lease, unsharedUntilMs: nowMs + UNSHARED_MS }, UNSHARED_MS);
}
