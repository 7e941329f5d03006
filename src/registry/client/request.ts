// How requests are sent to registries and their token servers: with retries, since what fails by the network or is
// overloaded says nothing of credentials; and along redirects, on which credentials stay with the registry.

import { RegistryUnavailableError, TimeoutError } from '../../errors.ts';
import { HttpFailure, reasonOf } from '../../system/http/http-failure.ts';
import { backoffMs, isForbiddenAddress, isLasting, withRetries } from '../../system/retry.ts';
import type { AddressKind, HttpRequest, HttpResponse, HttpStream } from '../../system/system.ts';
import { own } from '../../util/own.ts';
import { retryAfterMs } from '../../util/retry-after.ts';
import type { Endpoint, Session } from './session.ts';

export const USER_AGENT = 'docker-keyring';
const BACKOFF = { firstMs: 300, maxMs: 5_000 } as const;
/** Where a server asks for a longer wait, the error says so at once. */
const MAX_RETRY_AFTER_MS = 60_000;
/** A server that is down is not asked again for so long: many that wait for it need not all find out. */
const OUTAGE_MS = 2_000;
const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** A request without what every request of a session has. */
export interface RegistryRequest extends Omit<HttpRequest, 'timeoutMs' | 'ca' | 'signal'> {
  /** Whom it is for, for errors. */
  readonly registry: string;
  readonly signal: AbortSignal;
  /** Whether others wait for the same answer: a failure is theirs too, whatever its status is. */
  readonly isShared?: boolean;
  /** Errors that are thrown as they are, at once. */
  readonly isFinal?: (error: unknown) => boolean;
}

type Head = Pick<HttpResponse, 'status' | 'headers'>;

/**
 * Sends a request, again where it failed by the network, by a status from 500 on, or by 429, and reads a small answer whole.
 *
 * @throws {@link RegistryUnavailableError} when it failed to the end.
 */
export async function sendRequest(
  session: Session,
  request: RegistryRequest,
): Promise<HttpResponse> {
  const { registry, isShared } = request;
  const { origin } = new URL(request.url);
  const outage = session.outages.peek(origin);
  if (outage !== undefined) throw sameFor(registry, outage);
  const outcome = await sendWithRetries(session, request, () =>
    session.system.http(complete(session, request)),
  );
  const { error } = outcome;
  if (error === undefined) return outcome.response;
  // Not that one request must not go where another may.
  const isOutage = !isForbiddenAddress(error) && (error.status === undefined || isShared === true);
  if (isOutage) session.outages.set(origin, error, OUTAGE_MS);
  throw error;
}

/** Another registry may have met with it, at a server that both need. */
function sameFor(registry: string, outage: RegistryUnavailableError): RegistryUnavailableError {
  const { reason, status, retryAfterMs: askedMs, cause } = outage;
  const details = { registry, reason, status, retryAfterMs: askedMs };
  return new RegistryUnavailableError(details, { cause });
}

/** The same for an answer of any size; one that says that the server fails is returned in the end, not thrown. */
async function openStream(session: Session, request: RegistryRequest): Promise<HttpStream> {
  const outcome = await sendWithRetries(session, request, () =>
    session.system.httpStream(complete(session, request)),
  );
  const { response, error } = outcome;
  if (response === undefined) throw error;
  return { ...response, body: readBody(response, request) };
}

// A body that breaks off fails as a request does.
async function* readBody(
  { body }: HttpStream,
  { registry, signal }: RegistryRequest,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* body;
  } catch (error) {
    signal.throwIfAborted();
    throw unavailable(registry, error);
  }
}

function complete(session: Session, request: RegistryRequest): HttpRequest {
  const { registry, isShared: _isShared, isFinal: _isFinal, ...rest } = request;
  const { requestCounts, timeoutMs, ca } = session;
  requestCounts.set(registry, (requestCounts.get(registry) ?? 0) + 1);
  return own({ ...rest, headers: { 'user-agent': USER_AGENT, ...rest.headers }, timeoutMs, ca });
}

type Outcome<R> =
  | { readonly response: R; readonly error: undefined }
  | { readonly response: R | undefined; readonly error: RegistryUnavailableError };

function sendWithRetries<R extends Head>(
  session: Session,
  request: RegistryRequest,
  send: () => Promise<R>,
): Promise<Outcome<R>> {
  const { system } = session;
  const { signal } = request;
  const delayMs = ({ response, error }: Outcome<R>, retries: number): number | undefined => {
    const delay = error && retryDelayMs(session, error, retries);
    if (delay !== undefined) discard(response);
    return delay;
  };
  return withRetries({ system, signal, delayMs }, () => sendOnce(session, request, send));
}

async function sendOnce<R extends Head>(
  { system }: Session,
  { registry, signal, isFinal }: RegistryRequest,
  send: () => Promise<R>,
): Promise<Outcome<R>> {
  try {
    const response = await send();
    const { status, headers } = response;
    if (status < 500 && status !== 429) return { response, error: undefined };
    const asked = retryAfterMs(headers.get('retry-after')?.[0], system.now());
    const reason = status === 429 ? tooMany(asked) : `it answers ${status}`;
    const details = { registry, reason, status, retryAfterMs: asked };
    return { response, error: new RegistryUnavailableError(details) };
  } catch (error) {
    signal.throwIfAborted();
    if (isFinal?.(error) === true) throw error;
    return { response: undefined, error: unavailable(registry, error) };
  }
}

