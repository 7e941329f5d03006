// Requests to a cloud, with retries after failures of the network and overload, as in the clouds' own clients.

import { backoffMs, codeOf, isLasting, withRetries } from '../../system/retry.ts';
import type { HttpRequest, HttpResponse, System } from '../../system/system.ts';
import { retryAfterMs } from '../../util/retry-after.ts';
import { has } from '../../util/own.ts';

/** As in Azure's SDK (core-rest-pipeline, constants.ts, DEFAULT_RETRY_POLICY_COUNT). */
const MAX_RETRIES = 3;
const BACKOFF = { firstMs: 500, maxMs: 5000 } as const;
/** The limit of all waiting for one request. A provider has 30 seconds; a longer `Retry-After` goes to its cache. */
const MAX_WAITING_MS = 10_000;

export type RetryingSystem = Pick<System, 'http' | 'now' | 'random' | 'setTimer'>;

export interface RetryOptions {
  /** Whether a request with this status is repeated; by default {@link isOverload}. */
  readonly isTransient?: (status: number) => boolean;
  /** Whether the service is on this machine or its link: there a failure of the network means that there is none. */
  readonly isLocal?: boolean;
}

type Outcome = { readonly response: HttpResponse } | { readonly error: unknown };

/**
 * Sends a request, up to three times more where it failed by the network, by 429, or by a status from 500 on; after as
 * long as the answer's `Retry-After` asks for.
 *
 * @returns the last answer, whatever its status.
 * @throws the last error of {@link System.http}.
 */
export async function httpWithRetries(
  system: RetryingSystem,
  request: HttpRequest,
  { isTransient = isOverload, isLocal = false }: RetryOptions = {},
): Promise<HttpResponse> {
  const { signal = new AbortController().signal } = request;
  let leftMs = MAX_WAITING_MS;
  const delayMs = (outcome: Outcome, retries: number): number | undefined => {
    if (retries >= MAX_RETRIES || !mayPass(outcome, { isTransient, isLocal })) return undefined;
    const waitMs = askedMs(system, outcome) ?? backoffMs(system, BACKOFF, retries);
    leftMs -= waitMs;
    return leftMs < 0 ? undefined : waitMs;
  };
  const outcome = await withRetries({ system, signal, delayMs }, async (): Promise<Outcome> => {
    try {
      return { response: await system.http(request) };
    } catch (error) {
      signal.throwIfAborted();
      return { error };
    }
  });
  if (has(outcome, 'response')) return outcome.response;
  throw outcome.error;
}

/** A name that does not resolve, or a missing route, does not change within seconds. */
const NO_SUCH_HOST: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);

function mayPass(outcome: Outcome, { isTransient, isLocal }: Required<RetryOptions>): boolean {
  if (has(outcome, 'response')) return isTransient(outcome.response.status);
  const code = codeOf(outcome.error);
  // An error without a code is no failure of the network: a proxy has refused, or the response is malformed.
  const isNetworkFailure = code !== undefined && !NO_SUCH_HOST.has(code);
  return !isLocal && isNetworkFailure && !isLasting(outcome.error);
}

/** Whether a status means that the service has no time now. */
export function isOverload(status: number): boolean {
  return status === 429 || status >= 500;
}

function askedMs({ now }: Pick<System, 'now'>, outcome: Outcome): number | undefined {
  if (has(outcome, 'error')) return undefined;
  return retryAfterMs(outcome.response.headers.get('retry-after')?.[0], now());
}
