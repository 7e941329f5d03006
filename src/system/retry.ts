// Trying again, and what tells a failure that passes from one that lasts.

import { FORBIDDEN_ADDRESS } from './http/http-failure.ts';
import { sleep } from './sleep.ts';
import type { System } from './system.ts';

/** How attempts follow each other. */
export interface Retrying<O> {
  readonly system: Pick<System, 'setTimer'>;
  readonly signal: AbortSignal;
  /**
   * How long to wait before another attempt, in milliseconds; `undefined` where the outcome is final.
   *
   * @param retries - How many attempts have been made after the first.
   */
  readonly delayMs: (outcome: O, retries: number) => number | undefined;
}

/**
 * Makes attempts until one is final.
 *
 * @returns the last outcome.
 * @throws what an attempt throws, and the signal's reason.
 */
export async function withRetries<O>(retrying: Retrying<O>, attempt: () => Promise<O>): Promise<O> {
  const { system, signal, delayMs } = retrying;
  let retries = 0;
  for (;;) {
    const outcome = await attempt();
    const waitMs = delayMs(outcome, retries);
    if (waitMs === undefined) return outcome;
    await sleep(system, waitMs, { signal });
    retries += 1;
  }
}

/** The bounds of a delay that doubles. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

const JITTER = 0.5;

/** A delay that doubles with each retry, and differs between those who failed at once. */
export function backoffMs(
  { random }: Pick<System, 'random'>,
  { firstMs, maxMs }: Backoff,
  retries: number,
): number {
  return Math.min(firstMs * 2 ** retries, maxMs) * (1 + JITTER * random());
}

/** A certificate and an address stay what they are, and after a deadline the patience is used up. */
export function isLasting(error: unknown): boolean {
  return /CERT|SIGNATURE|TIMEOUT$/.test(codeOf(error) ?? '') || isForbiddenAddress(error);
}

/** Whether a request was not sent, since it would have gone into a network that it must not go to. */
export function isForbiddenAddress(error: unknown): boolean {
  return codeOf(error) === FORBIDDEN_ADDRESS;
}

/** The code that Node or OpenSSL gave, below an error that may have one of its own. */
export function codeOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { readonly code?: unknown; readonly cause?: unknown };
  return (
    (typeof cause === 'object' ? codeOf(cause) : undefined) ??
    (typeof code === 'string' ? code : undefined)
  );
}
