// Tries one candidate at a registry: makes the header that it asks for, uses it, and reads from the answer whether that was
// a refusal, and whether of the credential or only of a token that has ended.

import { withoutUndefined } from '../config/without-undefined.ts';
import type { Credential } from '../credential/credential.ts';
import { isTokenOnly, toAuthorizationHeader } from '../credential/ways-out.ts';
import type { HttpChallenge } from '../providers/http-challenge.ts';
import type { HttpResponse, System } from '../system/system.ts';
import { askForToken, type Refusal } from './bearer-token.ts';
import { challengesOf, type Endpoint } from './endpoint.ts';
import { fingerprint } from './fingerprint.ts';
import type { Followed } from './follow-redirects.ts';
import type { Held } from './kept.ts';
import { checkRealm } from './realm.ts';
import { saysBadRequestToTokens } from './registry-host.ts';
import { saidBy } from './said-by.ts';
import type { KeptToken, SessionState, Ticket } from './session.ts';

/** An answer to a request that a header was used for. */
export type Answer = Followed<Pick<HttpResponse, 'status' | 'headers'>> & {
  readonly body?: unknown;
};

/** What a candidate is tried for. */
export interface Purpose<R extends Answer> {
  readonly endpoint: Endpoint;
  /** `repository:library/nginx:pull`; none for the registry itself. */
  readonly scopes: readonly string[];
  /** Sends what is to be sent, with this header. */
  use(header: string | undefined, signal: AbortSignal): Promise<R>;
  /** Ends an answer that is not handed on. */
  discard?(response: R): void;
}

/** What came of it. */
export type Admission<R extends Answer> =
  | { readonly outcome: 'accepted'; readonly ticket: Ticket; readonly response: R }
  | (Refusal & { readonly ticket?: Ticket; readonly response?: R });

/** Who tries. */
export interface Entrant {
  readonly credential: Credential | undefined;
  readonly signal: AbortSignal;
  /** Whether a token server that refused a moment ago is asked again. */
  readonly fresh?: boolean;
}

interface Step {
  readonly challenges: readonly HttpChallenge[];
  readonly scopes: readonly string[];
  /** How often it may still be tried otherwise. */
  readonly chances: number;
}

interface Prepared extends Ticket {
  /** The token that it was made of. */
  readonly token?: KeptToken;
  /** Present where the token is an old one that was accepted before, and so has ended: forgets it. */
  readonly forget?: () => void;
}

/** One that ended, and one whose scope was another. */
const CHANCES = 2;
/** A token is not used in its last seconds: it must live for as long as the answer takes. */
const MAX_MARGIN_MS = 10_000;
const MARGIN = 0.1;
/** Somebody may be about to repair it. */
export const REFUSAL_HOLDS_MS = 10_000;

/**
 * Tries a candidate.
 *
 * @throws {@link RegistryUnavailableError}, {@link UnsafeRealmError}, what `use` throws.
 */
export async function admit<R extends Answer>(
  session: SessionState,
  purpose: Purpose<R>,
  entrant: Entrant,
): Promise<Admission<R>> {
  const { endpoint, scopes } = purpose;
  const attempt = async (step: Step): Promise<Admission<R>> => {
    const prepared = await prepare(session, endpoint, { ...entrant, ...step });
    if ('outcome' in prepared) return prepared;
    const response = await purpose.use(prepared.header, entrant.signal);
    const isFinal =
      !isRefusal(response, endpoint) || entrant.credential?.registryToken !== undefined;
    const next = isFinal ? undefined : better(step, prepared, response);
    if (next === undefined) return judge(session, purpose, { entrant, prepared, response });
    purpose.discard?.(response);
    return attempt(next);
  };
  return attempt({ challenges: endpoint.challenges, scopes, chances: CHANCES });
}

/** What another server says that the registry sent us to is about nobody's credentials. */
function isRefusal({ status, isElsewhere }: Answer, { registry }: Endpoint): boolean {
  if (isElsewhere === true) return false;
  return status === 401 || status === 403 || (status === 400 && saysBadRequestToTokens(registry));
}

/** A try that may do better than the last, if there is one. */
function better(step: Step, { forget, header }: Prepared, response: Answer): Step | undefined {
  if (step.chances === 0 || response.status === 403) return undefined;
  const next = { ...step, chances: step.chances - 1 };
  if (forget !== undefined) {
    forget();
    return next;
  }
  const challenges = challengesOf(response);
  const scope = chosenOf(challenges)?.parameters.get('scope');
  // Some look at the first scope only.
  if (scope !== undefined && !step.scopes.includes(scope)) {
    return { ...next, challenges, scopes: [scope, ...step.scopes] };
  }
  const isNew = header === undefined && step.challenges.length === 0 && challenges.length > 0;
  return isNew ? { ...next, challenges } : undefined;
}

