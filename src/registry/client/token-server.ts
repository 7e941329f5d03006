// What a token server answers: a token, a refusal, or neither.

import { isRecord } from '../../util/is-record.ts';
import { isText } from '../../util/option-checks.ts';
import { parseJson } from '../../util/parse-json.ts';
import { RegistryUnavailableError } from '../../errors.ts';
import type { HttpResponse } from '../../system/system.ts';
import type { Connection } from './connection.ts';
import { saysBadRequestToTokens } from './quirks.ts';
import { saidBy } from './said-by.ts';
import type { TokenQuestion } from './token-request.ts';

/** A token, or why there is none. */
export type TokenAnswer =
  | {
      readonly token: string;
      readonly lifeMs: number;
      /** What keeps a node from using it, as a phrase. */
      readonly problem?: string;
    }
  | { readonly refusal: Refusal };

/** Why a candidate was refused. */
export interface Refusal {
  readonly outcome: 'refused' | 'not-found';
  readonly status?: number;
  /** As a phrase without secrets. */
  readonly message: string;
  /** Whether nothing was asked, since what the registry asks for cannot be met. */
  readonly isUnmet?: boolean;
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
 * Reads an answer.
 *
 * @throws {@link RegistryUnavailableError} for one that says nothing of who asks.
 */
export function readTokenAnswer(
  { sent }: Pick<Connection, 'sent'>,
  { endpoint, realm }: TokenQuestion,
  response: HttpResponse,
): TokenAnswer {
  const { registry } = endpoint;
  const { status, body } = response;
  const token = tokenIn(response);
  if (token !== undefined) return token;
  const said = saidBy(response, sent);
  if (isRefusal(status, parseJson(body), registry)) {
    const outcome = status === 404 ? 'not-found' : 'refused';
    return { refusal: { outcome, status, message: said } };
  }
  const redirected = status >= 300 && status < 400 ? ', and no redirect is followed there' : '';
  const what = status === 200 ? 'with something without a token' : `${said}${redirected}`;
  const reason = `its token server ${realm.host} answers ${what}`;
  throw new RegistryUnavailableError({ registry, reason, status });
}

function isRefusal(status: number, answer: unknown, registry: string): boolean {
  if (status === 401 || status === 403 || status === 404) return true;
  if (status !== 400) return false;
  return saysBadRequestToTokens(registry) || (isRecord(answer) && REFUSALS.has(answer['error']));
}

/** The token of an answer; either name will do, where both are there they must be equal (token.md). */
export function tokenIn(
  response: HttpResponse,
): { readonly token: string; readonly lifeMs: number } | undefined {
  const answer = response.status === 200 ? parseJson(response.body) : undefined;
  if (!isRecord(answer)) return undefined;
  const token = [answer['access_token'], answer['token']].find(isText);
  return token === undefined ? undefined : { token, lifeMs: lifeOf(answer, response) };
}

/** A token that the server hands out again has aged: by its own clock, which need not be this machine's. */
function lifeOf(
  { expires_in: seconds, issued_at: issued }: Readonly<Record<string, unknown>>,
  { headers }: HttpResponse,
): number {
  const saidMs = typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : DEFAULT_LIFE_MS;
  const wholeMs = Math.min(saidMs, MAX_LIFE_MS);
  const ageMs = Date.parse(String(headers.get('date'))) - Date.parse(String(issued));
  // Some say that it was issued in the year 1.
  return ageMs > 0 && ageMs < wholeMs ? wholeMs - ageMs : wholeMs;
}
