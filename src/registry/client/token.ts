// Bearer tokens, cached: got as the specifications have it, or as containerd does for a node.

import type { Credential } from '../../credential/credential.ts';
import { isEmpty, toAuthorizationHeader } from '../../credential/formats.ts';
import { sha256 } from '../../system/sha256.ts';
import type { HttpResponse, System } from '../../system/system.ts';
import { isRecord } from '../../util/is-record.ts';
import { isText } from '../../util/option-checks.ts';
import { parseJson } from '../../util/parse-json.ts';
import { expiryIn, type Loaded } from './cache.ts';
import { readChallenge, readChallengeAsContainerd, type ReadChallenge } from './challenge.ts';
import { supportsNoOauth } from './quirks.ts';
import { errorText } from './sent-secrets.ts';
import type { CachedToken, Session, TokenResult } from './session.ts';
import {
  getToken,
  postToken,
  readTokenResponse,
  shownHost,
  tokenIn,
  type TokenRequest,
} from './token-server.ts';
import { has } from '../../util/own.ts';

/** What clients of registries do differently. */
export interface AuthFlow {
  /** Tokens of one flow are not used in the other. */
  readonly name: string;
  readonly readChallenge: ReadChallenge;
  /** Rejects with a {@link RegistryUnavailableError} or an {@link UnsafeRealmError}. */
  readonly requestToken: (session: Session, request: TokenRequest) => Promise<TokenResult>;
}

/** As the specifications have it: for whoever wants to be let in. */
export const STANDARD_FLOW: AuthFlow = { name: 'standard', readChallenge, requestToken };

/** As the containerd of a node does: for whoever wants to know what a node meets with. */
export const CONTAINERD_FLOW: AuthFlow = {
  name: 'containerd',
  readChallenge: readChallengeAsContainerd,
  requestToken: requestTokenAsContainerd,
};

/** A refusal is remembered for a short time only: somebody may be about to repair it. */
export const REFUSAL_LIFE_MS = 10_000;
/** A token is not used in its last seconds: it must live for as long as the answer takes. */
const MAX_MARGIN_MS = 10_000;
const MARGIN = 0.1;

/** A token of the cache, or a new one. */
export interface TokenUse {
  readonly token: CachedToken;
  /** Takes the token out of the cache. Present where it was accepted before: refused now, it has been revoked. */
  readonly forget?: () => void;
}

/**
 * Gets a token.
 *
 * @param isFresh - Whether a token server that refused a moment ago is asked again.
 */
export async function bearerToken(
  session: Session,
  request: TokenRequest,
  { flow, isFresh }: { readonly flow: AuthFlow; readonly isFresh: boolean },
): Promise<TokenUse> {
  const { system, tokens } = session;
  const { endpoint, realm, service, scopes, credential } = request;
  const key = JSON.stringify([
    flow.name,
    endpoint.origin,
    realm.url.href,
    service,
    scopes,
    fingerprint(credential),
  ]);
  const cached = tokens.peek(key);
  if (cached !== undefined && !isWorthReplacing(cached, isFresh, system)) {
    const forget = (): void => tokens.delete(key, cached);
    return cached.wasAccepted ? { token: cached, forget } : { token: cached };
  }
  if (cached !== undefined) tokens.delete(key, cached);
  const load = async (signal: AbortSignal): Promise<Loaded<CachedToken>> => {
    const result = await flow.requestToken(session, { ...request, signal });
    const lifeMs = has(result, 'token') ? result.lifeMs : REFUSAL_LIFE_MS;
    const value = { ...result, expiry: expiryIn(lifeMs, system), wasAccepted: false };
    return { value, lifeMs: lifeMs - Math.min(MAX_MARGIN_MS, lifeMs * MARGIN) };
  };
  return { token: await tokens.get(key, load, request.signal) };
}

/** Rights may have been granted since it was refused. */
function isWorthReplacing(
  token: CachedToken,
  isFresh: boolean,
  { monotonicMs }: Pick<System, 'monotonicMs'>,
): boolean {
  if (isFresh) return has(token, 'refusal') || token.refusedAtMs !== undefined;
  return token.refusedAtMs !== undefined && monotonicMs() - token.refusedAtMs >= REFUSAL_LIFE_MS;
}

const fingerprints = new WeakMap<Credential, string>();

/** Equal for credentials with the same secrets, and without them; of no credential, and of an empty one, `''`. */
export function fingerprint(credential: Credential | undefined): string {
  if (credential === undefined || isEmpty(credential)) return '';
  let hash = fingerprints.get(credential);
  if (hash === undefined) {
    const basic = Buffer.from(credential.basicBytes()).toString('base64');
    const { identityToken, registryToken } = credential;
    hash = sha256(JSON.stringify([basic, identityToken, registryToken]));
    fingerprints.set(credential, hash);
  }
  return hash;
}

