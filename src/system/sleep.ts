// Waiting that can be stopped: the one such function of all rooms.

import { orAbort } from '../util/abort.ts';
import type { System } from './system.ts';

/**
 * Waits, and keeps the process alive meanwhile.
 *
 * @throws the signal's reason, as soon as it is aborted; no timer is left behind.
 */
export async function sleep(
  system: Pick<System, 'setTimer'>,
  delayMs: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  let cancel: (() => void) | undefined;
  const waking = new Promise<void>((resolve) => {
    cancel = system.setTimer(delayMs, resolve, { keepAlive: true });
  });
  try {
    await orAbort(signal, waking);
  } finally {
    cancel?.();
  }
}
