// What lives here: tokens that a fleet of processes shares through a store (docs/caching.md). Nothing that the store does
// or holds can break a lookup or change its answer: at worst every process asks upstream by itself.
// Must not be imported here: what caches in this process, in providers/cache/.

import { abortable, orAbort } from '../util/abort.ts';
import { publish } from '../system/diagnostics.ts';
import type { System } from '../system/system.ts';
import type { Fleet, ShareOptions, StoredAnswer } from '../providers/cache/fleet.ts';
import { guardStore, ignoreFailure, StoreFailure } from './guarded-store.ts';
import { scopeEntries, type ScopeEntries } from './scope-entries.ts';
import { createSealer } from './seal.ts';
import type { SharedCache, StoreLock } from './shared-cache.ts';
import { isStorable } from './stored-answer.ts';
import { giveBack, takeTurn, type Turn } from './take-turn.ts';

/** What a fleet is made of. */
export interface FleetOptions extends SharedCache {
  readonly system: Pick<System, 'now' | 'monotonicMs' | 'setTimer' | 'random'>;
  /**
   * Is told of the store's troubles, at most once a minute; never of anything secret.
   *
   * @defaultValue the diagnostics channel is told
   */
  readonly onProblem?: ((message: string) => void) | undefined;
}

/** Joins a fleet; the first `share` is the first touch of the store. */
export function createFleet(options: FleetOptions): Fleet {
  const { system, keys, onProblem = publishProblem } = options;
  const store = guardStore(system, options.store, onProblem);
  const sealer = createSealer(keys);
  const closing = new AbortController();

  async function shareByStore(
    entries: ScopeEntries,
    { load, signal, isBackground = false }: ShareOptions,
  ): Promise<StoredAnswer | undefined> {
    const waiting = { signal, closing: closing.signal, keepAlive: !isBackground };
    const turn = await turnOrFailure(takeTurn({ system, entries, ...waiting }));
    if (turn === undefined) return load();
    if (turn.answer !== undefined) return turn.answer;
    return loadAndPut({ entries, lock: turn.lock, load, signal });
  }

  async function loadAndPut({
    entries,
    lock,
    load,
    signal,
  }: Loading): Promise<StoredAnswer | undefined> {
    try {
      const answer = await orAbort(signal, load());
      if (answer !== undefined && isStorable(answer, system.now())) {
        await entries.putAnswer(answer).catch(ignoreFailure);
      } else if (lock !== undefined) {
        // Nobody else has to wait for what cannot be shared.
        await entries.putUnshared().catch(ignoreFailure);
      }
      return answer;
    } finally {
      // Nobody waits for this: whoever needs the answer finds it now.
      if (lock !== undefined) void giveBack(lock);
    }
  }

  return {
    share(scope, shareOptions) {
      const { accept, load, signal } = shareOptions;
      return abortable([signal], async (stop) => {
        if (closing.signal.aborted || !store.isUsable()) return load();
        const entries = scopeEntries({ system, store, sealer, scope, accept });
        return shareByStore(entries, { ...shareOptions, signal: stop });
      });
    },
    defaultPrincipal: async () => (await options.store.principal?.()) ?? '',
    close: () => closing.abort(),
  };
}

interface Loading extends Pick<ShareOptions, 'load' | 'signal'> {
  readonly entries: ScopeEntries;
  readonly lock: StoreLock | undefined;
}

async function turnOrFailure(turn: Promise<Turn>): Promise<Turn | undefined> {
  try {
    return await turn;
  } catch (error) {
    if (error instanceof StoreFailure) return undefined;
    throw error;
  }
}

function publishProblem(message: string): void {
  publish({ kind: 'store-problem', message });
}