/** By GET with Basic, identity tokens by POST. */
async function requestToken(session: Session, request: TokenRequest): Promise<TokenResult> {
  const { credential } = request;
  if (credential?.identityToken !== undefined) {
    const { username, password, identityToken } = credential;
    const response = await postToken(session, request, refreshTokenGrant(identityToken));
    const { status } = response;
    if (!supportsNoOauth(status)) return readTokenResponse(session, request, response);
    if (username === '' || password === '') {
      const message = `${status}: its token server takes no identity tokens`;
      return { refusal: { outcome: 'refused', status, message } };
    }
  }
  const authorization = credential && toAuthorizationHeader(credential);
  return readTokenResponse(session, request, await getToken(session, request, authorization));
}

function refreshTokenGrant(token: string): Readonly<Record<string, string>> {
  return { grant_type: 'refresh_token', refresh_token: token };
}

/** The statuses of a POST after which containerd asks by GET. */
const WITHOUT_POST: ReadonlySet<number> = new Set([400, 401, 404]);

/**
 * By POST with whatever secret there is, by GET where the token server does not know that (containerd v2.4.2
 * core/remotes/docker/authorizer.go doBearerAuth, auth/fetch.go).
 */
async function requestTokenAsContainerd(
  session: Session,
  request: TokenRequest,
): Promise<TokenResult> {
  const username = request.credential?.username ?? '';
  const secret = containerdSecret(request.credential);
  if (secret === '') {
    const response = await getToken(session, request, undefined);
    return readAsContainerd(session, request, { method: 'GET', response });
  }
  const grant =
    username === ''
      ? refreshTokenGrant(secret)
      : { grant_type: 'password', username, password: secret };
  const posted = await postToken(session, request, grant);
  const { status } = posted;
  if (!WITHOUT_POST.has(status) && !(status === 405 && username !== '')) {
    return readAsContainerd(session, request, { method: 'POST', response: posted });
  }
  const basic = `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
  const response = await getToken(session, request, basic);
  return readAsContainerd(session, request, { method: 'GET', response });
}

/** With a user name it is the password, whatever else there is (internal/cri/server/images/image_pull.go, ParseAuth). */
function containerdSecret(credential: Credential | undefined): string {
  if (credential === undefined) return '';
  const { username, password, identityToken = '' } = credential;
  return username === '' && identityToken !== '' ? identityToken : password;
}

/** Whatever fails, a kubelet goes on with the next credential; here what fails for all of them alike is told apart. */
function readAsContainerd(
  session: Session,
  request: TokenRequest,
  { method, response }: { readonly method: 'GET' | 'POST'; readonly response: HttpResponse },
): TokenResult {
  const { status, body } = response;
  const answer = status === 200 ? parseJson(body) : undefined;
  if (isRecord(answer)) {
    const found = containerdProblem(method, answer);
    const token = tokenIn(response);
    if (token !== undefined && found === undefined) return token;
    const problem = `its token server ${shownHost(session, request.realm.url)} ${found}`;
    if (token === undefined) return { refusal: { outcome: 'refused', status, message: problem } };
    return { ...token, problem };
  }
  const isRefused = status >= 400 && status < 500 && status !== 404 && status !== 408;
  if (!isRefused) return readTokenResponse(session, request, response);
  return { refusal: { outcome: 'refused', status, message: errorText(response, session.sent) } };
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** What keeps containerd from an answer, as a phrase. Go's JSON decoder fails for any member of the wrong type. */
function containerdProblem(
  method: 'GET' | 'POST',
  answer: Readonly<Record<string, unknown>>,
): string | undefined {
  const { access_token: accessToken, token, expires_in: seconds, issued_at: issued } = answer;
  // The name that GET has (token.md) will not do then.
  if (method === 'POST' && !isText(accessToken)) {
    return 'answers a POST without access_token, which containerd needs';
  }
  if (!isText(accessToken) && !isText(token)) return 'answers without a token';
  if (!isAbsent(seconds) && !Number.isSafeInteger(seconds)) {
    return 'answers with an expires_in that containerd cannot read: it must be a whole number';
  }
  if (!isAbsent(issued) && !(typeof issued === 'string' && INSTANT.test(issued))) {
    return 'answers with an issued_at that containerd cannot read: it must be a time as in RFC 3339';
  }
  return undefined;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
