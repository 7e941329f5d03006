// Access tokens, as Google's services send them.

import { isRecord } from '../../../util/is-record.ts';
import { ProviderFailure } from '../../asking/provider-failure.ts';
import { DEFAULT_UNIVERSE } from '../google-registries.ts';
import { parseJson } from '../../../util/parse-json.ts';
import { own } from '../../../util/own.ts';

/** A token, with the user name that registries know its kind by. */
export interface AccessToken {
  readonly username: '_token' | 'oauth2accesstoken';
  readonly token: string;
  /** The end of its validity, in milliseconds since 1970. A token without it is not cached. */
  readonly expiresAtMs: number | undefined;
  /** Its cloud. A token is given only to registries of its own cloud. */
  readonly universe: string;
}

export interface TokenContext {
  /** The service, for messages. */
  readonly from: string;
  readonly username: AccessToken['username'];
  /** The time at which it was asked for, in milliseconds since 1970. */
  readonly askedAtMs: number;
}

/**
 * Reads an OAuth 2 answer (RFC 6749, section 5.1).
 *
 * @throws {@link ProviderFailure} when it holds no token. Its end is recommended only, and the official plugin reads none.
 */
export function readTokenResponse(
  body: string,
  { from, username, askedAtMs }: TokenContext,
): AccessToken {
  const answer = parseJson(body);
  const fields = own<Record<string, unknown>>(isRecord(answer) ? answer : {});
  const lifetimeSeconds = fields['expires_in'];
  const expiresAtMs =
    typeof lifetimeSeconds === 'number' ? askedAtMs + lifetimeSeconds * 1000 : undefined;
  return checkToken({ username, token: fields['access_token'], expiresAtMs }, from);
}

/** Checks what is to become a password. */
export function checkToken(
  given: Pick<AccessToken, 'username'> & Readonly<Record<'token' | 'expiresAtMs', unknown>>,
  from: string,
): AccessToken {
  const { username, token, expiresAtMs } = given;
  if (typeof token !== 'string' || !/^[!-~]+$/.test(token)) {
    throw new ProviderFailure(`${from} gave no access token`);
  }
  const isTime = typeof expiresAtMs === 'number' && !Number.isNaN(new Date(expiresAtMs).getTime());
  const end = isTime ? expiresAtMs : undefined;
  return { username, token, expiresAtMs: end, universe: DEFAULT_UNIVERSE };
}
