// When a credential ends, read from the credential itself: registries' tokens say so, or are known to live for some hours.

import { own } from '../util/own.ts';

/** The end of a credential. */
export type CredentialEnd =
  /** It says so itself. */
  | { readonly expiresAt: Date }
  /** Its user name belongs to tokens that live so long. */
  | { readonly issuer: string; readonly hours: number };

/** A longer text is no token that a registry takes in a header. */
const MAX_TOKEN_LENGTH = 64 * 1024;
/** The last instant that a Date can hold, in seconds. */
const MAX_SECONDS = 8_640_000_000_000;

/**
 * User names that stand for tokens, and how long these live: Amazon ECR User Guide, "Private registry authentication";
 * Artifact Registry, "Access token"; ACR, "az acr login with --expose-token".
 */
const SHORT_LIVED: ReadonlyMap<string, { readonly issuer: string; readonly hours: number }> =
  new Map([
    ['AWS', { issuer: 'Amazon ECR', hours: 12 }],
    ['oauth2accesstoken', { issuer: 'Google', hours: 1 }],
    ['00000000-0000-0000-0000-000000000000', { issuer: 'Azure Container Registry', hours: 3 }],
  ]);

/** When a user name's password ends; `undefined` where neither tells. */
export function credentialEnd(username: string, password: string): CredentialEnd | undefined {
  const expiresAt = tokenEnd(password.trim());
  return expiresAt === undefined ? SHORT_LIVED.get(username) : { expiresAt };
}

function tokenEnd(token: string): Date | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  const { exp, expiration } = own({ ...jwtClaims(token), ...ecrToken(token) });
  const seconds = expiration ?? exp;
  if (typeof seconds !== 'number' || !(seconds > 0 && seconds <= MAX_SECONDS)) return undefined;
  return new Date(Math.floor(seconds) * 1000);
}

/** RFC 7519, section 4.1.4. */
function jwtClaims(token: string): { exp?: unknown } | undefined {
  const [header = '', claims = '', signature, ...rest] = token.split('.');
  if (signature === undefined || rest.length > 0) return undefined;
  return jsonObject(Buffer.from(header, 'base64url')) === undefined
    ? undefined
    : jsonObject(Buffer.from(claims, 'base64url'));
}

/** ECR's tokens are base64 of JSON with `payload`, `datakey`, `version`, `type` and `expiration`. */
function ecrToken(token: string): { expiration?: unknown } | undefined {
  const object = jsonObject(Buffer.from(token, 'base64'));
  return object !== undefined && 'payload' in object && 'datakey' in object ? object : undefined;
}

function jsonObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  if (bytes[0] !== 0x7b) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
