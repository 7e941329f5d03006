// Values that are cached until they expire. Both clocks of a machine count: one may be set, the other stands still while
// the machine sleeps. What has expired by either of them has expired.

import type { System } from '../../system/system.ts';
import { evictOldest } from '../../util/evict-oldest.ts';
import { createSingleFlight } from '../../util/single-flight.ts';

/** Beyond this many entries the oldest are deleted. */
const MAX_ENTRIES = 10_000;

/** The two clocks. */
export type Clocks = Pick<System, 'now' | 'monotonicMs'>;

/** When something expires. */
export interface Expiry {
  /** In milliseconds since 1970. */
  readonly wallMs: number;
  /** On the clock that never goes back. */
  readonly monotonicMs: number;
}

/** The expiry of what lives for so long from now on. */
export function expiryIn(lifeMs: number, clocks: Clocks): Expiry {
  return { wallMs: clocks.now() + lifeMs, monotonicMs: clocks.monotonicMs() + lifeMs };
}

/** The remaining life in milliseconds; 0 or less when it has expired. */
export function lifeLeftMs({ wallMs, monotonicMs }: Expiry, clocks: Clocks): number {
  return Math.min(wallMs - clocks.now(), monotonicMs - clocks.monotonicMs());
}

/** A value, and for how many milliseconds it is cached; 0 or less: not at all. */
export interface Loaded<T> {
  readonly value: T;
  readonly lifeMs: number;
}

export interface Cache<T> {
  /** The value under a key; `undefined` where there is none, or it has expired. */
  peek(key: string): T | undefined;
  /** The cached value, or what `load` returns. It runs once for all who wait; a failure is not cached. */
  get(
    key: string,
    load: (signal: AbortSignal) => Promise<Loaded<T>>,
    signal: AbortSignal,
  ): Promise<T>;
  set(key: string, value: T, lifeMs: number): void;
  /** Deletes an entry if it is still this value. */
  delete(key: string, value: T): void;
}

export function createCache<T>(clocks: Clocks): Cache<T> {
  const entries = new Map<string, { readonly value: T; readonly expiry: Expiry }>();
  const loading = createSingleFlight<T>();

  function peek(key: string): T | undefined {
    const entry = entries.get(key);
    return entry !== undefined && lifeLeftMs(entry.expiry, clocks) > 0 ? entry.value : undefined;
  }

  function set(key: string, value: T, lifeMs: number): void {
    entries.delete(key);
    if (lifeMs <= 0) return;
    entries.set(key, { value, expiry: expiryIn(lifeMs, clocks) });
    evictOldest(entries, MAX_ENTRIES);
  }

  return {
    peek,
    set,
    async get(key, load, signal) {
      const cached = peek(key);
      if (cached !== undefined) return cached;
      const loadOnce = async (stop: AbortSignal): Promise<T> => {
        const { value, lifeMs } = await load(stop);
        set(key, value, lifeMs);
        return value;
      };
      return loading.run(key, loadOnce, signal);
    },
    delete(key, value) {
      if (entries.get(key)?.value === value) entries.delete(key);
    },
  };
}
