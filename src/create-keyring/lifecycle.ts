// A keyring's life: what is under way ends with it, or with any keyring that it came from.

import { abortable } from '../util/abort.ts';

/** From creation to `close()`. */
export interface Life {
  /** Throws when it has ended. */
  checkOpen(): void;
  /** Runs work that ends with this life, or with the caller's signal. */
  during<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** A life that ends with this one, or earlier. */
  beget(): Life;
  end(): void;
}

interface State {
  isEnded: boolean;
  /** Not listeners on one signal: Node takes longer to add one the more there are. */
  readonly underWay: Set<AbortController>;
}

/** Begins a life. */
export function beginLife(): Life {
  return lifeOf([]);
}

function lifeOf(ancestors: readonly State[]): Life {
  const state: State = { isEnded: false, underWay: new Set() };
  const states = [...ancestors, state];
  return {
    checkOpen() {
      for (const { isEnded } of states) if (isEnded) throw new TypeError('The keyring is closed');
    },
    async during(signal, work) {
      const controller = new AbortController();
      for (const { underWay } of states) underWay.add(controller);
      try {
        return await abortable([signal], work, controller);
      } finally {
        for (const { underWay } of states) underWay.delete(controller);
      }
    },
    beget: () => lifeOf(states),
    end() {
      state.isEnded = true;
      const reason = new TypeError('The keyring was closed');
      for (const controller of state.underWay) controller.abort(reason);
    },
  };
}
