// An answer as text, and back: what comes out of a store is checked as if a provider had answered it.

import { MAX_CLOCK_SKEW_MS } from '../util/clock-skew.ts';
import { isRecord } from '../util/is-record.ts';
import { parseJson } from '../util/parse-json.ts';
import { checkResponse } from '../providers/asking/check-response.ts';
import type { CredentialResponse } from '../providers/contract.ts';
import type { StoredAnswer } from '../providers/cache/fleet.ts';

/** What expires later is not believed: no registry gives such tokens, and a wrong one would stay. */
const MAX_LIFETIME_MS = 400 * 24 * 60 * 60 * 1000;

/** Whether an answer may be kept: it has an expiry that lies ahead, and not too far. */
export function isStorable({ receivedAtMs, expiresAtMs }: StoredAnswer, nowMs: number): boolean {
  // Comparisons with NaN are false.
  return (
    expiresAtMs > nowMs &&
    expiresAtMs <= nowMs + MAX_LIFETIME_MS &&
    receivedAtMs <= nowMs + MAX_CLOCK_SKEW_MS
  );
}

/** Writes an answer. */
export function formatStoredAnswer({ response, receivedAtMs, expiresAtMs }: StoredAnswer): string {
  const { auth, cacheKeyType, expiresAt, cacheDurationMs, serviceAccountTokenUnused } = response;
  // The date as a number: what was received is what will be read, to the millisecond.
  const responseExpiresAtMs = expiresAt?.getTime();
  return JSON.stringify({
    auth,
    cacheKeyType,
    cacheDurationMs,
    serviceAccountTokenUnused,
    responseExpiresAtMs,
    receivedAtMs,
    expiresAtMs,
  });
}

/** Reads an answer; `undefined` when it is malformed, has expired, or claims a life that nothing has. */
export function parseStoredAnswer(text: string, nowMs: number): StoredAnswer | undefined {
  try {
    const answer = readAnswer(parseJson(text));
    return answer !== undefined && isStorable(answer, nowMs) ? answer : undefined;
  } catch {
    return undefined;
  }
}

function readAnswer(value: unknown): StoredAnswer | undefined {
  if (!isRecord(value)) return undefined;
  const { auth, cacheKeyType, cacheDurationMs, serviceAccountTokenUnused } = value;
  const { responseExpiresAtMs } = value;
  const { receivedAtMs, expiresAtMs } = value;
  if (typeof receivedAtMs !== 'number' || typeof expiresAtMs !== 'number') return undefined;
  const expiresAt =
    typeof responseExpiresAtMs === 'number' ? new Date(responseExpiresAtMs) : responseExpiresAtMs;
  // It answers undefined to nothing but undefined and null.
  const answer = { auth, cacheKeyType, expiresAt, cacheDurationMs, serviceAccountTokenUnused };
  const response = checkResponse(answer) as CredentialResponse;
  return { response, receivedAtMs, expiresAtMs };
}
