// registryFetch: a fetch that lets itself in at registries.

import { withoutUndefined } from '../../util/without-undefined.ts';
import { readOptions } from '../../util/option-checks.ts';
import type { Credential } from '../../credential/credential.ts';
import { RegistryUnavailableError } from '../../errors.ts';
import { parseImageReference, type ImageReference } from '../../reference/image-reference.ts';
import type { HttpStream } from '../../system/system.ts';
import { admit } from './attempt.ts';
import { acceptedOf, refusalOf, tryCandidates, type Attempt, type Try } from './candidates.ts';
import { reachableFrom, type Endpoint } from './endpoint.ts';
import { fingerprint } from './fingerprint.ts';
import { followRedirects } from './follow-redirects.ts';
import { createKept } from './cache.ts';
import { MANIFEST_TYPES, scopeOf } from './registry-api.ts';
import { registryAt } from './quirks.ts';
import type { RegistryKeyring } from './registry-keyring.ts';
import { CANDIDATE_CHECKS, type CandidateOptions } from './options.ts';
import { sessionOf, type SessionState } from './session.ts';
import { responseOf } from './web-response.ts';

/** How a fetch lets itself in; a request's own signal comes with the request. */
export type RegistryFetchOptions = Omit<CandidateOptions, 'signal'>;

/** The part of the standard `fetch` that registries are read with. */
export type RegistryFetch = (
  input: string | URL | Request,
  init?: RequestInit,
) => Promise<Response>;

const { signal: _, ...CHECKS } = CANDIDATE_CHECKS;
/** Who was let in is let in first the next time. */
const WINNER_HOLDS_MS = 5 * 60_000;

/**
 * Makes a `fetch` for the URLs of registries' APIs, such as `https://ghcr.io/v2/acme/app/manifests/1.0`: GET and HEAD, with
 * ranges and whatever headers. It finds the credentials of the repository by the keyring, tries them in order, gets and
 * keeps tokens, and follows redirects to blob stores, to which it never sends the `Authorization` header.
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
  const winners = createKept<string>(session.connection.system);
  return async (input, init) => {
    const request = requestOf(input, init);
    const target = targetOf(new URL(request.url));
    const { reference } = target;
    const endpoint = await session.endpoint(reference.registry, request.signal);
    const winner = winners.peek(reference.name);
    const opened: HttpStream[] = [];
    const pull: Pull = { session, endpoint, request, target, winner, opened };
    const trying = tryCandidates<HttpStream>({
      image: reference.name,
      keyring: winner === undefined ? keyring : withFirst(keyring, winner),
      anonymous: given.anonymous,
      context: { signal: request.signal, pod: given.pod },
      attempt: (credential) => attempt(pull, credential),
    });
    const tries = await trying.catch((error: unknown) => {
      opened.forEach(discard);
      throw error;
    });
    if (acceptedOf(tries) !== undefined) {
      const value = fingerprint(tries.at(-1)?.credential);
      winners.put(reference.name, { value, holdsMs: WINNER_HOLDS_MS });
    }
    return responseOf(answerOf(pull, tries), request);
  };
}

/** One request. */
interface Pull {
  readonly session: SessionState;
  readonly endpoint: Endpoint;
  readonly request: Request;
  readonly target: Target;
  readonly winner: string | undefined;
  /** Answers that say "not found", and may yet be the one to give. */
  readonly opened: HttpStream[];
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
    ...(repository === undefined ? [] : [scopeOf(reference.repository, ['pull'])]),
    ...(catalog === undefined ? [] : ['registry:catalog:*']),
  ];
  return { reference, scopes, path: pathname + search, isHttps: protocol === 'https:' };
}

function notOfRegistry(): TypeError {
  return new TypeError(
    'registryFetch: the URL must be of a registry: https://HOST/v2/REPOSITORY/manifests/TAG',
  );
}

async function attempt(
  pull: Pull,
  credential: Credential | undefined,
): Promise<Attempt<HttpStream>> {
  const { session, endpoint, request, target, winner } = pull;
  const { scopes } = target;
  const purpose = {
    endpoint,
    scopes,
    use: (header: string | undefined) => open(pull, header),
    discard,
  };
  const admission = await admit(session, purpose, { credential, signal: request.signal });
  const { response } = admission;
  if (admission.outcome === 'accepted') {
    return { outcome: 'accepted', value: admission.response };
  }
  if (admission.outcome === 'refused' || response === undefined) {
    response?.cancel();
    const { outcome, message, status } = admission;
    return { outcome, message, ...withoutUndefined({ status }) };
  }
  // Who could read the repository before is told the truth.
  const isKnown = winner !== undefined && winner === fingerprint(credential);
  pull.opened.push(response);
  return isKnown ? { outcome: 'accepted', value: response } : { ...admission, value: response };
}

async function open(
  { session, endpoint, request, target }: Pull,
  header: string | undefined,
): Promise<HttpStream> {
  const { connection } = session;
  const { registry, origin } = endpoint;
  const { method, signal } = request;
  if (target.isHttps && origin.startsWith('http:')) {
    const reason = 'it does not speak https, and the URL says https';
    throw new RegistryUnavailableError({ registry, reason });
  }
  const headers = headersOf(request, target, header);
  const start = {
    registry,
    url: origin + target.path,
    headers,
    addresses: reachableFrom(endpoint),
    sent: connection.sent,
  };
  const errand = { registry, signal, givesFailures: true };
  return followRedirects(
    start,
    (hop) =>
      connection.patiently(errand, () => connection.stream({ ...hop, method }, errand), discard),
    discard,
  );
}

function discard({ cancel }: HttpStream): void {
  cancel();
}

function headersOf(
  { headers }: Request,
  { path }: Target,
  authorization: string | undefined,
): Record<string, string> {
  const { authorization: _own, host: _host, ...all } = Object.fromEntries(headers);
  const accept = path.includes('/manifests/') ? { accept: MANIFEST_TYPES.join(', ') } : {};
  return { ...accept, ...all, ...(authorization === undefined ? {} : { authorization }) };
}

/** The answer that was accepted, or else the first of those that say that there is nothing. */
function answerOf({ opened, target }: Pull, tries: readonly Try<HttpStream>[]): HttpStream {
  const hasFailed = tries.at(-1)?.attempt.outcome === 'failed';
  const answer = acceptedOf(tries)?.value ?? (hasFailed ? undefined : opened[0]);
  opened.filter((one) => one !== answer).forEach(discard);
  if (answer === undefined) throw refusalOf(target.reference, tries);
  return answer;
}

/** A keyring that gives one credential before all others. */
function withFirst(keyring: RegistryKeyring, winner: string): RegistryKeyring {
  return {
    async lookup(image, context) {
      const credentials = await keyring.lookup(image, context);
      // A stable sort: the others keep their order.
      return credentials.toSorted((one, other) => rank(one, winner) - rank(other, winner));
    },
  };
}

function rank(credential: Credential, winner: string): number {
  return fingerprint(credential) === winner ? 0 : 1;
}
