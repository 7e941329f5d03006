// One request to a token server, by GET or by POST (distribution's docs/content/spec/auth/token.md and oauth.md).

import { withoutUndefined } from '../../util/without-undefined.ts';
import type { Credential } from '../../credential/credential.ts';
import { RegistryUnavailableError } from '../../errors.ts';
import type { HttpResponse } from '../../system/system.ts';
import { USER_AGENT, type Connection } from './connection.ts';
import type { Endpoint } from './endpoint.ts';
import { forbiddenRealm, type Realm } from './realm.ts';
import { isForbiddenAddress } from '../../system/retry.ts';

/** What a token is wanted for. */
export interface TokenQuestion {
  readonly endpoint: Endpoint;
  readonly realm: Realm;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  /** `undefined`: nobody's. */
  readonly credential: Credential | undefined;
}

/** A way to ask. */
export interface TokenForm {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const MAX_BYTES = 128 * 1024;

/** Each scope is a parameter of its own. */
export function byGet(
  { realm, service, scopes }: TokenQuestion,
  authorization: string | undefined,
): TokenForm {
  const url = new URL(realm.url);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  url.searchParams.set('client_id', USER_AGENT);
  return { url: url.href, method: 'GET', headers: withoutUndefined({ authorization }) };
}

/** With what a grant of OAuth 2.0 consists of. */
export function byPost(
  { realm, service = '', scopes }: TokenQuestion,
  grant: Readonly<Record<string, string>>,
): TokenForm {
  const fields = { service, client_id: USER_AGENT, scope: scopes.join(' '), ...grant };
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(fields).toString();
  return { url: realm.url.href, method: 'POST', headers, body };
}

/** The grant of an identity token. */
export function refreshToken(token: string): Readonly<Record<string, string>> {
  return { grant_type: 'refresh_token', refresh_token: token };
}

/**
 * Sends it.
 *
 * @throws {@link RegistryUnavailableError}, {@link UnsafeRealmError}.
 */
export async function askTokenServer(
  connection: Connection,
  { endpoint, realm }: TokenQuestion,
  { signal, ...form }: TokenForm & { readonly signal: AbortSignal },
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
    const said = `its token server ${realm.host}: ${reason}`;
    const details = { registry, reason: said, status, retryAfterMs };
    throw new RegistryUnavailableError(details, { cause: error });
  }
}
