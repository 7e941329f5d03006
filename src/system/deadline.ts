// Work that can be stopped: by its callers, and by a deadline on a clock that tests can replace.

import { setMaxListeners } from 'node:events';
import { TimeoutError } from '../errors.ts';
import type { System } from './system.ts';

/** A deadline, and the caller's own wish to stop. */
export interface Deadline {
  /** What is being done, for the error's message. */
  readonly operation: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether the process stays alive for it. Default `true`. */
  readonly keepAlive?: boolean;
}

/**
 * Runs work that is told by a signal when to stop, and does not wait for it beyond its deadline.
 *
 * @throws {@link TimeoutError} at the deadline; the signal's reason when the caller stops it.
 */
export async function withDeadline<T>(
  system: Pick<System, 'setTimer'>,
  { operation, timeoutMs, signal, keepAlive = true }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const expire = (): void => deadline.abort(new TimeoutError(operation, timeoutMs));
  const cancelTimer = system.setTimer(timeoutMs, expire, { keepAlive });
  try {
    return await abortable([signal, deadline.signal], work);
  } finally {
    cancelTimer();
  }
}

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
