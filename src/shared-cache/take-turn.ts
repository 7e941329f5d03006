// Which process of a fleet asks upstream. A Keyv store has no "set if absent", so this is Fischer's timed mutual
// exclusion (Lamport, "A fast mutual exclusion algorithm", 1987): see that nobody holds it, write your name, wait longer
// than anybody's write can take, and see whether your name still stands. What happens beyond its assumptions: two ask.
// With a store that has a "set if absent", nobody has to wait.

import type { System } from '../system/system.ts';
import { nodeCrypto } from '../system/node-crypto.ts';
import type { FleetTimers, Pause } from './fleet-timers.ts';
import { StoreFailure, type GuardedStore } from './guarded-store.ts';
import {
  holdLease,
  holdLock,
  LEASE_TTL_MS,
  RENEW_MS,
  UNSHARED_MS,
  type HeldLease,
} from './held-lease.ts';
import type { LeaseRecord, ScopeEntries, ScopeState } from './scope-entries.ts';
import type { StoreLock } from './shared-store.ts';
import type { StoredAnswer } from '../providers/cache/fleet.ts';

/** The time from reading to having written, and so the time to wait for the writes of others. */
const SETTLE_MS = 200;
const SETTLE_JITTER_MS = 50;
/** Who wrote later than the others wait for must wait until a holder would have written again. */
const LATE_SETTLE_MS = RENEW_MS + 500;
const MIN_POLL_MS = 50;
const MAX_POLL_MS = 500;
/** A store that has locks is near: asking it costs little. */
const MIN_NEAR_POLL_MS = 20;
const MAX_NEAR_POLL_MS = 33;
/** How long to wait for others before asking alone; up to half more by chance, so that not all do at once. */
const PATIENCE_MS = 10_000;
/** So often may a lease vanish that was just written, before the store is believed to keep nothing. */
const MAX_VANISHED = 2;
const ID_BYTES = 12;

/** What a process does next. */
export type Turn =
  | { readonly kind: 'answer'; readonly answer: StoredAnswer }
  | { readonly kind: 'holder'; readonly lease: HeldLease }
  | { readonly kind: 'alone' };

/** What taking a turn needs. */
export interface LeaseOptions {
  readonly system: Pick<System, 'now' | 'monotonicMs' | 'random'>;
  readonly timers: FleetTimers;
  readonly store: Pick<GuardedStore, 'fail'>;
  readonly entries: ScopeEntries;
  /** How to wait for other processes. */
  readonly waiting: Pause;
}

/**
 * Waits until there is an answer, or it is this process's turn to ask for one.
 *
 * @throws {@link StoreFailure} when the store fails, or the signal's reason.
 */
export function takeTurn(options: LeaseOptions): Promise<Turn> {
  const { system, timers, store, entries, waiting } = options;
  const giveUpAtMs = system.monotonicMs() + PATIENCE_MS * (1 + system.random() / 2);
  const judge = leaseJudge(system);
  const { lock: tryLock } = entries;
  const maxPollMs = tryLock === undefined ? MAX_POLL_MS : MAX_NEAR_POLL_MS;
  let pollMs = tryLock === undefined ? MIN_POLL_MS : MIN_NEAR_POLL_MS;
  let vanished = 0;

  async function round(): Promise<Turn> {
    const isOver = timers.isClosed() || system.monotonicMs() >= giveUpAtMs;
    const readAtMs = system.monotonicMs();
    const { answer, lease } = await entries.look();
    if (answer !== undefined) return { kind: 'answer', answer };
    const state = judge(lease);
    if (isOver || state === 'unshared') return { kind: 'alone' };
    if (state === 'held') return wait();
    return tryLock === undefined ? claimBySettling(readAtMs) : claimByLock(tryLock);
  }

  async function wait(): Promise<Turn> {
    await timers.pause(pollMs * (1 + system.random() / 2), waiting);
    pollMs = Math.min(pollMs * 2, maxPollMs);
    return round();
  }

  async function claimByLock(take: NonNullable<ScopeEntries['lock']>): Promise<Turn> {
    const lock = await take();
    if (lock === undefined) return wait();
    const turn = await turnUnder(lock).catch((error: unknown) => {
      void holdLock(lock, options).end('done');
      throw error;
    });
    if (turn.kind !== 'holder') void holdLock(lock, options).end('done');
    return turn;
  }

  /** Another may have had the lock, asked and given it back since the look that found no answer. */
  async function turnUnder(lock: StoreLock): Promise<Turn> {
    const { answer, lease } = await entries.look();
    if (answer !== undefined) return { kind: 'answer', answer };
    if (judge(lease) === 'unshared') return { kind: 'alone' };
    return { kind: 'holder', lease: holdLock(lock, options) };
  }

  async function claimBySettling(readAtMs: number): Promise<Turn> {
    const id = nodeCrypto().randomBytes(ID_BYTES).toString('base64url');
    await entries.putLease({ id, beat: 0 }, LEASE_TTL_MS);
    const isLate = system.monotonicMs() - readAtMs > SETTLE_MS;
    const settleMs = isLate ? LATE_SETTLE_MS : SETTLE_MS + SETTLE_JITTER_MS * system.random();
    await settle(id, settleMs);
    return holdUnlessAnswered(id, await entries.look());
  }

  async function holdUnlessAnswered(id: string, { answer, lease }: ScopeState): Promise<Turn> {
    const isHolder = lease?.id === id;
    if (isHolder && answer === undefined) return { kind: 'holder', lease: holdLease(id, options) };
    if (isHolder) void holdLease(id, options).end('done');
    if (answer !== undefined) return { kind: 'answer', answer };
    if (lease === undefined) vanish();
    return round();
  }

  async function settle(id: string, settleMs: number): Promise<void> {
    try {
      await timers.pause(settleMs, waiting);
    } catch (error) {
      // Nobody should have to wait until it expires.
      void holdLease(id, options).end('done');
      throw error;
    }
  }

  function vanish(): void {
    vanished += 1;
    if (vanished <= MAX_VANISHED) return;
    const reason = 'it does not keep what is written to it';
    store.fail(reason);
    throw new StoreFailure(reason);
  }

  return round();
}

type Judgement = 'free' | 'held' | 'unshared';

/** Judges leases by how long they stand still, for stores that keep everything, and without comparing clocks. */
function leaseJudge(system: LeaseOptions['system']): (lease: LeaseRecord | undefined) => Judgement {
  let seen: { readonly lease: LeaseRecord; readonly sinceMs: number } | undefined;
  return (lease) => {
    if (lease === undefined) return 'free';
    const { id, beat, unsharedUntilMs } = lease;
    if (unsharedUntilMs !== undefined) {
      const leftMs = unsharedUntilMs - system.now();
      return leftMs > 0 && leftMs <= UNSHARED_MS ? 'unshared' : 'free';
    }
    if (seen?.lease.id !== id || seen.lease.beat !== beat) {
      seen = { lease, sinceMs: system.monotonicMs() };
    }
    return system.monotonicMs() - seen.sinceMs >= LEASE_TTL_MS ? 'free' : 'held';
  };
}
