// Bearer tokens: what a token server is asked, and what it answers (distribution's specification of token
// authentication, docs/content/spec/auth/token.md and oauth.md).

import type { Credential } from '../credential/credential.ts';
import { toAuthorizationHeader } from '../credential/ways-out.ts';
import { isRecord } from '../config/is-record.ts';
import { isText } from '../config/option-checks.ts';
import { parseJson } from '../config/parse-json.ts';
import { RegistryUnavailableError } from '../errors.ts';
import type { HttpResponse } from '../system/system.ts';
import { USER_AGENT, type Connection } from './connection.ts';
import type { Endpoint } from './endpoint.ts';
import { isEmpty } from './fingerprint.ts';
import { forbiddenRealm, type Realm } from './realm.ts';
import { saysBadRequestToTokens } from './registry-host.ts';
import { saidBy } from './said-by.ts';
import { isForbiddenAddress } from '../system/retry.ts';

/** What a token is wanted for. */
export interface TokenQuestion {
  readonly endpoint: Endpoint;
  readonly realm: Realm;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  /** `undefined`: nobody's. */
  readonly credential: Credential | undefined;
}

/** A token, or why there is none. */
export type TokenAnswer =
  { readonly token: string; readonly lifeMs: number } | { readonly refusal: Refusal };

/** Why a candidate was refused. */
export interface Refusal {
  readonly outcome: 'refused' | 'not-found';
  readonly status?: number;
  /** As a phrase without secrets. */
  readonly message: string;
}

/** Where a token server says nothing of a token's life (token.md). */
const DEFAULT_LIFE_MS = 60_000;
const MAX_BYTES = 128 * 1024;
/** Of RFC 6749, section 5.2: those that are about who asks. */
const REFUSALS: ReadonlySet<unknown> = new Set([
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'access_denied',
]);

/**
 * Asks a token server: GET, with Basic for user names and passwords; POST for identity tokens.
 *
 * @throws {@link RegistryUnavailableError}, {@link UnsafeRealmError}.
 */
export async function askForToken(
  connection: Connection,
  question: TokenQuestion,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const { credential } = question;
  if (credential?.identityToken === undefined) return askByGet(connection, question, signal);
  const response = await send(connection, question, { ...byPost(question), signal });
  // A token server without OAuth 2.0.
  const isUnknown = response.status === 404 || response.status === 405;
  if (!isUnknown) return answerOf(question, response);
  if (credential.username !== '' && credential.password !== '') {
    return askByGet(connection, question, signal);
  }
  const { status } = response;
  const message = `${status}: its token server takes no identity tokens`;
  return { refusal: { outcome: 'refused', status, message } };
}

async function askByGet(
  connection: Connection,
  question: TokenQuestion,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const response = await send(connection, question, { ...byGet(question), signal });
  return answerOf(question, response);
}

interface Form {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

function byGet({ realm, service, scopes, credential }: TokenQuestion): Form {
  const url = new URL(realm.url);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  url.searchParams.set('client_id', USER_AGENT);
  const isAnonymous = credential === undefined || isEmpty(credential);
  const headers = isAnonymous ? {} : { authorization: toAuthorizationHeader(credential) };
  return { url: url.href, method: 'GET', headers };
}

function byPost({ realm, service = '', scopes, credential }: TokenQuestion): Form {
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    service,
    client_id: USER_AGENT,
    scope: scopes.join(' '),
    refresh_token: String(credential?.identityToken),
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { url: realm.url.href, method: 'POST', headers, body: body.toString() };
}

async function send(
  connection: Connection,
  { endpoint, realm }: TokenQuestion,
  { signal, ...form }: Form & { readonly signal: AbortSignal },
): Promise<HttpResponse> {
  const { registry } = endpoint;
  const { addresses } = realm;
  const headers = { accept: 'application/json', ...form.headers };
  try {
    const request = { ...form, headers, addresses, maxBytes: MAX_BYTES };
    return await connection.http(request, { registry, signal, isShared: true });
  } catch (error) {
    if (isForbiddenAddress(error)) throw forbiddenRealm(registry, realm, error);
    signal.throwIfAborted();
    const { reason, status, retryAfterMs } = error as RegistryUnavailableError;
    const said = `its token server ${realm.url.host}: ${reason}`;
    const details = { registry, reason: said, status, retryAfterMs };
    throw new RegistryUnavailableError(details, { cause: error });
  }
}

function answerOf(
  { endpoint, realm, credential }: TokenQuestion,
  response: HttpResponse,
): TokenAnswer {
  const { status, body } = response;
  const answer = parseJson(body);
  const { registry } = endpoint;
  if (status === 200) {
    const token = tokenOf(answer);
    if (token !== undefined) return { token, lifeMs: lifeOf(answer, response) };
    const reason = `its token server ${realm.url.host} answers with something without a token`;
    throw new RegistryUnavailableError({ registry, reason, status });
  }
  if (isRefusal(status, answer, registry)) {
    const message = saidBy({ response, credential });
    return { refusal: { outcome: status === 404 ? 'not-found' : 'refused', status, message } };
  }
  const redirected = status >= 300 && status < 400 ? ', and no redirect is followed there' : '';
  const reason = `its token server ${realm.url.host} answers ${saidBy({ response, credential })}${redirected}`;
  throw new RegistryUnavailableError({ registry, reason, status });
}

function isRefusal(status: number, answer: unknown, registry: string): boolean {
  if (status === 401 || status === 403 || status === 404) return true;
  if (status !== 400) return false;
  return saysBadRequestToTokens(registry) || (isRecord(answer) && REFUSALS.has(answer['error']));
}

/** Either name will do (token.md); where both are there they must be equal. */
function tokenOf(answer: unknown): string | undefined {
  if (!isRecord(answer)) return undefined;
  return [answer['access_token'], answer['token']].find(isText);
}

/** A token that the server hands out again has aged: by its own clock, which need not be this machine's. */
function lifeOf(answer: unknown, { headers }: HttpResponse): number {
  const { expires_in: seconds, issued_at: issued } = answer as Record<string, unknown>;
  const wholeMs = typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : DEFAULT_LIFE_MS;
  const ageMs = Date.parse(String(headers.get('date'))) - Date.parse(String(issued));
  // Some say that it was issued in the year 1.
  return ageMs > 0 && ageMs < wholeMs ? wholeMs - ageMs : wholeMs;
}