/** Errors of a System name the path, and a path that a server sent somebody to may hold what it had been sent. */
function unavailable(registry: string, error: unknown): RegistryUnavailableError {
  let cause = error;
  if (error instanceof HttpFailure) ({ cause } = error);
  if (error instanceof TimeoutError)
    cause = new TimeoutError(`Asking ${registry}`, error.timeoutMs);
  return new RegistryUnavailableError({ registry, reason: reasonOf(error) }, { cause });
}

function tooMany(askedMs: number | undefined): string {
  const when = askedMs === undefined ? '' : `, and asks to wait ${Math.ceil(askedMs / 1000)} s`;
  return `it answers 429: too many requests${when}`;
}

/** `undefined` where it is of no use to ask again. */
function retryDelayMs(
  { system, retries: allowed }: Session,
  { cause, retryAfterMs: asked }: RegistryUnavailableError,
  retries: number,
): number | undefined {
  if (retries >= allowed || isLasting(cause)) return undefined;
  if (asked !== undefined) return asked > MAX_RETRY_AFTER_MS ? undefined : asked;
  return backoffMs(system, BACKOFF, retries);
}

/** Ends a response that is not read. */
export function discard(response: (Head & { readonly cancel?: () => void }) | undefined): void {
  response?.cancel?.();
}

/** A response, and whether another server gave it than the registry. */
export type Redirected<R> = R & { readonly isElsewhere?: boolean };

/** A request to a registry's API. */
export interface ApiRequest {
  readonly endpoint: Endpoint;
  readonly url: string;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly maxBytes?: number;
}

/**
 * Asks a registry's API for something small, and follows redirects.
 *
 * @throws {@link RegistryUnavailableError}, for a redirect that is not followed as well.
 */
export function requestFromApi(
  session: Session,
  request: ApiRequest,
): Promise<Redirected<HttpResponse>> {
  return followRedirects(session, request, (hop) => sendRequest(session, hop));
}

/** The same for an answer of any size; its failures are returned, 500 included. */
export function streamFromApi(
  session: Session,
  request: ApiRequest,
): Promise<Redirected<HttpStream>> {
  return followRedirects(session, request, (hop) => openStream(session, hop));
}

/**
 * The first request may go wherever the registry is; the others go by https, unless the registry is reached by http, and to
 * no network that the registry is not in.
 */
async function followRedirects<R extends Head>(
  session: Session,
  request: ApiRequest,
  send: (hop: RegistryRequest) => Promise<R>,
): Promise<Redirected<R>> {
  const { endpoint, ...rest } = request;
  const start: RegistryRequest = { ...rest, registry: endpoint.registry };
  let hop = start;
  let redirects = 0;
  for (;;) {
    const response = await send(hop);
    const location = response.headers.get('location')?.[0];
    if (!REDIRECTS.has(response.status) || location === undefined) {
      const isElsewhere = hop.url !== start.url && !isSameOrigin(hop.url, start.url);
      return isElsewhere ? { ...response, isElsewhere } : response;
    }
    discard(response);
    if (redirects === MAX_REDIRECTS) {
      throw notFollowed(endpoint, `it redirects more than ${MAX_REDIRECTS} times`);
    }
    const url = redirectTarget(session, request, { from: hop.url, location });
    // Back at the registry it gets them again, as with containerd.
    const isBack = isSameOrigin(url, start.url);
    const elsewhere = {
      headers: anonymous(request.headers),
      addresses: reachableFrom(endpoint),
    };
    hop = { ...start, url, ...(isBack ? {} : elsewhere) };
    redirects += 1;
  }
}

function redirectTarget(
  { sent }: Session,
  { endpoint, url: start }: ApiRequest,
  { from, location }: { readonly from: string; readonly location: string },
): string {
  if (!URL.canParse(location, from)) {
    throw notFollowed(endpoint, 'it redirects to an invalid URL');
  }
  const { href, protocol, origin, host, username, password } = new URL(location, from);
  // A server could put into it what it was sent.
  const shown = (text: string): string => sent.redact(text) ?? 'a URL';
  if (protocol !== 'https:' && !(protocol === 'http:' && start.startsWith('http:'))) {
    throw notFollowed(
      endpoint,
      `it redirects to ${shown(origin === 'null' ? protocol : origin)}, which is not https`,
    );
  }
  if (username !== '' || password !== '') {
    const reason = `it redirects to ${shown(host)} with a user name or password`;
    throw notFollowed(endpoint, reason);
  }
  return href;
}

function isSameOrigin(url: string, other: string): boolean {
  return new URL(url).origin === new URL(other).origin;
}

function notFollowed({ registry }: Endpoint, reason: string): RegistryUnavailableError {
  return new RegistryUnavailableError({ registry, reason });
}

/** The kinds of address that a registry may send whoever asks to. */
export function reachableFrom({ address }: Endpoint): readonly AddressKind[] {
  return address === undefined || address === 'public' ? ['public'] : ['public', address];
}

/**
 * The headers that another origin gets: what is wanted, and nothing of who wants it. The Fetch standard ("HTTP-redirect
 * fetch") takes Authorization away; Cookie and Proxy-Authorization are the browser's own there, and a caller's headers any
 * secret here.
 */
const ANONYMOUS: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'cache-control',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'pragma',
  'range',
  'user-agent',
]);

function anonymous(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => ANONYMOUS.has(name)));
}
