// One request to a registry or its token server, with patience: what fails by the network or is overloaded is asked again,
// since neither says anything of credentials.

import { own } from '../../util/own.ts';
import { RegistryUnavailableError, TimeoutError } from '../../errors.ts';
import { retryAfterMs } from '../../util/retry-after.ts';
import { HttpFailure, reasonOf } from '../../system/http/http-failure.ts';
import { backoffMs, isLasting, withRetries } from '../../system/retry.ts';
import type { HttpResponse, System } from '../../system/system.ts';

const BACKOFF = { firstMs: 300, maxMs: 5_000 } as const;
/** Who is told to wait for longer is told so, and does not sleep. */
const MAX_RETRY_AFTER_MS = 60_000;

/** How a request is sent. */
export interface Sender {
  readonly system: Pick<System, 'now' | 'setTimer' | 'random'>;
  /** How often what failed is sent again. */
  readonly retries: number;
  /** Whom the request is for, for errors. */
  readonly registry: string;
  readonly signal: AbortSignal;
  /** Whether a failure is final. */
  readonly isFinal?: (error: unknown) => boolean;
  /** Whether an answer that says failure is given in the end, and not thrown. */
  readonly givesFailures?: boolean;
}

type Answer = Pick<HttpResponse, 'status' | 'headers'>;

/**
 * Sends a request, again where it failed by the network, by a status from 500 on, or by 429.
 *
 * @param send - Sends it once.
 * @param discard - Ends an answer that is not used.
 * @throws {@link RegistryUnavailableError} when it failed to the end.
 */
export async function sendPatiently<R extends Answer>(
  sender: Sender,
  send: () => Promise<R>,
  discard: (response: R) => void = () => {},
): Promise<R> {
  const outcome = await withRetries(
    {
      ...sender,
      delayMs(failed: Outcome<R>, retries) {
        const delayMs = 'error' in failed ? delayFor(sender, failed.error, retries) : undefined;
        if (delayMs !== undefined && failed.response !== undefined) discard(failed.response);
        return delayMs;
      },
    },
    () => sendOnce(sender, send),
  );
  if (!('error' in outcome)) return outcome.response;
  if (outcome.response !== undefined && sender.givesFailures === true) return outcome.response;
  throw outcome.error;
}

type Outcome<R> =
  { readonly response: R } | { readonly response?: R; readonly error: RegistryUnavailableError };

async function sendOnce<R extends Answer>(
  sender: Sender,
  send: () => Promise<R>,
): Promise<Outcome<R>> {
  const { registry, signal, system } = sender;
  try {
    const response = await send();
    const { status, headers } = response;
    if (status < 500 && status !== 429) return own({ response });
    const asked = retryAfterMs(headers.get('retry-after')?.[0], system.now());
    const reason = status === 429 ? tooMany(asked) : `it answers ${status}`;
    const details = { registry, reason, status, retryAfterMs: asked };
    return { response, error: new RegistryUnavailableError(details) };
  } catch (error) {
    signal.throwIfAborted();
    if (sender.isFinal?.(error) === true) throw error;
    return { error: unavailable(registry, error) };
  }
}

/** What it means that a System gave no answer, or no whole one. */
export function unavailable(registry: string, error: unknown): RegistryUnavailableError {
  const details = { registry, reason: reasonOf(error) };
  return new RegistryUnavailableError(details, { cause: withoutPath(error, registry) });
}

/** Errors of a System name the path, and a path that a server sent somebody to may hold what it had been sent. */
function withoutPath(error: unknown, registry: string): unknown {
  if (error instanceof TimeoutError) return new TimeoutError(`Asking ${registry}`, error.timeoutMs);
  return error instanceof HttpFailure ? error.cause : error;
}

function tooMany(askedMs: number | undefined): string {
  const when = askedMs === undefined ? '' : `, and asks for ${Math.ceil(askedMs / 1000)} s of rest`;
  return `it answers 429: too many requests${when}`;
}

/** `undefined` where it is of no use to ask again. */
function delayFor(
  { system, retries: allowed }: Sender,
  { cause, retryAfterMs: asked }: RegistryUnavailableError,
  retries: number,
): number | undefined {
  if (retries >= allowed || isLasting(cause)) return undefined;
  if (asked !== undefined) return asked > MAX_RETRY_AFTER_MS ? undefined : asked;
  return backoffMs(system, BACKOFF, retries);
}
