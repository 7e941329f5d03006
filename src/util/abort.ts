// Work that its callers can stop.

import { getOrAdd } from './get-or-add.ts';

/** Work that has begun. */
export interface Stoppable<T> {
  /** What the work gives, or the reason that it was stopped for. */
  readonly promise: Promise<T>;
  /** Aborts the work's signal, and rejects the promise at once: the work need not heed its signal. */
  readonly stop: (reason: unknown) => void;
}

/** Begins work that can be stopped. */
export function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Stoppable<T> {
  const controller = new AbortController();
  let reject: ((reason: unknown) => void) | undefined;
  const promise = new Promise<T>((resolve, rejectPromise) => {
    reject = rejectPromise;
    work(controller.signal).then(resolve, rejectPromise);
  });
  return {
    promise,
    stop(reason) {
      controller.abort(reason);
      reject?.(controller.signal.reason);
    },
  };
}

/**
 * Runs work until it is done or any of the signals is aborted. Unlike `AbortSignal.any` it leaves nothing behind on
 * signals that live long.
 *
 * @throws the reason of the signal that was aborted first.
 */
export async function abortable<T>(
  signals: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const present = signals.filter((signal) => signal !== undefined);
  for (const signal of present) signal.throwIfAborted();
  return untilAborted(present, stoppable(work));
}

/**
 * Waits for work that has begun, and stops it when any of the signals is aborted.
 *
 * @throws the reason of the signal that was aborted first.
 */
export async function untilAborted<T>(
  signals: readonly AbortSignal[],
  { promise, stop }: Stoppable<T>,
): Promise<T> {
  const removals = signals.map((signal) => onAbort(signal, () => stop(signal.reason)));
  try {
    return await promise;
  } finally {
    for (const remove of removals) remove();
  }
}

/** What a promise gives, or the reason of the signal when that comes first; the promise's own work goes on. */
export function orAbort<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const remove = onAbort(signal, () => reject(signal.reason as Error));
    void promise.then(resolve, reject).finally(remove);
  });
}

/** Who waits for one signal. */
interface Waiting {
  readonly callbacks: Set<() => void>;
  readonly stopListening: () => void;
}

/** One listener a signal, however many wait: Node takes longer to add one the more there are, and warns of many. */
const waitingFor = new WeakMap<AbortSignal, Waiting>();

/** Calls back when the signal is aborted, at once where it is; the returned function takes the callback away again. */
function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => {};
  }
  const { callbacks, stopListening } = getOrAdd(waitingFor, signal, () => listenTo(signal));
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size === 0) stopListening();
  };
}

function listenTo(signal: AbortSignal): Waiting {
  const callbacks = new Set<() => void>();
  const callAll = (): void => {
    for (const callback of callbacks) callback();
  };
  signal.addEventListener('abort', callAll, { once: true });
  return {
    callbacks,
    stopListening() {
      signal.removeEventListener('abort', callAll);
      waitingFor.delete(signal);
    },
  };
}
