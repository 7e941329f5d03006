// Requests to Google's services, and their failures in words: without addresses, which an operator may keep secret, and
// without a word of an answer but its code.

import { TimeoutError } from '../../errors.ts';
import { reasonOf } from '../../system/http/http-failure.ts';
import type { HttpRequest, HttpResponse } from '../../system/system.ts';
import { isRecord } from '../../util/is-record.ts';
import { parseJson } from '../../util/parse-json.ts';
import { retryAfterMs } from '../../util/retry-after.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import { httpWithRetries, type RetryingSystem } from '../cloud/http-with-retries.ts';

export interface GoogleRequest extends HttpRequest {
  readonly signal: AbortSignal;
}

/** How messages name a service. */
export interface Service {
  /** It, as the start of a sentence: `Google's token service`. */
  readonly from: string;
  /** That there was no answer: `Google's token service does not answer`. */
  readonly unreachable: string;
  /** What to do, by status. */
  readonly hints?: Readonly<Record<number, string>>;
}

/**
 * Sends a request.
 *
 * @returns the body of an answer with status 200.
 * @throws {@link ProviderFailure} for all else, and the signal's reason.
 */
export async function requestGoogle(
  system: RetryingSystem,
  request: GoogleRequest,
  { from, unreachable, hints = {} }: Service,
): Promise<string> {
  let response;
  try {
    response = await httpWithRetries(system, request);
  } catch (cause) {
    request.signal.throwIfAborted();
    throw networkFailure(unreachable, cause);
  }
  if (response.status === 200) return response.body;
  throw statusFailure(response, { from, nowMs: system.now(), hints });
}

/** A failure for what `System.http` rejected with. */
export function networkFailure(what: string, cause: unknown): ProviderFailure {
  const reason =
    cause instanceof TimeoutError
      ? `nothing came within ${cause.timeoutMs} ms`
      : // Its own message would name the whole address.
        reasonOf((cause as Error).cause ?? cause);
  return new ProviderFailure(`${what}: ${reason}`, { cause });
}

/** Codes that are safe to repeat: RFC 6749 section 5.2, RFC 8693, and Google's API statuses. */
const KNOWN_CODES: ReadonlySet<unknown> = new Set([
  'access_denied',
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'invalid_target',
  'unauthorized_client',
  'unsupported_grant_type',
  'FAILED_PRECONDITION',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'UNAUTHENTICATED',
  'UNAVAILABLE',
]);

/** The error code of an answer's document, where it is one of those that the specifications name. */
function errorCode(document: unknown): string | undefined {
  const error = isRecord(document) ? document['error'] : undefined;
  const code = isRecord(error) ? error['status'] : error;
  return KNOWN_CODES.has(code) ? String(code) : undefined;
}

/** How the message of a failure names it. */
export interface StatusContext {
  /** The service. */
  readonly from: string;
  readonly nowMs: number;
  /** What to do, by status. */
  readonly hints?: Readonly<Record<number, string>>;
}

/** A failure that names the status and the code of an answer. Its other words may hold anything. */
export function statusFailure(
  response: Pick<HttpResponse, 'status' | 'headers' | 'body'>,
  { from, nowMs, hints = {} }: StatusContext,
): ProviderFailure {
  const { status } = response;
  const code = errorCode(parseJson(response.body));
  const what = `${from} answered with status ${status}${code === undefined ? '' : ` (${code})`}`;
  const hint = hints[status];
  return new ProviderFailure(hint === undefined ? what : `${what}: ${hint}`, {
    retryAfterMs: retryAfterMs(response.headers.get('retry-after')?.[0], nowMs),
  });
}