function judge<R extends Answer>(
  session: SessionState,
  { endpoint }: Purpose<R>,
  { entrant, prepared, response }: Judged<R>,
): Admission<R> {
  const { credential } = entrant;
  const { header, scheme, expiresAtMs, token } = prepared;
  const { status } = response;
  const ticket = { header, scheme, ...withoutUndefined({ expiresAtMs }) };
  const isRefused = isRefusal(response, endpoint);
  if (token !== undefined) noteUse(token, isRefused, session.connection.system.monotonicMs());
  if (!isRefused && status !== 404) return { outcome: 'accepted', ticket, response };
  const message = saidBy({ response, credential, header });
  return { outcome: isRefused ? 'refused' : 'not-found', status, message, ticket, response };
}

interface Judged<R> {
  readonly entrant: Entrant;
  readonly prepared: Prepared;
  readonly response: R;
}

function noteUse(token: KeptToken, isRefused: boolean, nowMs: number): void {
  if (isRefused) token.refusedAtMs ??= nowMs;
  else token.wasAccepted = true;
}

/** Bearer first, since what asks for both prefers it (containerd `core/remotes/docker/auth/parse.go`). */
function chosenOf(challenges: readonly HttpChallenge[]): HttpChallenge | undefined {
  const bearer = challenges.find(
    ({ scheme, parameters }) => scheme === 'bearer' && parameters.has('realm'),
  );
  return bearer ?? challenges.find(({ scheme }) => scheme === 'basic');
}

async function prepare(
  session: SessionState,
  endpoint: Endpoint,
  asked: Entrant & Step,
): Promise<Prepared | Refusal> {
  const { challenges, credential } = asked;
  if (credential?.registryToken !== undefined) {
    return { header: toAuthorizationHeader(credential), scheme: 'bearer' };
  }
  const chosen = chosenOf(challenges);
  if (chosen === undefined) {
    if (challenges.length === 0) return { header: undefined, scheme: 'none' };
    const schemes = challenges.map(({ scheme }) => scheme).join(', ');
    return refusal(`it asks for ${schemes}, and knows neither Basic nor Bearer`);
  }
  return chosen.scheme === 'basic'
    ? prepareBasic(credential)
    : prepareBearer(session, endpoint, { ...asked, chosen });
}

function prepareBasic(credential: Credential | undefined): Prepared | Refusal {
  if (credential !== undefined && isTokenOnly(credential)) {
    return refusal('it takes user names and passwords only, and this is an identity token');
  }
  const header = credential && toAuthorizationHeader(credential);
  return { header, scheme: header === undefined ? 'none' : 'basic' };
}

function refusal(message: string): Refusal {
  return { outcome: 'refused', message };
}

async function prepareBearer(
  { connection, tokens }: SessionState,
  endpoint: Endpoint,
  { chosen, scopes, ...entrant }: Entrant & Step & { readonly chosen: HttpChallenge },
): Promise<Prepared | Refusal> {
  const { credential, signal, fresh } = entrant;
  const { parameters } = chosen;
  const realm = checkRealm(connection, endpoint, String(parameters.get('realm')));
  const service = parameters.get('service');
  const key = JSON.stringify([
    endpoint.origin,
    realm.url.href,
    service,
    scopes,
    fingerprint(credential),
  ]);
  const load = async (stop: AbortSignal): Promise<Held<KeptToken>> => {
    const question = { endpoint, realm, service, scopes, credential };
    const answer = await askForToken(connection, question, stop);
    const lifeMs = 'token' in answer ? answer.lifeMs : REFUSAL_HOLDS_MS;
    const expiresAtMs = connection.system.now() + lifeMs;
    const value = { ...answer, expiresAtMs, wasAccepted: false };
    return { value, holdsMs: lifeMs - Math.min(MAX_MARGIN_MS, lifeMs * MARGIN) };
  };
  const known = tokens.peek(key);
  const isOld = known !== undefined && isWorthRenewing(known, fresh === true, connection.system);
  if (isOld) tokens.forget(key, known);
  const kept = isOld ? undefined : known;
  const token = kept ?? (await tokens.get(key, load, signal));
  if ('refusal' in token) return token.refusal;
  const forget = kept?.wasAccepted === true ? { forget: () => tokens.forget(key, kept) } : {};
  return {
    header: `Bearer ${token.token}`,
    scheme: 'bearer',
    expiresAtMs: token.expiresAtMs,
    token,
    ...forget,
  };
}

/** Rights may have been granted since it was refused. */
function isWorthRenewing(
  token: KeptToken,
  isFresh: boolean,
  { monotonicMs }: Pick<System, 'monotonicMs'>,
): boolean {
  const isRefused = 'refusal' in token || token.refusedAtMs !== undefined;
  if (isFresh) return isRefused;
  return token.refusedAtMs !== undefined && monotonicMs() - token.refusedAtMs >= REFUSAL_HOLDS_MS;
}
