// The assertion by which a service account asks for a token: a JWT that its key signs (RFC 7523).

import { verify } from 'node:crypto';
import type { FakeServiceAccount } from './fake-service-account.ts';
import type { TokenGrant } from './token-issuer.ts';

const AUDIENCE = 'https://oauth2.googleapis.com/token';
const MAX_LIFETIME_SECONDS = 3600;
const MAX_SKEW_SECONDS = 300;

/** What it entitles to, or what is wrong with it. */
export function verifyAssertion(
  assertion: string,
  accounts: readonly FakeServiceAccount[],
  nowMs: number,
): TokenGrant | string {
  const [header = '', claims = '', signature = '', ...rest] = assertion.split('.');
  const fields = decoded(claims);
  const account = accounts.find(({ email }) => email === fields['iss']);
  if (decoded(header)['alg'] !== 'RS256' || rest.length > 0) return 'No JWT that RS256 signs.';
  if (account === undefined) return 'Invalid issuer: Not a valid email or user ID.';
  const signed = Buffer.from(`${header}.${claims}`);
  if (!verify('sha256', signed, account.publicKey, Buffer.from(signature, 'base64url'))) {
    return 'Invalid JWT Signature.';
  }
  return (
    claimProblem(fields, nowMs / 1000) ?? { principal: account.email, scopes: scopesOf(fields) }
  );
}

function claimProblem(fields: Record<string, unknown>, nowSeconds: number): string | undefined {
  if (fields['aud'] !== AUDIENCE) return 'Invalid JWT: Failed audience check.';
  if (!isInTime(fields, nowSeconds)) {
    return 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.';
  }
  return scopesOf(fields).length === 0 ? 'The assertion names no scope.' : undefined;
}

function scopesOf({ scope }: Record<string, unknown>): readonly string[] {
  return typeof scope === 'string' && scope !== '' ? scope.split(' ') : [];
}

function isInTime({ iat, exp }: Record<string, unknown>, nowSeconds: number): boolean {
  return (
    typeof iat === 'number' &&
    typeof exp === 'number' &&
    exp - iat <= MAX_LIFETIME_SECONDS &&
    iat <= nowSeconds + MAX_SKEW_SECONDS &&
    exp >= nowSeconds - MAX_SKEW_SECONDS
  );
}

function decoded(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>;
  } catch {
    return {};
  }
}
