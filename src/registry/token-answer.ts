// What a token server answers: a token, a refusal, or neither.

import { isRecord } from '../config/is-record.ts';
import { isText } from '../config/option-checks.ts';
import { parseJson } from '../config/parse-json.ts';
import { withoutUndefined } from '../config/without-undefined.ts';
import { RegistryUnavailableError } from '../errors.ts';
import type { HttpResponse } from '../system/system.ts';
import type { Connection } from './connection.ts';
import { saysBadRequestToTokens } from './registry-host.ts';
import type { Realm } from './realm.ts';
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

/** How an answer is read. */
export interface TokenReading {
  /** What keeps a node from an answer that has a token, as a phrase. */
  readonly problemOf?: (answer: Readonly<Record<string, unknown>>) => string | undefined;
  /** Whether every status from 400 to 499 is a refusal. */
  readonly isStrict?: boolean;
}

/**
 * Reads an answer.
 *
 * @throws {@link RegistryUnavailableError} for one that says nothing of who asks.
 */
export function readTokenAnswer(
  { sent }: Pick<Connection, 'sent'>,
  { endpoint, realm }: TokenQuestion,
  { response, ...reading }: TokenReading & { readonly response: HttpResponse },
): TokenAnswer {
  const { registry } = endpoint;
  const { status, body } = response;
  const answer = parseJson(body);
  if (status === 200 && isRecord(answer)) return tokenIn(answer, realm, { response, ...reading });
  const isRefused = isRefusal(status, answer, registry);
  if (isRefused || (reading.isStrict === true && status >= 400 && status < 500)) {
    const outcome = status === 404 ? 'not-found' : 'refused';
    return { refusal: { outcome, status, message: saidBy(response, sent) } };
  }
  const reason = `its token server ${realm.host} answers ${wordsOf(response, sent)}`;
  throw new RegistryUnavailableError({ registry, reason, status });
}

/** Of an answer that says nothing of who asks. */
function wordsOf(response: HttpResponse, sent: Connection['sent']): string {
  const { status } = response;
  if (status === 200) return '200 with something that is not a JSON object';
  const redirected = status >= 300 && status < 400 ? ', and no redirect is followed there' : '';
  return `${saidBy(response, sent)}${redirected}`;
}

function isRefusal(status: number, answer: unknown, registry: string): boolean {
  if (status === 401 || status === 403 || status === 404) return true;
  if (status !== 400) return false;
  return saysBadRequestToTokens(registry) || (isRecord(answer) && REFUSALS.has(answer['error']));
}

/** Either name will do; where both are there they must be equal (token.md). */
const FIELDS = ['access_token', 'token'];

/** An answer without a token gives whoever asks nothing; the next candidate may get one. */
function tokenIn(
  answer: Readonly<Record<string, unknown>>,
  { host }: Realm,
  { response, problemOf }: TokenReading & { readonly response: HttpResponse },
): TokenAnswer {
  const token = FIELDS.map((field) => answer[field]).find(isText);
  if (token === undefined) {
    const message = `its token server ${host} answers without ${FIELDS.join(' or ')}`;
    return { refusal: { outcome: 'refused', status: response.status, message } };
  }
  const found = problemOf?.(answer);
  const problem = found === undefined ? undefined : `its token server ${host} ${found}`;
  return { token, lifeMs: lifeOf(answer, response), ...withoutUndefined({ problem }) };
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
