// The header that a registry asks for, made of a candidate.

import { withoutUndefined } from '../../util/without-undefined.ts';
import type { Credential } from '../../credential/credential.ts';
import { isTokenOnly, toAuthorizationHeader } from '../../credential/ways-out.ts';
import type { System } from '../../system/system.ts';
import type { BearerDemand, Demand } from './challenge.ts';
import type { Dialect } from './dialect.ts';
import { endIn } from './end.ts';
import type { Endpoint } from './endpoint.ts';
import { fingerprint } from './fingerprint.ts';
import type { Held } from './cache.ts';
import { checkRealm } from './realm.ts';
import type { KeptToken, SessionState, Ticket } from './session.ts';
import type { Refusal } from './token-server.ts';

/** A ticket, and what it was made of. */
export interface Prepared extends Ticket {
  readonly token?: KeptToken;
  /** Present where the token is an old one that was accepted before, and so has ended: forgets it. */
  readonly forget?: () => void;
}

/** For whom, and for what. */
export interface TicketQuestion {
  readonly endpoint: Endpoint;
  readonly dialect: Dialect;
  readonly demand: Demand;
  readonly scopes: readonly string[];
  readonly credential: Credential | undefined;
  readonly signal: AbortSignal;
  /** Whether a token server that refused a moment ago is asked again. */
  readonly fresh?: boolean;
}

/** A token is not used in its last seconds: it must live for as long as the answer takes. */
const MAX_MARGIN_MS = 10_000;
const MARGIN = 0.1;
/** Somebody may be about to repair it. */
export const REFUSAL_HOLDS_MS = 10_000;

/**
 * Makes it.
 *
 * @throws {@link RegistryUnavailableError}, {@link UnsafeRealmError}.
 */
export async function prepareTicket(
  session: SessionState,
  question: TicketQuestion,
): Promise<Prepared | Refusal> {
  const { demand, credential } = question;
  const { sent } = session.connection;
  if (credential !== undefined) sent.noteCredential(credential);
  if (credential?.registryToken !== undefined) {
    return { header: toAuthorizationHeader(credential), scheme: 'bearer' };
  }
  if (demand.scheme === 'none') return { header: undefined, scheme: 'none' };
  if (demand.scheme === 'basic') return prepareBasic(credential);
  if (demand.scheme === 'bearer') return prepareBearer(session, question, demand);
  const message = sent.redact(demand.reason) ?? 'it knows neither Basic nor Bearer';
  return { outcome: 'refused', message, isUnmet: true };
}

function prepareBasic(credential: Credential | undefined): Prepared | Refusal {
  if (credential !== undefined && isTokenOnly(credential)) {
    const message = 'it takes user names and passwords only, and this is an identity token';
    return { outcome: 'refused', message };
  }
  const header = credential && toAuthorizationHeader(credential);
  return { header, scheme: header === undefined ? 'none' : 'basic' };
}

async function prepareBearer(
  { connection, tokens }: SessionState,
  { endpoint, dialect, scopes, credential, signal, fresh = false }: TicketQuestion,
  { realm: text, service }: BearerDemand,
): Promise<Prepared | Refusal> {
  const { system, sent } = connection;
  const realm = checkRealm(connection, endpoint, text);
  const { origin } = endpoint;
  const who = fingerprint(credential);
  const key = JSON.stringify([dialect.name, origin, realm.url.href, service, scopes, who]);
  const load = async (stop: AbortSignal): Promise<Held<KeptToken>> => {
    const question = { endpoint, realm, service, scopes, credential };
    const answer = await dialect.askForToken(connection, question, stop);
    const lifeMs = 'token' in answer ? answer.lifeMs : REFUSAL_HOLDS_MS;
    const value = { ...answer, end: endIn(lifeMs, system), wasAccepted: false };
    return { value, holdsMs: lifeMs - Math.min(MAX_MARGIN_MS, lifeMs * MARGIN) };
  };
  const known = tokens.peek(key);
  const isOld = known !== undefined && isWorthRenewing(known, fresh, system);
  if (isOld) tokens.forget(key, known);
  const kept = isOld ? undefined : known;
  const token = kept ?? (await tokens.get(key, load, signal));
  if ('refusal' in token) return token.refusal;
  const { end } = token;
  sent.note(token.token, end.wallMs);
  const forget = kept?.wasAccepted === true ? { forget: () => tokens.forget(key, kept) } : {};
  const problem = withoutUndefined({ problem: token.problem });
  return { header: `Bearer ${token.token}`, scheme: 'bearer', end, token, ...problem, ...forget };
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
