// When something ends, by both clocks of a machine: one may be set, the other stands still while the machine sleeps. What
// either of them says to have ended has ended.

import type { System } from '../../system/system.ts';

/** The clocks. */
export type Clocks = Pick<System, 'now' | 'monotonicMs'>;

/** An end. */
export interface End {
  /** In milliseconds since 1970. */
  readonly wallMs: number;
  /** On the clock that never goes back. */
  readonly monotonicMs: number;
}

/** The end of what lives for so long from now on. */
export function endIn(lifeMs: number, clocks: Clocks): End {
  return { wallMs: clocks.now() + lifeMs, monotonicMs: clocks.monotonicMs() + lifeMs };
}

/** How long it lives yet; not above 0 when it has ended. */
export function lifeLeftMs({ wallMs, monotonicMs }: End, clocks: Clocks): number {
  return Math.min(wallMs - clocks.now(), monotonicMs - clocks.monotonicMs());
}
