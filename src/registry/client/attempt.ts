// Tries one candidate at a registry: makes the header that it asks for, uses it, and reads from the answer whether that was
// a refusal, and whether of the credential or only of a token that has ended.

import { withoutUndefined } from '../../util/without-undefined.ts';
import type { Credential } from '../../credential/credential.ts';
import type { HttpResponse } from '../../system/system.ts';
import { asksOf, isSameDemand, type Demand } from './challenge.ts';
import { STANDARD, type Dialect } from './dialect.ts';
import type { Endpoint } from './endpoint.ts';
import type { Followed } from './follow-redirects.ts';
import { prepareTicket, type Prepared } from './prepare-ticket.ts';
import { saysBadRequestToTokens } from './quirks.ts';
import { saidBy } from './said-by.ts';
import { ASKS_HOLD_MS, type KeptToken, type SessionState, type Ticket } from './session.ts';
import type { Refusal } from './token-server.ts';

/** An answer to a request that a header was used for. */
export type Answer = Followed<Pick<HttpResponse, 'status' | 'headers'>> & {
  readonly body?: unknown;
};

/** What a candidate is tried for. */
export interface Purpose<R extends Answer> {
  readonly endpoint: Endpoint;
  /** `repository:library/nginx:pull`; none for the registry itself. */
  readonly scopes: readonly string[];
  /** How registry and token server are spoken to; by default as the specifications have it. */
  readonly dialect?: Dialect;
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
  readonly demand: Demand;
  readonly scopes: readonly string[];
  /** How often it may still be tried otherwise. */
  readonly chances: number;
}

/** One that ended, and one whose scope was another. */
const CHANCES = 2;

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
  const { endpoint, scopes, dialect = STANDARD } = purpose;
  const place = JSON.stringify([endpoint.origin, scopes]);
  const attempt = async (step: Step): Promise<Admission<R>> => {
    const prepared = await prepareTicket(session, { endpoint, dialect, ...entrant, ...step });
    if ('outcome' in prepared) return prepared;
    const response = await purpose.use(prepared.header, entrant.signal);
    const asks = asksOf(response);
    const told = dialect.readDemand(asks);
    const next = mayDoBetter(response, purpose, entrant) ? better(step, prepared, told) : undefined;
    if (next === undefined) return judge(session, purpose, { prepared, response });
    if (next.demand === told) session.asks.put(place, { value: asks, holdsMs: ASKS_HOLD_MS });
    purpose.discard?.(response);
    return attempt(next);
  };
  const demand = dialect.readDemand(session.asks.peek(place) ?? endpoint.asks);
  return attempt({ demand, scopes, chances: CHANCES });
}

/** What another server says that the registry sent us to is about nobody's credentials. */
function isRefusal({ status, isElsewhere }: Answer, { registry }: Endpoint): boolean {
  if (isElsewhere === true) return false;
  return status === 401 || status === 403 || (status === 400 && saysBadRequestToTokens(registry));
}

/** 403 says that who asks is known, and may not. */
function mayDoBetter(
  response: Answer,
  { endpoint }: Pick<Purpose<Answer>, 'endpoint'>,
  { credential }: Entrant,
): boolean {
  const isKnown = response.status === 403 || credential?.registryToken !== undefined;
  return isRefusal(response, endpoint) && !isKnown;
}

/** A try that may do better than the last, if there is one: with a token that has not ended, or by what is asked for now. */
function better(
  { demand, scopes, chances }: Step,
  { forget }: Prepared,
  told: Demand,
): Step | undefined {
  if (chances === 0) return undefined;
  forget?.();
  const isOther = isMet(told) && !isSameDemand(told, demand);
  const asked = told.scheme === 'bearer' ? told.scopes.filter((one) => !scopes.includes(one)) : [];
  if (forget === undefined && !isOther && asked.length === 0) return undefined;
  // Some look at the first scope only.
  return { demand: isOther ? told : demand, scopes: [...asked, ...scopes], chances: chances - 1 };
}

function isMet({ scheme }: Demand): boolean {
  return scheme === 'basic' || scheme === 'bearer';
}

function judge<R extends Answer>(
  { connection }: SessionState,
  { endpoint }: Purpose<R>,
  { prepared, response }: { readonly prepared: Prepared; readonly response: R },
): Admission<R> {
  const { header, scheme, end, problem, token } = prepared;
  const { status } = response;
  const ticket = { header, scheme, ...withoutUndefined({ end, problem }) };
  const isRefused = isRefusal(response, endpoint);
  if (token !== undefined) noteUse(token, isRefused, connection.system.monotonicMs());
  if (!isRefused && status !== 404) return { outcome: 'accepted', ticket, response };
  const message = saidBy(response, connection.sent);
  return { outcome: isRefused ? 'refused' : 'not-found', status, message, ticket, response };
}

function noteUse(token: KeptToken, isRefused: boolean, nowMs: number): void {
  if (isRefused) token.refusedAtMs ??= nowMs;
  else token.wasAccepted = true;
}
