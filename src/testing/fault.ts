// Scripted faults: what can go wrong with an answer, and the queue that says which request meets which fault.

import type { FakeReply, FakeRequest } from './fake-request.ts';

/**
 * What goes wrong with the answer to a request.
 *
 * - `delay`: the real answer, so many milliseconds late.
 * - `drip`: the real answer, a few bytes at a time with a pause before each.
 * - `hang`: no answer at all; the connection stays open until the client or {@link FakeServer.close} ends it.
 * - `reset`: the head and half the body of the real answer, then a TCP reset.
 * - `status`: this status in place of the real answer, which is not even computed; `retryAfter` is sent as it is.
 * - `malformed-json`: the real answer with its text cut in half.
 * - `reply`: any answer in place of the real one: wrong types, an expired token, a foreign Date header.
 */
export type Fault =
  | { readonly kind: 'delay'; readonly delayMs: number }
  | { readonly kind: 'drip'; readonly chunkBytes: number; readonly delayMs: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfter?: string;
      readonly body?: unknown;
    }
  | { readonly kind: 'malformed-json' }
  | { readonly kind: 'reply'; readonly reply: FakeReply };

/** Which requests meet a {@link Fault}. */
export interface FaultOptions<R = FakeRequest> {
  /**
   * How many requests meet it.
   *
   * @defaultValue every request, until the faults are cleared
   */
  readonly times?: number;
  /**
   * Which requests meet it.
   *
   * @defaultValue all of them
   */
  readonly when?: (request: R) => boolean;
}

/** Faults in the order they were injected. A request meets the first one that is for it, and no second one. */
export interface FaultQueue<F, R> {
  readonly inject: (fault: F, options?: FaultOptions<R>) => void;
  readonly clear: () => void;
  /** The fault that this request meets, if any; counts it. */
  readonly take: (request: R) => F | undefined;
}

/** Makes an empty {@link FaultQueue}. */
export function createFaultQueue<F, R>(): FaultQueue<F, R> {
  let queue: { fault: F; left: number; when: (request: R) => boolean }[] = [];
  return {
    inject: (fault, { times = Infinity, when = () => true } = {}) => {
      if (!(times > 0)) throw new TypeError('times must be a number above 0');
      queue.push({ fault, left: times, when });
    },
    clear: () => {
      queue = [];
    },
    take: (request) => {
      const entry = queue.find(({ when }) => when(request));
      if (entry === undefined) return undefined;
      entry.left -= 1;
      if (entry.left <= 0) queue = queue.filter((other) => other !== entry);
      return entry.fault;
    },
  };
}
