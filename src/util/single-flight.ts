// Work that many wait for and that is done once: one call a key, its waiters counted, stopped when nobody waits.

import { getOrAdd } from './get-or-add.ts';
import { orAbort, stoppable, type Stoppable } from './abort.ts';

/** Does the work, until its signal is aborted. */
export type Load<T> = (signal: AbortSignal) => Promise<T>;

/** The calls that are under way. */
export interface SingleFlight<T> {
  /** Whether a call of this key is under way. */
  has(key: string): boolean;
  /**
   * Waits for the call of this key, and begins one where there is none. When the last one who waits gives up, the call
   * is aborted.
   *
   * @throws what the call fails with; the signal's reason; the reason that `close` was given.
   */
  run(key: string, load: Load<T>, signal: AbortSignal): Promise<T>;
  /** Begins a call that goes on though nobody waits; `undefined` where one of this key is under way. */
  runInBackground(key: string, load: Load<T>): Promise<T> | undefined;
  /** Aborts all calls. */
  close(reason: Error): void;
}

interface Call<T> extends Stoppable<T> {
  readonly isBackground: boolean;
  /** One promise for all who wait with the same signal, since they give up together. */
  readonly waiting: Map<AbortSignal, Promise<T>>;
}

/** Makes one without calls. */
export function createSingleFlight<T>(): SingleFlight<T> {
  const calls = new Map<string, Call<T>>();

  function begin(key: string, load: Load<T>, isBackground: boolean): Call<T> {
    const { promise, stop } = stoppable(load);
    const ended = promise.finally(() => {
      if (calls.get(key) === call) calls.delete(key);
    });
    // Those who wait get the failure; for a call in the background there may be nobody.
    ended.catch(() => {});
    const call: Call<T> = { promise: ended, stop, isBackground, waiting: new Map() };
    calls.set(key, call);
    return call;
  }

  /** After the call's end this does nothing. */
  function abandon(key: string, call: Call<T>, reason: unknown): void {
    if (calls.get(key) !== call) return;
    calls.delete(key);
    call.stop(reason);
  }

  async function waitFor(key: string, call: Call<T>, signal: AbortSignal): Promise<T> {
    try {
      return await orAbort(signal, call.promise);
    } finally {
      call.waiting.delete(signal);
      if (call.waiting.size === 0 && !call.isBackground) abandon(key, call, signal.reason);
    }
  }

  return {
    has: (key) => calls.has(key),
    run(key, load, signal) {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      const call = calls.get(key) ?? begin(key, load, false);
      return getOrAdd(call.waiting, signal, () => waitFor(key, call, signal));
    },
    runInBackground: (key, load) => (calls.has(key) ? undefined : begin(key, load, true).promise),
    close(reason) {
      for (const [key, call] of calls) abandon(key, call, reason);
    },
  };
}
