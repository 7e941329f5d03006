// Tokens that docker-registry takes: https://distribution.github.io/distribution/spec/auth/jwt/, signed by the key of a
// certificate that comes along and that the registry's authority has signed.

import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import type { TestCertificate } from '../../../src/testing/tls/certificates.ts';

/** What may be done with one thing of a registry. */
export interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/** What a token says. */
export interface JwtClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly service: string;
  readonly access: readonly Access[];
  /** For how long docker-registry takes it, to the second. */
  readonly acceptedForSeconds: number;
}

/** docker-registry 2.8 takes a token for this long after its end, for clocks that differ (auth/token/token.go, Leeway). */
const LEEWAY_SECONDS = 60;

/** Makes a token. */
export function signJwt(claims: JwtClaims, { cert, key }: TestCertificate): string {
  const now = Math.floor(Date.now() / 1000);
  const end = now + claims.acceptedForSeconds - LEEWAY_SECONDS;
  const parts = [
    { typ: 'JWT', alg: 'ES256', x5c: [cert.replace(/-----.*-----|\s/g, '')] },
    {
      iss: claims.issuer,
      sub: claims.subject,
      aud: claims.service,
      exp: end,
      nbf: Math.min(now, end) - 1,
      iat: now,
      jti: randomUUID(),
      access: claims.access,
    },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const signature = sign('sha256', Buffer.from(parts.join('.')), {
    key: createPrivateKey(key),
    dsaEncoding: 'ieee-p1363',
  });
  return [...parts, signature.toString('base64url')].join('.');
}
