// A service account's token in exchange for another principal's (IAM Credentials API, generateAccessToken).

import { isRecord } from '../../../util/is-record.ts';
import type { RetryingSystem } from '../../cloud/http-with-retries.ts';
import { ProviderFailure } from '../../asking/provider-failure.ts';
import { DEFAULT_UNIVERSE } from '../google-registries.ts';
import { checkToken, type AccessToken } from './access-token.ts';
import { requestGoogle } from '../google-request.ts';
import { parseJson } from '../../../util/parse-json.ts';
import { own } from '../../../util/own.ts';

/** Whose token is wanted. */
export interface Impersonation {
  /** The service account's email. */
  readonly account: string;
  /** The chain of accounts in between. */
  readonly delegates?: readonly string[];
  readonly scopes: readonly string[];
  readonly signal: AbortSignal;
}

const API = 'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts';
const CALL_MS = 30_000;
/** The longest that needs no change of an organisation's policy. */
const LIFETIME = '3600s';

/** Gets the token. @throws {@link ProviderFailure} that names the permission when it is refused. */
export async function impersonate(
  system: RetryingSystem,
  { token, universe }: AccessToken,
  { account, delegates = [], scopes, signal }: Impersonation,
): Promise<AccessToken> {
  if (universe !== DEFAULT_UNIVERSE) {
    throw new ProviderFailure(
      `this machine is of the cloud ${shownUniverse(universe)}, and impersonate works with ${DEFAULT_UNIVERSE} alone: no token is sent there`,
    );
  }
  const chain = delegates.length === 0 ? {} : { delegates };
  const from = `IAM, asked for a token of ${account},`;
  const body = await requestGoogle(
    system,
    {
      url: `${API}/${encodeURIComponent(account)}:generateAccessToken`,
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ scope: scopes, lifetime: LIFETIME, ...chain }),
      timeoutMs: CALL_MS,
      signal,
    },
    { from, unreachable: 'the IAM Credentials API does not answer', hints: HINTS },
  );
  const answer = parseJson(body);
  const { accessToken, expireTime } = own<Record<string, unknown>>(isRecord(answer) ? answer : {});
  const expiresAtMs = Date.parse(String(expireTime));
  return checkToken({ username: 'oauth2accesstoken', token: accessToken, expiresAtMs }, from);
}

/** What a server calls its cloud is repeated only where it is a name. */
function shownUniverse(universe: string): string {
  return /^[a-z0-9.-]{1,100}$/.test(universe) ? universe : 'of another name';
}

const HINTS: Readonly<Record<number, string>> = {
  403:
    'it takes the permission iam.serviceAccounts.getAccessToken on that account ' +
    '(role roles/iam.serviceAccountTokenCreator) and the enabled API iamcredentials.googleapis.com',
  404: 'there is no such service account',
};
