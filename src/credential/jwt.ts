// What tokens say of themselves. Nobody here relies on it for access, so nothing is verified.

import { own } from '../util/own.ts';
import { isRecord } from '../util/is-record.ts';
import { parseJson } from '../util/parse-json.ts';

/** The claims that are of use here. */
export interface TokenClaims {
  readonly expiresAt?: Date;
  /** The tenant that the token's owner is of. */
  readonly tenantId?: string;
}

/** Reads a JWT's payload; none of the claims where it is not one. */
export function readClaims(token: string): TokenClaims {
  const [, payload = ''] = token.split('.');
  if (payload === '') return own({});
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  if (!isRecord(claims)) return own({});
  const { exp, tid } = claims;
  const expiresAt = typeof exp === 'number' ? new Date(exp * 1000) : undefined;
  return own({
    ...(expiresAt === undefined || Number.isNaN(expiresAt.getTime()) ? {} : { expiresAt }),
    ...(typeof tid === 'string' ? { tenantId: tid } : {}),
  });
}
