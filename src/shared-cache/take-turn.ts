// Which process of a fleet asks upstream: the one that has the scope's lock, where the store has locks. Where it has none,
// each process asks for itself.

import { abortable } from '../util/abort.ts';
import { sleep } from '../system/sleep.ts';
import type { System } from '../system/system.ts';
import type { StoredAnswer } from '../providers/cache/fleet.ts';
import type { ScopeEntries } from './scope-entries.ts';
import type { StoreLock } from './shared-cache.ts';
import { ignoreFailure } from './guarded-store.ts';

/** A store that has locks is near: asking it costs little. */
const MIN_POLL_MS = 20;
const MAX_POLL_MS = 33;
/** How long to wait for others before asking alone; up to half more by chance, so that not all do at once. */
const PATIENCE_MS = 10_000;

/** What a process does next: it takes the answer, or asks, with the lock that it then has to give back. */
export type Turn =
  { readonly answer: StoredAnswer } | { readonly answer: undefined; readonly lock?: StoreLock };

/** What taking a turn needs. */
export interface TurnOptions {
  readonly system: Pick<System, 'monotonicMs' | 'random' | 'setTimer'>;
  readonly entries: ScopeEntries;
  readonly signal: AbortSignal;
  /** Aborted when the fleet is closed: nobody waits any longer then. */
  readonly closing: AbortSignal;
  /** Whether the process stays alive while it waits for others. */
  readonly keepAlive: boolean;
}

const ALONE: Turn = { answer: undefined };

/**
 * Waits until there is an answer, or it is this process's turn to ask for one.
 *
 * @throws {@link StoreFailure} when the store fails, or the signal's reason.
 */
export async function takeTurn(options: TurnOptions): Promise<Turn> {
  const { system, entries, closing } = options;
  const { lock: tryLock } = entries;
  const giveUpAtMs = system.monotonicMs() + PATIENCE_MS * (1 + system.random() / 2);
  let pollMs = MIN_POLL_MS;
  for (;;) {
    const isOver = closing.aborted || system.monotonicMs() >= giveUpAtMs;
    const turn = await look(entries);
    if (turn !== undefined) return turn;
    if (isOver || tryLock === undefined) return ALONE;
    const lock = await tryLock();
    if (lock !== undefined) return turnUnder(lock, entries);
    await pause(options, pollMs * (1 + system.random() / 2));
    pollMs = Math.min(pollMs * 2, MAX_POLL_MS);
  }
}

/** `undefined` where somebody has to ask for all. */
async function look(entries: ScopeEntries): Promise<Turn | undefined> {
  const { answer, isUnshared } = await entries.look();
  if (answer !== undefined) return { answer };
  return isUnshared ? ALONE : undefined;
}

/** Another may have had the lock, asked and given it back since the look that found no answer. */
async function turnUnder(lock: StoreLock, entries: ScopeEntries): Promise<Turn> {
  let turn: Turn | undefined;
  try {
    turn = await look(entries);
  } catch (error) {
    void giveBack(lock);
    throw error;
  }
  if (turn === undefined) return { answer: undefined, lock };
  void giveBack(lock);
  return turn;
}

/** Never rejects. */
export async function giveBack(lock: StoreLock): Promise<void> {
  await lock.release().catch(ignoreFailure);
}

async function pause(
  { system, signal, closing, keepAlive }: TurnOptions,
  delayMs: number,
): Promise<void> {
  try {
    await abortable([signal, closing], (stop) =>
      sleep(system, delayMs, { signal: stop, keepAlive }),
    );
  } catch {
    signal.throwIfAborted();
  }
}
