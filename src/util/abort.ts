// Work that its callers can stop.

import { setMaxListeners } from 'node:events';

/**
 * Runs work until it is done or any of the signals is aborted. Unlike `AbortSignal.any` it leaves nothing behind on
 * signals that live long.
 *
 * @param controller - What the work is stopped by; whoever holds it can stop the work as well.
 * @throws the reason of the signal that was aborted first.
 */
export async function abortable<T>(
  signals: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<T>,
  controller: AbortController = new AbortController(),
): Promise<T> {
  const present = signals.filter((signal) => signal !== undefined);
  for (const signal of present) signal.throwIfAborted();
  const listeners = present.map((signal) => {
    // Any number of lookups may wait at one signal: no leak, since each takes its listener away again.
    setMaxListeners(0, signal);
    const abort = (): void => controller.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    return () => signal.removeEventListener('abort', abort);
  });
  try {
    return await Promise.race([work(controller.signal), rejectionOf(controller.signal)]);
  } finally {
    for (const removeListener of listeners) removeListener();
  }
}

/** What a promise gives, or the reason of the signal when that comes first; the promise's own work goes on. */
export async function orAbort<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  // As above: any number may wait.
  setMaxListeners(0, signal);
  let stopListening: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    stopListening = () => signal.removeEventListener('abort', abort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stopListening?.();
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => {
      try {
        signal.throwIfAborted();
      } catch (error) {
        reject(error);
      }
    };
    signal.addEventListener('abort', fail, { once: true });
  });
}
