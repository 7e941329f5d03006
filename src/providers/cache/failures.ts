// What failed lately, so that a source that is down is left alone, longer each time, and as long as it asks for.

import type { System } from '../../system/system.ts';
import { evictOldest } from '../../util/evict-oldest.ts';

const FIRST_DELAY_MS = 5_000;
/** With nothing to serve a failure is remembered for seconds: whoever repairs the source does not want to wait. */
const MAX_DELAY_MS = 30_000;
/** With an older answer still serving there is no hurry. */
const MAX_REFRESH_DELAY_MS = 5 * 60_000;
const MAX_RETRY_AFTER_MS = 15 * 60_000;
const JITTER = 0.25;
const MAX_FAILURES = 10_000;

/** A failure that is remembered. */
interface Failure<E> {
  readonly error: E;
  /** On the clock that never goes back. */
  readonly retryAtMs: number;
  readonly refreshAtMs: number;
  readonly attempts: number;
}

/** A memory of failures by key. */
export interface Failures<E> {
  /** The last failure, where none or no success followed it, however long ago. */
  get(key: string): Failure<E> | undefined;
  add(key: string, error: E): Failure<E>;
  /** After a success. */
  clear(key: string): void;
}

/** Makes an empty memory. */
export function createFailures<E extends { readonly cause?: unknown }>(
  system: Pick<System, 'monotonicMs' | 'random'>,
): Failures<E> {
  const failures = new Map<string, Failure<E>>();
  return {
    // Where there is none, the key, which was made for this, need not be hashed.
    get: (key) => (failures.size === 0 ? undefined : failures.get(key)),
    add(key, error) {
      const attempts = (failures.get(key)?.attempts ?? 0) + 1;
      const now = system.monotonicMs();
      const asked = retryAfterMs(error);
      const doubledMs = FIRST_DELAY_MS * 2 ** Math.min(attempts - 1, 30);
      const jitter = 1 + JITTER * system.random();
      const delay = (limitMs: number): number => asked ?? Math.min(doubledMs, limitMs) * jitter;
      const failure = {
        error,
        attempts,
        retryAtMs: now + delay(MAX_DELAY_MS),
        refreshAtMs: now + delay(MAX_REFRESH_DELAY_MS),
      };
      failures.delete(key);
      failures.set(key, failure);
      evictOldest(failures, MAX_FAILURES);
      return failure;
    },
    clear: (key) => void failures.delete(key),
  };
}

/** What the other side asked for: errors carry it as `retryAfterMs`, or their cause does. */
function retryAfterMs(error: { readonly cause?: unknown }): number | undefined {
  for (const one of [error, error.cause]) {
    const { retryAfterMs: asked } = (one ?? {}) as { readonly retryAfterMs?: unknown };
    if (typeof asked === 'number' && asked > 0) return Math.min(asked, MAX_RETRY_AFTER_MS);
  }
  return undefined;
}
