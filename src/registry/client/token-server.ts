// Requests to token servers (distribution's docs/content/spec/auth/token.md and oauth.md). A registry names its token
// server, and so decides where user names and passwords go: it must not be able to send them into this machine's networks
// or out in the clear (CVE-2020-15157 and its kin).

import type { Credential } from '../../credential/credential.ts';
import { RegistryUnavailableError, UnsafeRealmError } from '../../errors.ts';
import { isForbiddenAddress } from '../../system/retry.ts';
import type { AddressKind, HttpResponse } from '../../system/system.ts';
import { isRecord } from '../../util/is-record.ts';
import { isText } from '../../util/option-checks.ts';
import { parseJson } from '../../util/parse-json.ts';
import { createRemember } from '../../util/remember.ts';
import { withoutUndefined } from '../../util/without-undefined.ts';
import { isAuthRefusal, tokenLifeMs } from './quirks.ts';
import { reachableFrom, sendRequest, USER_AGENT } from './request.ts';
import { errorText } from './sent-secrets.ts';
import type { Endpoint, Session, TokenResult } from './session.ts';

/** A token server that may be asked. */
export interface Realm {
  readonly url: URL;
  /** Where its name may lead; `undefined` where the user trusts it. */
  readonly addresses: readonly AddressKind[] | undefined;
}

const HINT = 'if that is right, trust it by trustedRealms (--trusted-realm)';
const NO_TLS = `its realm is http, and the registry is reached by https; ${HINT}`;
const FORBIDDEN = `it is in a network that the registry is not in; ${HINT}`;

/** Endpoints belong to one session. */
const rememberRealm = createRemember<Realm>();

/**
 * The realm of a challenge, judged.
 *
 * @throws {@link UnsafeRealmError}
 */
export function realmOf(session: Session, endpoint: Endpoint, realm: string): Realm {
  return rememberRealm(endpoint, [realm], () => checkRealm(session, endpoint, realm));
}

function checkRealm(
  session: Pick<Session, 'isTrustedRealm' | 'sent'>,
  endpoint: Endpoint,
  realm: string,
): Realm {
  const { registry, origin } = endpoint;
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UnsafeRealmError(registry, '', 'its realm is not an http or https URL');
  }
  if (url.username !== '' || url.password !== '') {
    const reason = 'its realm holds a user name or password';
    throw new UnsafeRealmError(registry, shownHost(session, url), reason);
  }
  if (session.isTrustedRealm(url)) return { url, addresses: undefined };
  if (url.protocol === 'http:' && !origin.startsWith('http:')) {
    throw new UnsafeRealmError(registry, shownHost(session, url), NO_TLS);
  }
  return { url, addresses: addressesFor(endpoint, url) };
}

/** For messages: a server could put into it what it was sent. */
export function shownHost({ sent }: Pick<Session, 'sent'>, { host }: URL): string {
  return sent.redact(host) ?? '[redacted]';
}

/** Behind a proxy nobody knows the registry's address; its own name leads to no other network than its own. */
function addressesFor(endpoint: Endpoint, { host }: URL): readonly AddressKind[] | undefined {
  const isItself = host === new URL(endpoint.origin).host;
  return isItself && endpoint.address === undefined ? undefined : reachableFrom(endpoint);
}

/** What a token is wanted for. */
export interface TokenRequest {
  readonly endpoint: Endpoint;
  readonly realm: Realm;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  /** `undefined`: an anonymous token. */
  readonly credential: Credential | undefined;
  readonly signal: AbortSignal;
}

const MAX_BYTES = 128 * 1024;

/** Asks by GET, each scope a parameter of its own. */
export function getToken(
  session: Session,
  request: TokenRequest,
  authorization: string | undefined,
): Promise<HttpResponse> {
  const { realm, service, scopes } = request;
  const url = new URL(realm.url);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  url.searchParams.set('client_id', USER_AGENT);
  const headers = withoutUndefined({ authorization });
  return askTokenServer(session, request, { url: url.href, method: 'GET', headers });
}

