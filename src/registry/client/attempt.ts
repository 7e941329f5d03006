// One candidate at a registry: makes the Authorization header that the registry asks for, sends the request with it, and
// reads from the response whether that was a refusal, and whether of the credential or only of a token that has expired.

import type { Credential } from '../../credential/credential.ts';
import { isTokenOnly, toAuthorizationHeader } from '../../credential/formats.ts';
import type { HttpResponse } from '../../system/system.ts';
import { withoutUndefined } from '../../util/without-undefined.ts';
import {
  challengeHeaders,
  isSameChallenge,
  type BearerChallenge,
  type Challenge,
} from './challenge.ts';
import { inScopeOrder, isAuthRefusal } from './quirks.ts';
import { CHALLENGE_LIFE_MS } from './registry-api.ts';
import { discard, type Redirected } from './request.ts';
import { errorText } from './sent-secrets.ts';
import type { AuthHeader, Endpoint, Refusal, Session } from './session.ts';
import { realmOf } from './token-server.ts';
import { bearerToken, STANDARD_FLOW, type AuthFlow, type TokenUse } from './token.ts';
import { own, has } from '../../util/own.ts';

/** A response to a request that a header was used for. */
export type AttemptResponse = Redirected<Pick<HttpResponse, 'status' | 'headers'>> & {
  readonly body?: unknown;
  readonly cancel?: () => void;
};

export interface AttemptOptions<R extends AttemptResponse> {
  readonly endpoint: Endpoint;
  /** `repository:library/nginx:pull`; none for the registry itself. */
  readonly scopes: readonly string[];
  /** `undefined`: anonymous. */
  readonly credential: Credential | undefined;
  readonly signal: AbortSignal;
  /** Whether a token server that refused a moment ago is asked again. Default `false`. */
  readonly isFresh?: boolean;
  /** @defaultValue the specifications' */
  readonly flow?: AuthFlow;
  /** Sends the request with this value of `Authorization`. */
  readonly send: (authorization: string | undefined) => Promise<R>;
}

/** `header` and `response` of a refusal are there where a request was sent. */
export type AttemptOutcome<R extends AttemptResponse> =
  | { readonly outcome: 'accepted'; readonly header: AuthHeader; readonly response: R }
  | (Refusal & { readonly header?: AuthHeader; readonly response?: R });

/** A header, and the token in it. */
interface PreparedHeader extends AuthHeader, Partial<TokenUse> {}

/** The token had expired, and the scope was another. */
const MAX_REPEATS = 2;

/**
 * Tries a candidate.
 *
 * @throws {@link RegistryUnavailableError}, {@link UnsafeRealmError}, what `send` throws.
 */
export async function attempt<R extends AttemptResponse>(
  session: Session,
  options: AttemptOptions<R>,
): Promise<AttemptOutcome<R>> {
  const { endpoint, flow = STANDARD_FLOW, send } = own(options);
  const place = JSON.stringify([endpoint.origin, options.scopes]);
  let challenge = flow.readChallenge(session.challenges.peek(place) ?? endpoint.challenges);
  let { scopes } = options;
  let repeats = 0;
  for (;;) {
    const header = await prepareHeader(session, { ...options, flow, scopes }, challenge);
    if (has(header, 'outcome')) return header;
    const response = await send(header.value);
    const asked = challengeHeaders(response);
    const next = flow.readChallenge(asked);
    const isFinal = repeats === MAX_REPEATS || !mayBeRepeated(response, options);
    if (isFinal || !isWorthRepeating({ challenge, scopes, header }, next)) {
      return judge(session, options, { header, response });
    }
    if (isOther(next, challenge)) {
      session.challenges.set(place, asked, CHALLENGE_LIFE_MS);
      challenge = next;
    }
    scopes = inScopeOrder(newScopes(next, scopes), scopes);
    discard(response);
    repeats += 1;
  }
}

type HeaderOptions = Omit<AttemptOptions<AttemptResponse>, 'send' | 'flow'> & {
  readonly flow: AuthFlow;
};

