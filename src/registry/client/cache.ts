// Keeps what was got for as long as it holds, and gets each thing once however many want it.

import { evictOldest } from '../../util/evict-oldest.ts';
import { createFlights } from '../../util/single-flight.ts';
import { endIn, lifeLeftMs, type Clocks, type End } from './end.ts';

/** More than this is not kept: what was got longest ago goes first. */
const MAX_ENTRIES = 10_000;

/** Something, and for how long it holds, in milliseconds. */
export interface Held<T> {
  readonly value: T;
  readonly holdsMs: number;
}

/** A memory. */
export interface Kept<T> {
  /** What is kept under a key and still holds. */
  peek(key: string): T | undefined;
  /** What is kept, or what `load` gets; nothing of a failure is kept. */
  get(
    key: string,
    load: (signal: AbortSignal) => Promise<Held<T>>,
    signal: AbortSignal,
  ): Promise<T>;
  put(key: string, held: Held<T>): void;
  /** Forgets what is kept, if it is this. */
  forget(key: string, value: T): void;
}

/** Makes an empty memory. */
export function createKept<T>(clocks: Clocks): Kept<T> {
  const entries = new Map<string, { readonly value: T; readonly end: End }>();
  const flights = createFlights<T>();

  function peek(key: string): T | undefined {
    const entry = entries.get(key);
    return entry !== undefined && lifeLeftMs(entry.end, clocks) > 0 ? entry.value : undefined;
  }

  function put(key: string, { value, holdsMs }: Held<T>): void {
    entries.delete(key);
    if (holdsMs <= 0) return;
    entries.set(key, { value, end: endIn(holdsMs, clocks) });
    evictOldest(entries, MAX_ENTRIES);
  }

  return {
    peek,
    put,
    async get(key, load, signal) {
      const known = peek(key);
      if (known !== undefined) return known;
      const fly = async (stop: AbortSignal): Promise<T> => {
        const held = await load(stop);
        put(key, held);
        return held.value;
      };
      return flights.join(key, fly, signal);
    },
    forget(key, value) {
      if (entries.get(key)?.value === value) entries.delete(key);
    },
  };
}
