// When a credential ends, where it says so itself. Nobody here relies on it for access, so nothing is verified.

import { isRecord } from '../util/is-record.ts';
import { parseJson } from '../util/parse-json.ts';
import { readClaims } from '../util/jwt.ts';

/**
 * The end of a token that holds it: a JWT's `exp`, as in Azure's, or the `expiration` of a token of Amazon ECR, which is
 * the base64 of `{"payload":…,"datakey":…,"version":"2","type":"DATA_KEY","expiration":SECONDS}`.
 *
 * @returns `undefined` for a secret that says nothing of it.
 */
export function readEnd(secret: string): Date | undefined {
  return readClaims(secret).expiresAt ?? ecrExpiration(secret);
}

function ecrExpiration(secret: string): Date | undefined {
  // All JSON objects begin so in base64; nothing else is worth decoding.
  if (!secret.startsWith('eyJ')) return undefined;
  const document = parseJson(Buffer.from(secret, 'base64').toString('utf8'));
  if (!isRecord(document) || document['type'] !== 'DATA_KEY') return undefined;
  const { expiration } = document;
  const end = new Date(typeof expiration === 'number' ? expiration * 1000 : NaN);
  return Number.isNaN(end.getTime()) ? undefined : end;
}
