// When a secret expires, where it says so itself. Nothing is verified: the result is for reports, not for access.

import { isRecord } from '../util/is-record.ts';
import { parseJson } from '../util/parse-json.ts';
import { readClaims } from './jwt.ts';

/**
 * Reads the `exp` of a JWT, such as Azure's tokens, or the `expiration` of an Amazon ECR token, which is the base64 of
 * `{"payload":…,"datakey":…,"version":"2","type":"DATA_KEY","expiration":SECONDS}`.
 *
 * @returns `undefined` for a secret without an expiry.
 */
export function readExpiry(secret: string): Date | undefined {
  return readClaims(secret).expiresAt ?? ecrExpiration(secret);
}

function ecrExpiration(secret: string): Date | undefined {
  // Every JSON object begins so in base64.
  if (!secret.startsWith('eyJ')) return undefined;
  const document = parseJson(Buffer.from(secret, 'base64').toString('utf8'));
  if (!isRecord(document) || document['type'] !== 'DATA_KEY') return undefined;
  const { expiration } = document;
  const expiry = new Date(typeof expiration === 'number' ? expiration * 1000 : NaN);
  return Number.isNaN(expiry.getTime()) ? undefined : expiry;
}
