// A store that may be down, slow or broken: every operation has a deadline, and after a failure it is left alone for a
// while, so that only one lookup in that time pays for it.

import { TimeoutError } from '../errors.ts';
import { withDeadline } from '../system/deadline.ts';
import type { System } from '../system/system.ts';
import type { KeyvStore, StoreLock } from './shared-cache.ts';

/** The deadline of one operation. */
const OPERATION_MS = 1000;
/** A store with locks is on this machine: it is slow where all of it is, and asking upstream would not be faster. */
const NEAR_OPERATION_MS = 10_000;
const MIN_REST_MS = 5000;
const MAX_REST_MS = 60_000;
/** A problem is told at most once in this time. */
const TELL_EVERY_MS = 60_000;

/** A store's failure; the lookup goes on without the store. The message holds nothing of the store's own. */
export class StoreFailure extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'StoreFailure';
  }
}

/** A store whose every failure is a {@link StoreFailure}. */
export interface GuardedStore {
  /** Whether to use it now. After a failure it is `true` once in a while, for one lookup to try it again. */
  isUsable(): boolean;
  /** The value, `undefined` where there is none. */
  get(key: string): Promise<unknown>;
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** Takes a lock; `undefined` while another process has it. Only where the store itself has locks. */
  readonly lock?: (key: string) => Promise<StoreLock | undefined>;
  /** Says that it was seen to work: something that a fleet wrote came back. A write says so itself. */
  confirm(): void;
  /** Tells the caller of something that is not a failure of the whole store. */
  tell(message: string): void;
}

/** Guards a store. */
export function guardStore(
  system: Pick<System, 'monotonicMs' | 'setTimer'>,
  store: KeyvStore,
  onProblem: ((message: string) => void) | undefined,
): GuardedStore {
  const tell = limited(system, onProblem);
  const timeoutMs = store.lock === undefined ? OPERATION_MS : NEAR_OPERATION_MS;
  let failures = 0;
  let failedAtMs = -Infinity;
  let usableAtMs = -Infinity;

  function fail(reason: string): void {
    const now = system.monotonicMs();
    // Operations that were under way together fail together.
    if (now - failedAtMs > 2 * timeoutMs) failures += 1;
    failedAtMs = now;
    usableAtMs = now + restMs(failures);
    tell(`the shared store failed: ${reason}; lookups go on without it`);
  }

  function confirm(): void {
    failures = 0;
    failedAtMs = -Infinity;
    usableAtMs = -Infinity;
  }

  async function run<T>(method: keyof KeyvStore, work: () => Promise<T>): Promise<T> {
    try {
      const operation = `${method}() of the shared store`;
      return await withDeadline(system, { operation, timeoutMs }, work);
    } catch (error) {
      const reason = `${method}() ${failureReason(error, timeoutMs)}`;
      fail(reason);
      throw new StoreFailure(reason, { cause: error });
    }
  }

  return {
    isUsable() {
      const now = system.monotonicMs();
      if (now < usableAtMs) return false;
      // The others wait for what this one finds.
      if (failures > 0) usableAtMs = now + restMs(failures);
      return true;
    },
    get: (key) => run('get', async () => (await valueOrGarbage(store, key)) ?? undefined),
    set: (key, value, ttlMs) =>
      run('set', async () => {
        const kept = await store.set(key, value, Math.ceil(ttlMs));
        // Keyv's own way to say that its adapter failed.
        if (kept === false) throw new StoreFailure('said that it kept nothing');
        confirm();
      }),
    ...(store.lock && {
      lock: (key: string) =>
        run('lock', async () => {
          const held = await store.lock?.(key);
          return held && { release: () => run('lock', async () => held.release()) };
        }),
    }),
    confirm,
    tell,
  };
}

/** Keyv parses what its adapter gives as JSON: what it cannot parse is one broken entry, and no broken store. */
async function valueOrGarbage(store: KeyvStore, key: string): Promise<unknown> {
  try {
    return await store.get(key);
  } catch (error) {
    if (error instanceof Error && error.name === 'SyntaxError') return '';
    throw error;
  }
}

function restMs(failures: number): number {
  return Math.min(MIN_REST_MS * 2 ** (failures - 1), MAX_REST_MS);
}

/** A store's own message may hold its URL, and that a password: only what kind of error it is gets told. */
function failureReason(error: unknown, timeoutMs: number): string {
  if (error instanceof StoreFailure) return error.message;
  if (error instanceof TimeoutError) return `gave no answer within ${timeoutMs} ms`;
  const { code, name } = Object(error) as { readonly code?: unknown; readonly name?: unknown };
  const kind = [code, name].find((text) => typeof text === 'string' && /^\w{1,40}$/.test(text));
  return `threw ${typeof kind === 'string' ? kind : 'something that is not an Error'}`;
}

function limited(
  system: Pick<System, 'monotonicMs'>,
  onProblem: ((message: string) => void) | undefined,
): (message: string) => void {
  let nextMs = -Infinity;
  return (message) => {
    if (onProblem === undefined || system.monotonicMs() < nextMs) return;
    nextMs = system.monotonicMs() + TELL_EVERY_MS;
    try {
      onProblem(message);
    } catch {
      // It is told of problems, and must not become one.
    }
  };
}

/** For a failure that the store has counted and told of. */
export function ignoreFailure(): void {}