async function prepareHeader(
  session: Session,
  options: HeaderOptions,
  challenge: Challenge,
): Promise<PreparedHeader | Refusal> {
  const { sent } = session;
  const { credential } = options;
  if (credential !== undefined) sent.noteCredential(credential);
  if (credential?.registryToken !== undefined) {
    return { value: toAuthorizationHeader(credential), scheme: 'bearer' };
  }
  if (challenge.scheme === 'bearer') return prepareBearer(session, options, challenge);
  if (challenge.scheme === 'none') return { value: undefined, scheme: 'none' };
  if (challenge.scheme === 'unknown') {
    const message = sent.redact(challenge.reason) ?? 'it knows neither Basic nor Bearer';
    return { outcome: 'refused', message, isUnmet: true };
  }
  return prepareBasic(credential);
}

function prepareBasic(credential: Credential | undefined): PreparedHeader | Refusal {
  if (credential !== undefined && isTokenOnly(credential)) {
    const message = 'it takes user names and passwords only, and this is an identity token';
    return { outcome: 'refused', message };
  }
  const value = credential && toAuthorizationHeader(credential);
  return { value, scheme: value === undefined ? 'none' : 'basic' };
}

async function prepareBearer(
  session: Session,
  { flow, isFresh = false, ...options }: HeaderOptions,
  { realm: url, service }: BearerChallenge,
): Promise<PreparedHeader | Refusal> {
  const { endpoint, scopes, credential, signal } = options;
  const realm = realmOf(session, endpoint, url);
  const request = { endpoint, realm, service, scopes, credential, signal };
  const use = await bearerToken(session, request, { flow, isFresh });
  const { token } = use;
  if (has(token, 'refusal')) return token.refusal;
  const { expiry, problem } = token;
  session.sent.note(token.token, expiry.wallMs);
  const value = `Bearer ${token.token}`;
  return { value, scheme: 'bearer', expiry, ...use, ...withoutUndefined({ problem }) };
}

/** What another server says that the registry redirected to is about nobody's credentials. */
function isRefusal({ status, isElsewhere }: AttemptResponse, { registry }: Endpoint): boolean {
  return isElsewhere !== true && isAuthRefusal(status, registry);
}

/** 403 says that who asks is known, and may not; a registry token cannot be replaced. */
function mayBeRepeated(
  response: AttemptResponse,
  { endpoint, credential }: Pick<AttemptOptions<AttemptResponse>, 'endpoint' | 'credential'>,
): boolean {
  const isKnown = response.status === 403 || credential?.registryToken !== undefined;
  return isRefusal(response, endpoint) && !isKnown;
}

/** Whether another try may do better: with a token that has not expired, or by what is asked for now. */
function isWorthRepeating(
  last: {
    readonly challenge: Challenge;
    readonly scopes: readonly string[];
    readonly header: PreparedHeader;
  },
  next: Challenge,
): boolean {
  const { forget } = last.header;
  forget?.();
  return (
    forget !== undefined || isOther(next, last.challenge) || newScopes(next, last.scopes).length > 0
  );
}

function isOther(next: Challenge, last: Challenge): boolean {
  const canBeMet = next.scheme === 'basic' || next.scheme === 'bearer';
  return canBeMet && !isSameChallenge(next, last);
}

function newScopes(challenge: Challenge, scopes: readonly string[]): readonly string[] {
  if (challenge.scheme !== 'bearer') return [];
  return challenge.scopes.filter((scope) => !scopes.includes(scope));
}

function judge<R extends AttemptResponse>(
  { sent, system }: Session,
  { endpoint }: AttemptOptions<R>,
  {
    header: { token, forget: _forget, ...header },
    response,
  }: { header: PreparedHeader; response: R },
): AttemptOutcome<R> {
  const { status } = response;
  const isRefused = isRefusal(response, endpoint);
  if (token !== undefined) {
    if (isRefused) token.refusedAtMs ??= system.monotonicMs();
    else token.wasAccepted = true;
  }
  if (!isRefused && status !== 404) return { outcome: 'accepted', header, response };
  const message = errorText(response, sent);
  return { outcome: isRefused ? 'refused' : 'not-found', status, message, header, response };
}
