// A registry's challenge, and the exchange of a token of Entra ID for one of the registry.
// Source: github.com/Azure/acr docs/AAD-OAuth.md.

import { isRecord } from '../../util/is-record.ts';
import { parseJson } from '../../util/parse-json.ts';
import { reasonOf } from '../../system/http/http-failure.ts';
import type { HttpRequest, HttpResponse, System } from '../../system/system.ts';
import { parseChallenges } from '../cloud/http-challenge.ts';
import { httpWithRetries, type RetryingSystem } from '../cloud/http-with-retries.ts';
import { ProviderFailure } from '../asking/provider-failure.ts';
import { networkCode } from './identity/identity-failure.ts';
import { isSameRegistry, type LoginServer } from './login-server.ts';
import { retryAfterMs } from '../../util/retry-after.ts';

/** What a registry wants to be asked for tokens. */
export interface AcrChallenge {
  /** The URL of the exchange. */
  readonly exchangeUrl: string;
  readonly service: string;
  /** The time of the registry's `Date` header, in milliseconds since 1970. */
  readonly serverTimeMs: number | undefined;
}

/** What is exchanged. */
export interface AcrExchange {
  readonly server: LoginServer;
  readonly challenge: AcrChallenge;
  readonly aadToken: string;
  /** The tenant of the token's owner. */
  readonly tenantId: string | undefined;
  /** Whose token it is, as a phrase. */
  readonly who: string;
  readonly signal: AbortSignal;
}

const USER_AGENT = 'docker-keyring';
const CHALLENGE_TIMEOUT_MS = 10_000;
const EXCHANGE_TIMEOUT_MS = 30_000;

/**
 * Asks a registry for its challenge.
 *
 * @param isListed - Whether the user listed a host (with its port) as a login server.
 * @throws {@link ProviderFailure} when it sends none that a token may answer.
 */
export async function askForChallenge(
  system: RetryingSystem,
  { server, signal }: Pick<AcrExchange, 'server' | 'signal'>,
  isListed: (host: string) => boolean,
): Promise<AcrChallenge> {
  const { host } = server;
  const response = await request(system, host, {
    url: `https://${host}/v2/`,
    headers: { 'user-agent': USER_AGENT },
    timeoutMs: CHALLENGE_TIMEOUT_MS,
    signal,
  });
  if (response.status !== 401) throw noChallenge(system, host, response);
  const { realm, service } = bearerOf(host, response);
  const { origin } = checkRealm(server, realm, isListed);
  const serverTimeMs = Date.parse(String(response.headers.get('date')));
  return {
    exchangeUrl: `${origin}/oauth2/exchange`,
    service,
    serverTimeMs: Number.isNaN(serverTimeMs) ? undefined : serverTimeMs,
  };
}

function noChallenge(
  system: Pick<System, 'now'>,
  host: string,
  response: HttpResponse,
): ProviderFailure {
  const { status } = response;
  if (status !== 200) return statusFailure(system, `${host} answered ${status} to /v2/`, response);
  return new ProviderFailure(
    `${host} asks nobody for credentials (200), so there is no token to get: pull anonymously, or check that it is a registry of Azure`,
  );
}

function bearerOf(
  host: string,
  { headers }: HttpResponse,
): { readonly realm: string; readonly service: string } {
  const challenges = parseChallenges(headers.get('www-authenticate') ?? []);
  for (const { scheme, parameters } of challenges) {
    const realm = parameters.get('realm') ?? '';
    const service = parameters.get('service') ?? '';
    if (scheme === 'bearer' && realm !== '' && service !== '') return { realm, service };
  }
  throw new ProviderFailure(
    `${host} sent no Bearer challenge with realm and service: it is no registry of Azure`,
  );
}

/** The token is sent to the realm's host: a registry must not be able to name another one's. */
function checkRealm(server: LoginServer, realm: string, isListed: (host: string) => boolean): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  const isSafe =
    url?.protocol === 'https:' &&
    url.username === '' &&
    (isSameRegistry(server, url.host) || isListed(url.host));
  if (isSafe) return url;
  throw new ProviderFailure(
    `the challenge of ${server.host} names a realm on another host, or without https: no token is sent there; if it is right, list its host in hosts`,
  );
}

/**
 * Exchanges a token.
 *
 * @returns the registry's refresh token, which serves as password.
 * @throws {@link ProviderFailure} when it is refused.
 */
export async function exchangeToken(
  system: RetryingSystem,
  exchange: AcrExchange,
): Promise<string> {
  const { server, challenge, aadToken, tenantId, signal } = exchange;
  const form = new URLSearchParams({ grant_type: 'access_token', service: challenge.service });
  if (tenantId !== undefined) form.set('tenant', tenantId);
  form.set('access_token', aadToken);
  const response = await request(system, server.host, {
    url: challenge.exchangeUrl,
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': USER_AGENT,
      accept: 'application/json',
    },
    body: form.toString(),
    timeoutMs: EXCHANGE_TIMEOUT_MS,
    signal,
  });
  if (response.status !== 200) throw exchangeFailure(system, exchange, response);
  return refreshTokenOf(response.body, server.host);
}

function refreshTokenOf(body: string, host: string): string {
  const answer = parseJson(body);
  const token = isRecord(answer) ? answer['refresh_token'] : undefined;
  if (typeof token === 'string' && token !== '') return token;
  throw new ProviderFailure(`${host} answered the exchange with something without refresh_token`);
}

function exchangeFailure(
  system: Pick<System, 'now'>,
  { server, tenantId, who }: AcrExchange,
  response: HttpResponse,
): ProviderFailure {
  const { status } = response;
  const { host } = server;
  if (status === 401) {
    const tenant = tenantId === undefined ? 'its tenant' : `tenant ${tenantId}`;
    return new ProviderFailure(
      `${host} refused the token of ${who} (401): give it the role AcrPull on the registry, and check that the registry trusts ${tenant}`,
    );
  }
  if (status === 403) {
    return new ProviderFailure(
      `${host} forbids ${who} the exchange (403): give it the role AcrPull on the registry, and check the registry’s network rules`,
    );
  }
  return statusFailure(system, `${host} answered ${status} to the exchange`, response);
}

function statusFailure(
  system: Pick<System, 'now'>,
  what: string,
  { status, headers }: HttpResponse,
): ProviderFailure {
  const delayMs = retryAfterMs(headers.get('retry-after')?.[0], system.now());
  return new ProviderFailure(`${what}${adviceOn(status)}`, { retryAfterMs: delayMs });
}

function adviceOn(status: number): string {
  if (status === 429) return ': too many requests';
  if (status === 403) return ': the registry’s network rules may not let this machine in';
  return status === 404 ? ': it is no registry of Azure, or has been deleted' : '';
}

async function request(
  system: RetryingSystem,
  host: string,
  exchange: HttpRequest,
): Promise<HttpResponse> {
  try {
    return await httpWithRetries(system, exchange);
  } catch (error) {
    exchange.signal?.throwIfAborted();
    throw new ProviderFailure(unreachable(host, error), { cause: error });
  }
}

function unreachable(host: string, error: unknown): string {
  return networkCode(error) === 'ENOTFOUND'
    ? `there is no registry ${host}: its name does not resolve`
    : `${host} cannot be reached: ${reasonOf(error)}`;
}
