// Waiting that can be stopped: the one such function of all rooms.

import { orAbort } from '../util/abort.ts';
import type { System } from './system.ts';

/** How a pause goes. */
export interface PauseOptions {
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether the process stays alive for it.
   *
   * @defaultValue `true`
   */
  readonly keepAlive?: boolean | undefined;
}

/**
 * Waits.
 *
 * @throws the signal's reason, as soon as it is aborted; no timer is left behind.
 */
export async function sleep(
  system: Pick<System, 'setTimer'>,
  delayMs: number,
  { signal = new AbortController().signal, keepAlive = true }: PauseOptions = {},
): Promise<void> {
  let cancel: (() => void) | undefined;
  const waking = new Promise<void>((resolve) => {
    cancel = system.setTimer(delayMs, resolve, { keepAlive });
  });
  try {
    await orAbort(signal, waking);
  } finally {
    cancel?.();
  }
}
