// A cloud's requests with patience: what fails by the network or is overloaded is asked again, as the clouds' own clients do.

import { backoffMs, codeOf, isLasting, withRetries } from '../../system/retry.ts';
import type { HttpRequest, HttpResponse, System } from '../../system/system.ts';
import { retryAfterMs } from '../../util/retry-after.ts';

/** As in Azure's SDK (core-rest-pipeline, constants.ts, DEFAULT_RETRY_POLICY_COUNT). */
const MAX_RETRIES = 3;
const BACKOFF = { firstMs: 500, maxMs: 5000 } as const;
/** All waiting of one request: a provider has 30 seconds, and whoever is to wait longer is told so. */
const MAX_WAITING_MS = 10_000;

/** What it takes. */
export type PatientSystem = Pick<System, 'http' | 'now' | 'random' | 'setTimer'>;

/** What else passes, or does not. */
export interface Patience {
  /** Whether a status will pass; by default by {@link isOverload}. */
  readonly isTransient?: (status: number) => boolean;
  /** Whether it is asked on this machine, where a network that fails means that there is nobody. */
  readonly isNear?: boolean;
}

type Outcome = { readonly response: HttpResponse } | { readonly error: unknown };

/**
 * Sends a request, up to three times more where it failed by the network, by 429, or by a status from 500 on; after as
 * long as the answer's `Retry-After` asks for.
 *
 * @returns the last answer, whatever its status.
 * @throws the last error of {@link System.http}.
 */
export async function patientHttp(
  system: PatientSystem,
  request: HttpRequest,
  { isTransient = isOverload, isNear = false }: Patience = {},
): Promise<HttpResponse> {
  const { signal = new AbortController().signal } = request;
  let leftMs = MAX_WAITING_MS;
  const delayMs = (outcome: Outcome, retries: number): number | undefined => {
    if (retries >= MAX_RETRIES || !mayPass(outcome, { isTransient, isNear })) return undefined;
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
  if ('response' in outcome) return outcome.response;
  throw outcome.error;
}

/** A name that does not resolve is another's, or nobody's; and a network without a way there gets none in seconds. */
const NOBODY_THERE: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);

function mayPass(outcome: Outcome, { isTransient, isNear }: Required<Patience>): boolean {
  if ('response' in outcome) return isTransient(outcome.response.status);
  const code = codeOf(outcome.error);
  // Without one it is no failure of the network's: a proxy has refused, or an answer is none.
  const isNetworks = code !== undefined && !NOBODY_THERE.has(code);
  return !isNear && isNetworks && !isLasting(outcome.error);
}

/** Whether a status says "not now". */
export function isOverload(status: number): boolean {
  return status === 429 || status >= 500;
}

function askedMs({ now }: Pick<System, 'now'>, outcome: Outcome): number | undefined {
  if ('error' in outcome) return undefined;
  return retryAfterMs(outcome.response.headers.get('retry-after')?.[0], now());
}
