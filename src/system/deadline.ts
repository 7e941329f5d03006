// Work that can be stopped: by its callers, and by a deadline on a clock that tests can replace.

import { TimeoutError } from '../errors.ts';
import { stoppable, untilAborted } from '../util/abort.ts';
import type { System } from './system.ts';

/** A deadline, and the caller's own wish to stop. */
export interface Deadline {
  /** What is being done, for the error's message; a function where it takes time to say. */
  readonly operation: string | (() => string);
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
  signal?.throwIfAborted();
  const running = stoppable(work);
  const expire = (): void =>
    running.stop(
      new TimeoutError(typeof operation === 'string' ? operation : operation(), timeoutMs),
    );
  const cancelTimer = system.setTimer(timeoutMs, expire, { keepAlive });
  try {
    return await untilAborted(signal === undefined ? [] : [signal], running);
  } finally {
    cancelTimer();
  }
}
