// What lives here: tokens that a fleet of processes shares through a store (docs/caching.md). Nothing that the store does
// or holds can break a lookup or change its answer: at worst every process asks upstream by itself.
// Must not be imported here: what caches in this process, in the folder above.

import { ignoreFailure } from './guarded-store.ts';
import { abortable } from '../util/abort.ts';
import type { System } from '../system/system.ts';
import { createFleetTimers } from './fleet-timers.ts';
import { guardStore, StoreFailure } from './guarded-store.ts';
import type { HeldLease } from './held-lease.ts';
import { takeTurn, type Turn } from './take-turn.ts';
import { scopeEntries, type ScopeEntries } from './scope-entries.ts';
import { createSealer } from './seal.ts';
import type { Fleet, ShareOptions, StoredAnswer } from '../providers/cache/fleet.ts';
import type { KeyvStore } from './shared-store.ts';
import { isStorable } from './stored-answer.ts';

export { storeKeysProblem } from './shared-cache.ts';
export type { KeyvStore } from './shared-store.ts';

/** What a fleet is made of. */
export interface FleetOptions {
  readonly system: Pick<System, 'now' | 'monotonicMs' | 'setTimer' | 'random'>;
  readonly store: KeyvStore;
  /** The first encrypts, all of them decrypt. */
  readonly keys: readonly (string | Uint8Array)[];
  /** Is told of the store's troubles, at most once a minute; never of anything secret. */
  readonly onProblem?: ((message: string) => void) | undefined;
}

/** Joins a fleet; the first `share` is the first touch of the store. */
export function createFleet(options: FleetOptions): Fleet {
  const { system } = options;
  const store = guardStore(system, options.store, options.onProblem);
  const sealer = createSealer(options.keys);
  const timers = createFleetTimers(system);

  async function shareByStore(
    entries: ScopeEntries,
    { load, signal, isBackground = false }: ShareOptions,
  ): Promise<StoredAnswer | undefined> {
    const waiting = { signal, keepAlive: !isBackground };
    const turn = await turnOrFailure(takeTurn({ system, timers, store, entries, waiting }));
    if (turn?.kind === 'answer') return turn.answer;
    if (turn === undefined) return abortable([signal], load);
    const lease = turn.kind === 'holder' ? turn.lease : undefined;
    return loadAndPut({ entries, lease, load, signal });
  }

  async function loadAndPut(loading: Loading): Promise<StoredAnswer | undefined> {
    const { entries, lease, load, signal } = loading;
    let outcome: Parameters<HeldLease['end']>[0] = 'done';
    try {
      const answer = await abortable([signal], load);
      if (answer === undefined || !isStorable(answer, system.now())) outcome = 'unshared';
      else await entries.putAnswer(answer).catch(ignoreFailure);
      return answer;
    } finally {
      // Nobody waits for this: whoever needs the answer finds it now.
      void lease?.end(outcome);
    }
  }

  return {
    async share(scope, shareOptions) {
      const { accept, load, signal } = shareOptions;
      signal.throwIfAborted();
      if (timers.isClosed() || !store.isUsable()) return abortable([signal], load);
      const entries = scopeEntries({ system, store, sealer, scope, accept });
      return abortable([signal], (ending) =>
        shareByStore(entries, { ...shareOptions, signal: ending }),
      );
    },
    defaultPrincipal: async () => (await options.store.principal?.()) ?? '',
    close: () => timers.close(),
  };
}

interface Loading extends Pick<ShareOptions, 'load' | 'signal'> {
  readonly entries: ScopeEntries;
  readonly lease: HeldLease | undefined;
}

async function turnOrFailure(turn: Promise<Turn>): Promise<Turn | undefined> {
  try {
    return await turn;
  } catch (error) {
    if (error instanceof StoreFailure) return undefined;
    throw error;
  }
}
