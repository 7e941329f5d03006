// Tokens of Entra ID as fakes make them: JWTs that look real, and a memory of which were given out.
// Exported from docker-keyring/testing: FakeAadToken, AadTokenFinder.

import { randomBytes, randomUUID } from 'node:crypto';

/** A token that a fake gave out. */
export interface FakeAadToken {
  readonly token: string;
  /** What it is for, without `/.default`. */
  readonly audience: string;
  readonly tenantId: string;
  /** The application's or the managed identity's client id. */
  readonly clientId: string;
  /** In milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** A fake that gives out tokens and knows them again. */
export interface AadTokenFinder {
  /** A token of its own, as long as it is valid. */
  readonly findToken: (token: string) => FakeAadToken | undefined;
}

/** Whom a token is for. */
type AadTokenRequest = Pick<FakeAadToken, 'audience' | 'tenantId' | 'clientId'>;

/** The memory. */
export interface AadTokens extends AadTokenFinder {
  /** Oldest first. */
  readonly tokens: readonly FakeAadToken[];
  readonly now: () => number;
  issue(request: AadTokenRequest): FakeAadToken;
}

/** How tokens are made. */
export interface AadTokenOptions {
  /**
   * How long a token is good for, in seconds.
   *
   * @defaultValue 3600
   */
  readonly lifetimeSeconds?: number;
  /**
   * The clock, in milliseconds since 1970.
   *
   * @defaultValue the machine's
   */
  readonly now?: () => number;
}

/** Makes an empty memory. */
export function createAadTokens(options: AadTokenOptions = {}): AadTokens {
  const { lifetimeSeconds = 3600, now = Date.now } = options;
  const tokens: FakeAadToken[] = [];
  return {
    tokens,
    now,
    issue({ audience, tenantId, clientId }) {
      const iat = Math.floor(now() / 1000);
      const exp = iat + lifetimeSeconds;
      const claims = { aud: audience, iat, nbf: iat, exp, appid: clientId, tid: tenantId };
      const issued = {
        token: fakeJwt({ ...claims, oid: clientId, ver: '1.0' }),
        audience,
        tenantId,
        clientId,
        expiresAtMs: exp * 1000,
      };
      tokens.push(issued);
      return issued;
    },
    findToken: (token) => tokens.find((one) => one.token === token && one.expiresAtMs > now()),
  };
}

/** A JWT of the right shape whose signature is random. */
export function fakeJwt(claims: Readonly<Record<string, unknown>>): string {
  const header = { typ: 'JWT', alg: 'RS256', kid: 'fake' };
  const parts = [header, { jti: randomUUID(), ...claims }].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return [...parts, randomBytes(256).toString('base64url')].join('.');
}

/** A part of a JWT; empty where it is none. */
export function decodeJwtPart(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return Object(value) as Record<string, unknown>;
  } catch {
    return {};
  }
}
