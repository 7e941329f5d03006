// Waiting that ends early: when a caller gives up, and at once for everybody when the fleet is closed.

import type { System, TimerOptions } from '../system/system.ts';

/** Who waits. */
export interface Pause {
  readonly signal: AbortSignal;
  /** Whether the process stays alive meanwhile. */
  readonly keepAlive: boolean;
}

/** Timers with a common end. */
export interface FleetTimers {
  isClosed(): boolean;
  /** Waits; returns early once closed. Rejects with the signal's reason when it is aborted. */
  pause(delayMs: number, pause: Pause): Promise<void>;
  /**
   * Calls back after a delay, unless cancelled or closed before, or the process has nothing else to live for; the
   * returned function cancels.
   */
  after(delayMs: number, callback: () => void): () => void;
  close(): void;
}

/** Makes timers. */
export function createFleetTimers(system: Pick<System, 'setTimer'>): FleetTimers {
  const endings = new Set<() => void>();
  let closed = false;

  function start({ delayMs, callback, atClose, ...options }: Timer): () => void {
    if (closed) {
      atClose();
      return () => undefined;
    }
    const ring = (): void => {
      endings.delete(end);
      callback();
    };
    const cancelTimer = system.setTimer(delayMs, ring, options);
    const end = (): void => {
      cancelTimer();
      atClose();
    };
    endings.add(end);
    return () => {
      cancelTimer();
      endings.delete(end);
    };
  }

  return {
    isClosed: () => closed,
    pause: (delayMs, { signal, keepAlive }) =>
      new Promise((resolve, reject) => {
        const abort = (): void => {
          cancel();
          reject(signal.reason as Error);
        };
        const finish = (): void => {
          signal.removeEventListener('abort', abort);
          resolve();
        };
        signal.addEventListener('abort', abort, { once: true });
        const cancel = start({ delayMs, callback: finish, atClose: finish, keepAlive });
      }),
    after: (delayMs, callback) => start({ delayMs, callback, atClose: () => undefined }),
    close() {
      closed = true;
      for (const end of endings) end();
      endings.clear();
    },
  };
}

interface Timer extends TimerOptions {
  readonly delayMs: number;
  readonly callback: () => void;
  readonly atClose: () => void;
}
