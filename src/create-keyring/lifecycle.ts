// From creation to `close()`: what is under way ends with its keyring, and with any keyring that it came from.

import { abortable } from '../util/abort.ts';

/** A keyring's lifecycle. */
export interface Lifecycle {
  /** @throws TypeError once the keyring is closed. */
  checkOpen(): void;
  /** Runs work that ends with the keyring, or with the caller's signal: whatever it waits for must heed its signal. */
  run<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** The lifecycle of a keyring that ends with this one, or earlier. */
  child(): Lifecycle;
  close(): void;
}

/** Begins a lifecycle. */
export function createLifecycle(ancestors: readonly AbortSignal[] = []): Lifecycle {
  const controller = new AbortController();
  const signals = [...ancestors, controller.signal];
  return {
    checkOpen() {
      for (const { aborted } of signals) if (aborted) throw new TypeError('The keyring is closed');
    },
    run(signal, work) {
      // A controller for each lookup would cost more than the rest of it.
      return signal === undefined && ancestors.length === 0
        ? work(controller.signal)
        : abortable([...signals, signal], work);
    },
    child: () => createLifecycle(signals),
    close: () => controller.abort(new TypeError('The keyring was closed')),
  };
}
