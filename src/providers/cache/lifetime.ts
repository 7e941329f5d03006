// How long an answer may be used, and from when on it is refreshed (docs/caching.md). Pure.

import { MAX_CLOCK_SKEW_MS } from '../../util/clock-skew.ts';
import { own } from '../../util/own.ts';

/** From half of its life an answer is refreshed; the jitter keeps a fleet from asking all at once. */
const REFRESH_FROM = 0.5;
const REFRESH_JITTER = 0.08;
/** Of a short life the margin eats a large part: what is left is refreshed before its end in any case. */
const LATEST_REFRESH = 0.9;

/** What is known of an answer's end. */
export interface Expiry {
  /** Wall-clock time of this machine, in milliseconds since 1970. */
  readonly receivedAtMs: number;
  /** The hard expiry, by the clock of whoever issued it. */
  readonly expiresAtMs?: number | undefined;
  /** How long it may be kept, by this machine's clock. 0 means not at all. */
  readonly maxAgeMs?: number | undefined;
}

/** Wall-clock times of this machine, in milliseconds since 1970. */
export interface Lifetime {
  readonly receivedAtMs: number;
  readonly refreshAtMs: number;
  readonly usableUntilMs: number;
}

/**
 * An answer's life; `undefined` when it must not be kept.
 *
 * @param random - From 0 up to but not including 1.
 */
export function lifetimeOf(expiry: Expiry, random: number): Lifetime | undefined {
  const { receivedAtMs, expiresAtMs = Infinity, maxAgeMs = Infinity } = own(expiry);
  const oldAtMs = receivedAtMs + maxAgeMs;
  const usableUntilMs = Math.min(expiresAtMs - MAX_CLOCK_SKEW_MS, oldAtMs);
  const usableMs = usableUntilMs - receivedAtMs;
  // Comparisons with NaN are false.
  if (!(usableMs > 0 && usableMs < Infinity)) return undefined;
  const wholeMs = Math.min(expiresAtMs, oldAtMs) - receivedAtMs;
  const refreshAfterMs = wholeMs * (REFRESH_FROM + REFRESH_JITTER * random);
  return {
    receivedAtMs,
    refreshAtMs: receivedAtMs + Math.min(refreshAfterMs, usableMs * LATEST_REFRESH),
    usableUntilMs,
  };
}

/** Whether an answer that has just come is over already, by more than clocks differ. */
export function isLongExpired(expiry: Expiry): boolean {
  const { receivedAtMs, expiresAtMs } = own(expiry);
  return expiresAtMs !== undefined && expiresAtMs <= receivedAtMs - MAX_CLOCK_SKEW_MS;
}
