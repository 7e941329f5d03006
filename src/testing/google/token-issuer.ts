// Access tokens that look like Google's, and the list of those that a fake gave out.

import { randomBytes } from 'node:crypto';

/** A token that a fake of Google gave out. */
export interface FakeGoogleToken {
  readonly token: string;
  /** Whose it is: a service account's email, a client id, a subject. */
  readonly principal: string;
  readonly scopes: readonly string[];
  /** In milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** What a token is made of. */
export interface TokenGrant {
  readonly principal: string;
  readonly scopes: readonly string[];
}

/** How tokens are made. */
export interface TokenIssuerOptions {
  readonly lifetimeSeconds?: number;
  /**
   * In milliseconds since 1970; the machine's clock by default.
   *
   * @defaultValue the real clock
   */
  readonly now?: () => number;
}

/** Makes tokens and keeps a list of them. */
export interface TokenIssuer {
  readonly tokens: readonly FakeGoogleToken[];
  readonly now: () => number;
  issue(grant: TokenGrant): FakeGoogleToken;
}

/** One issuer for each fake; an hour is what Google's tokens last. */
export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const { lifetimeSeconds = 3600, now = Date.now } = options;
  const tokens: FakeGoogleToken[] = [];
  return {
    tokens,
    now,
    issue({ principal, scopes }) {
      const token = `ya29.fake-${randomBytes(12).toString('base64url')}`;
      const issued = { token, principal, scopes, expiresAtMs: now() + lifetimeSeconds * 1000 };
      tokens.push(issued);
      return issued;
    },
  };
}

/** The fields of an OAuth 2 answer. */
export function tokenAnswer({ token, expiresAtMs }: FakeGoogleToken, now: () => number): object {
  const expiresIn = Math.floor((expiresAtMs - now()) / 1000);
  return { access_token: token, expires_in: expiresIn, token_type: 'Bearer' };
}
