// registryFetch: a fetch for registries' APIs that gets credentials and tokens by itself.

import type { Credential } from '../../credential/credential.ts';
import { RegistryUnavailableError } from '../../errors.ts';
import { parseImageReference, type ImageReference } from '../../reference/image-reference.ts';
import type { HttpStream } from '../../system/system.ts';
import { readOptions } from '../../util/option-checks.ts';
import { withoutUndefined } from '../../util/without-undefined.ts';
import { attempt } from './attempt.ts';
import { createCache } from './cache.ts';
import {
  acceptedOf,
  refusalError,
  tryCandidates,
  type CandidateResult,
  type TriedCandidate,
} from './candidates.ts';
import { CANDIDATE_CHECKS, type CandidateOptions, type RegistryKeyring } from './options.ts';
import { registryAt } from './quirks.ts';
import { findEndpoint, MANIFEST_TYPES, repositoryScope } from './registry-api.ts';
import { discard, streamFromApi } from './request.ts';
import { sessionOf, type Endpoint, type Session } from './session.ts';
import { fingerprint } from './token.ts';

/** How a fetch lets itself in; a request's own signal comes with the request. */
export type RegistryFetchOptions = Omit<CandidateOptions, 'signal'>;

/** The part of the standard `fetch` that registries are read with. */
export type RegistryFetch = (
  input: string | URL | Request,
  init?: RequestInit,
) => Promise<Response>;

const { signal: _, ...CHECKS } = CANDIDATE_CHECKS;
/** The credential that was accepted is tried first for so long. */
const ACCEPTED_LIFE_MS = 5 * 60_000;

/**
 * Makes a `fetch` for the URLs of registries' APIs, such as `https://ghcr.io/v2/acme/app/manifests/1.0`: GET and HEAD, with
 * ranges and whatever headers, except `Accept-Encoding`: content comes as it is stored. It finds the credentials of the
 * repository by the keyring, tries them in order, gets and keeps tokens, and follows redirects to blob stores, to which it
 * never sends the `Authorization` header.
 *
 * @param keyring - Knows the credentials.
 * @returns A function that resolves, as `fetch` does, with whatever answer there is, 404 and 500 included. It rejects with
 * {@link RegistryAuthError} when every candidate was refused; {@link RegistryUnavailableError} when the registry or its
 * token server does not answer; {@link UnsafeRealmError}; {@link InvalidReferenceError} for a repository that is none;
 * TypeError for another method or URL.
 * @throws TypeError for an option that does not exist or has a wrong value.
 * @example
 * ```ts
 * const fetch = registryFetch(keyring);
 * const manifest = await fetch('https://registry-1.docker.io/v2/library/nginx/manifests/latest');
 * ```
 */
export function registryFetch(
  keyring: RegistryKeyring,
  options: RegistryFetchOptions = {},
): RegistryFetch {
  const given = readOptions('registryFetch', options, CHECKS);
  const session = sessionOf('registryFetch', keyring, given);
  // Fingerprints of the credentials that were accepted, by repository.
  const accepted = createCache<string>(session.system);
  return async (input, init) => {
    const request = requestOf(input, init);
    const target = targetOf(new URL(request.url));
    const { reference } = target;
    const { signal } = request;
    const endpoint = await findEndpoint(session, reference.registry, signal);
    const acceptedBefore = accepted.peek(reference.name);
    const notFound: HttpStream[] = [];
    const pull: Pull = { session, endpoint, request, target, acceptedBefore, notFound };
    const trying = tryCandidates<HttpStream>({
      image: reference.name,
      keyring: acceptedBefore === undefined ? keyring : withFirst(keyring, acceptedBefore),
      anonymous: given.anonymous,
      context: { signal, pod: given.pod },
      attempt: (credential) => tryCredential(pull, credential),
    });
    const tried = await trying.catch((error: unknown) => {
      notFound.forEach(discard);
      throw error;
    });
    if (acceptedOf(tried) !== undefined) {
      accepted.set(reference.name, fingerprint(tried.at(-1)?.credential), ACCEPTED_LIFE_MS);
    }
    return toWebResponse(checkStatus(chooseResponse(pull, tried), endpoint), request);
  };
}

/** One request. */
interface Pull {
  readonly session: Session;
  readonly endpoint: Endpoint;
  readonly request: Request;
  readonly target: Target;
  /** The fingerprint of the credential that was accepted lately. */
  readonly acceptedBefore: string | undefined;
  /** Responses that say "not found", the first of which may be the one to return. */
  readonly notFound: HttpStream[];
}

/** What a URL is about. */
interface Target {
  readonly reference: ImageReference;
  readonly scopes: readonly string[];
  /** With its query. */
  readonly path: string;
  readonly isHttps: boolean;
}

function requestOf(input: string | URL | Request, init: RequestInit | undefined): Request {
  // Request quotes what it refuses, and that may hold a password.
  const text = input instanceof Request ? input.url : String(input);
  if (!URL.canParse(text)) throw notOfRegistry();
  const { username, password } = new URL(text);
  if (username !== '' || password !== '') {
    throw new TypeError('registryFetch: the URL must not hold a user name or password');
  }
  const request = new Request(input, init);
  const { method, redirect } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    throw new TypeError(`registryFetch: only GET and HEAD, and not ${method}`);
  }
  if (redirect !== 'follow') throw new TypeError("registryFetch: redirect can only be 'follow'");
  return request;
}