/** Asks by POST, with a grant of OAuth 2.0. */
export function postToken(
  session: Session,
  request: TokenRequest,
  grant: Readonly<Record<string, string>>,
): Promise<HttpResponse> {
  const { realm, service = '', scopes } = request;
  const fields = { service, client_id: USER_AGENT, scope: scopes.join(' '), ...grant };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(fields).toString();
  return askTokenServer(session, request, { url: realm.url.href, method: 'POST', headers, body });
}

async function askTokenServer(
  session: Session,
  { endpoint, realm, signal }: TokenRequest,
  form: { url: string; method: string; headers: Readonly<Record<string, string>>; body?: string },
): Promise<HttpResponse> {
  const { registry } = endpoint;
  const { url, addresses } = realm;
  const headers = { accept: 'application/json', ...form.headers };
  const sent = { ...form, headers, addresses, maxBytes: MAX_BYTES };
  try {
    return await sendRequest(session, { ...sent, registry, signal, isShared: true });
  } catch (error) {
    if (isForbiddenAddress(error)) {
      throw new UnsafeRealmError(registry, shownHost(session, url), FORBIDDEN, { cause: error });
    }
    signal.throwIfAborted();
    const { reason, status, retryAfterMs } = error as RegistryUnavailableError;
    const said = `its token server ${shownHost(session, url)}: ${reason}`;
    const details = { registry, reason: said, status, retryAfterMs };
    throw new RegistryUnavailableError(details, { cause: error });
  }
}

/** Where a token server says nothing of a token's life (token.md). */
const DEFAULT_LIFE_MS = 60_000;
/** What lives for longer is taken to end then: a server may say a number that is no date any more. */
const MAX_LIFE_MS = 365 * 24 * 60 * 60_000;
/** Of RFC 6749, section 5.2: those that are about who asks. */
const REFUSALS: ReadonlySet<unknown> = new Set([
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'access_denied',
]);

/**
 * Reads a token server's answer.
 *
 * @throws {@link RegistryUnavailableError} for one that says nothing of who asks.
 */
export function readTokenResponse(
  session: Pick<Session, 'sent'>,
  { endpoint: { registry }, realm }: TokenRequest,
  response: HttpResponse,
): TokenResult {
  const token = tokenIn(response);
  if (token !== undefined) return token;
  const { status, body } = response;
  const said = errorText(response, session.sent);
  const answer = status === 400 ? parseJson(body) : undefined;
  const isRefused =
    isAuthRefusal(status, registry) || (isRecord(answer) && REFUSALS.has(answer['error']));
  if (isRefused) return { refusal: { outcome: 'refused', status, message: said } };
  if (status === 404) return { refusal: { outcome: 'not-found', status, message: said } };
  const redirected = status >= 300 && status < 400 ? ', and no redirect is followed there' : '';
  const what = status === 200 ? 'with something without a token' : `${said}${redirected}`;
  const reason = `its token server ${shownHost(session, realm.url)} answers ${what}`;
  throw new RegistryUnavailableError({ registry, reason, status });
}

/** The token of an answer; either name will do, where both are there they must be equal (token.md). */
export function tokenIn(
  response: HttpResponse,
): { readonly token: string; readonly lifeMs: number } | undefined {
  const answer = response.status === 200 ? parseJson(response.body) : undefined;
  if (!isRecord(answer)) return undefined;
  const token = [answer['access_token'], answer['token']].find(isToken);
  return token === undefined ? undefined : { token, lifeMs: lifeOf(answer, response) };
}

/** Anything else cannot be sent in a header. */
function isToken(value: unknown): value is string {
  return isText(value) && /^[\x21-\x7e]+$/.test(value);
}

/** A token that the server hands out again has aged: by its own clock, which need not be this machine's. */
function lifeOf(
  { expires_in: seconds, issued_at: issued }: Readonly<Record<string, unknown>>,
  { headers }: HttpResponse,
): number {
  const saidMs = typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : DEFAULT_LIFE_MS;
  const ageMs = Date.parse(String(headers.get('date'))) - Date.parse(String(issued));
  return tokenLifeMs(Math.min(saidMs, MAX_LIFE_MS), ageMs);
}
