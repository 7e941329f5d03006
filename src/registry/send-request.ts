// One request to a registry or its token server, with patience: what fails by the network or is overloaded is asked again,
// since neither says anything of credentials.

import { RegistryUnavailableError, TimeoutError } from '../errors.ts';
import { retryAfterMs } from '../providers/retry-after.ts';
import { orAbort } from '../system/deadline.ts';
import { FORBIDDEN_ADDRESS, HttpFailure, reasonOf } from '../system/http-failure.ts';
import type { HttpResponse, System } from '../system/system.ts';

const FIRST_DELAY_MS = 300;
const MAX_DELAY_MS = 5_000;
const JITTER = 0.5;
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
  const attempt = async (attempts: number): Promise<R> => {
    const outcome = await sendOnce(sender, send);
    if (!('error' in outcome)) return outcome.response;
    const { error, response } = outcome;
    const delayMs = delayFor(sender, error, attempts);
    if (delayMs === undefined) {
      if (response === undefined || sender.givesFailures !== true) throw error;
      return response;
    }
    if (response !== undefined) discard(response);
    await sleep(sender, delayMs);
    return attempt(attempts + 1);
  };
  return attempt(0);
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
    if (status < 500 && status !== 429) return { response };
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
  { system, retries }: Sender,
  { cause, retryAfterMs: asked }: RegistryUnavailableError,
  attempts: number,
): number | undefined {
  if (attempts >= retries || isLasting(cause)) return undefined;
  if (asked !== undefined) return asked > MAX_RETRY_AFTER_MS ? undefined : asked;
  const doubledMs = Math.min(FIRST_DELAY_MS * 2 ** attempts, MAX_DELAY_MS);
  return doubledMs * (1 + JITTER * system.random());
}

/** A certificate and an address stay what they are, and after a deadline the patience is used up. */
function isLasting(error: unknown): boolean {
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
    (cause === undefined ? undefined : codeOf(cause)) ??
    (typeof code === 'string' ? code : undefined)
  );
}

async function sleep({ system, signal }: Sender, delayMs: number): Promise<void> {
  let cancel: (() => void) | undefined;
  const waking = new Promise<void>((resolve) => {
    cancel = system.setTimer(delayMs, resolve, { keepAlive: true });
  });
  try {
    await orAbort(signal, waking);
  } finally {
    cancel?.();
  }
}