/** OCI distribution specification v1.1, "Endpoints", and the catalog, which it once had. */
const PATHS = /^\/v2\/(?:(.+)\/(?:manifests|blobs|tags|referrers)\/[^/]+|(_catalog)?)$/;

function targetOf({ protocol, host, pathname, search }: URL): Target {
  const match = PATHS.exec(pathname);
  if (match === null) throw notOfRegistry();
  const [, repository, catalog] = match;
  const registry = registryAt(host);
  // What is about no repository is asked with what is for all of a registry's.
  const reference = parseImageReference(`${registry}/${repository ?? 'v2'}`);
  // In the name of an image, a host without dot and port is a part of Docker Hub.
  if (reference.registry !== registry) throw notOfRegistry();
  const scopes = [
    ...(repository === undefined ? [] : [repositoryScope(reference.repository, ['pull'])]),
    ...(catalog === undefined ? [] : ['registry:catalog:*']),
  ];
  return { reference, scopes, path: pathname + search, isHttps: protocol === 'https:' };
}

function notOfRegistry(): TypeError {
  return new TypeError(
    'registryFetch: the URL must be of a registry: https://HOST/v2/REPOSITORY/manifests/TAG',
  );
}

async function tryCredential(
  pull: Pull,
  credential: Credential | undefined,
): Promise<CandidateResult<HttpStream>> {
  const { session, endpoint, request, target, acceptedBefore, notFound } = pull;
  const { scopes } = target;
  const { signal } = request;
  const send = (authorization: string | undefined): Promise<HttpStream> =>
    open(pull, authorization);
  const attempted = await attempt(session, { endpoint, scopes, credential, signal, send });
  const { response } = attempted;
  if (attempted.outcome === 'accepted') return { outcome: 'accepted', value: attempted.response };
  if (attempted.outcome === 'refused' || response === undefined) {
    discard(response);
    const { outcome, message, status } = attempted;
    return { outcome, message, ...withoutUndefined({ status }) };
  }
  notFound.push(response);
  // Who could read the repository before is told the truth.
  const isKnown = acceptedBefore !== undefined && acceptedBefore === fingerprint(credential);
  return isKnown ? { outcome: 'accepted', value: response } : { ...attempted, value: response };
}

async function open(
  { session, endpoint, request, target }: Pull,
  authorization: string | undefined,
): Promise<HttpStream> {
  const { registry, origin } = endpoint;
  const { method, signal } = request;
  if (target.isHttps && origin.startsWith('http:')) {
    const reason = 'it does not speak https, and the URL says https';
    throw new RegistryUnavailableError({ registry, reason });
  }
  const headers = headersOf(request, target, authorization);
  return streamFromApi(session, { endpoint, url: origin + target.path, method, headers, signal });
}

function headersOf(
  { headers }: Request,
  { path }: Target,
  authorization: string | undefined,
): Record<string, string> {
  // What is stored is what a digest is of: no other encoding is asked for.
  const {
    authorization: _own,
    host: _host,
    'accept-encoding': _encoding,
    ...all
  } = Object.fromEntries(headers);
  const accept = path.includes('/manifests/') ? { accept: MANIFEST_TYPES.join(', ') } : {};
  return { ...accept, ...all, ...(authorization === undefined ? {} : { authorization }) };
}

/** The one that was accepted, or else the first of those that say "not found". */
function chooseResponse(
  { notFound, target }: Pull,
  tried: readonly TriedCandidate<HttpStream>[],
): HttpStream {
  const hasFailed = tried.at(-1)?.result.outcome === 'failed';
  const chosen = acceptedOf(tried)?.value ?? (hasFailed ? undefined : notFound[0]);
  notFound.filter((one) => one !== chosen).forEach(discard);
  if (chosen === undefined) throw refusalError(target.reference, tried);
  return chosen;
}

/** A keyring that returns one credential before all others. */
function withFirst(keyring: RegistryKeyring, first: string): RegistryKeyring {
  const rank = (credential: Credential): number => (fingerprint(credential) === first ? 0 : 1);
  return {
    async lookup(image, context) {
      const credentials = await keyring.lookup(image, context);
      // A stable sort: the others keep their order.
      return credentials.toSorted((one, other) => rank(one) - rank(other));
    },
  };
}

/** No standard Response has another status. */
function checkStatus(response: HttpStream, { registry }: Endpoint): HttpStream {
  const { status } = response;
  if (status >= 200 && status <= 599) return response;
  discard(response);
  throw new RegistryUnavailableError({ registry, reason: `it answers ${status}`, status });
}

/** Statuses whose answers have no body (Fetch standard, "null body status"). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** The standard Response, whose body is read from the network as it is read. */
function toWebResponse(stream: HttpStream, request: Request): Response {
  const { status } = stream;
  const headers = new Headers();
  for (const [name, values] of stream.headers) {
    for (const value of values) headers.append(name, value);
  }
  if (request.method !== 'HEAD' && !WITHOUT_BODY.has(status)) {
    return new Response(bodyOf(stream, request), { status, headers });
  }
  finish(stream).catch(() => {});
  return new Response(null, { status, headers });
}

/** Reads what has no body to its end: a connection that is cut off before serves no other request. */
async function finish({ body, cancel }: HttpStream): Promise<void> {
  const { done } = await body[Symbol.asyncIterator]().next();
  if (done !== true) cancel();
}

function bodyOf({ body, cancel }: HttpStream, request: Request): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      // Also keeps the Request: its signal is no longer aborted by the caller's when it has been collected as garbage.
      request.signal.throwIfAborted();
      const { done, value } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel,
  });
}
