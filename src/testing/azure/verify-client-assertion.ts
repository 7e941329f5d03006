// How an application proves itself to Entra ID without a secret: a JWT that its certificate signs, or one of an issuer
// that it trusts. Source: learn.microsoft.com/entra/identity-platform/certificate-credentials.

import { constants, createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { decodeJwtPart } from './aad-tokens.ts';

/** Whose tokens stand for an application. */
export interface FakeFederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  /** @defaultValue `'api://AzureADTokenExchange'` */
  readonly audience?: string;
  /** The issuer's key in PEM, of RS256; without one no signature is checked. */
  readonly publicKey?: string;
}

/** What an assertion is compared with. */
export interface AssertionRules {
  readonly clientId: string;
  /** The URL of the token endpoint. */
  readonly audience: string;
  /** The application's certificate, in PEM. */
  readonly certificate?: string | undefined;
  readonly federated?: FakeFederatedCredential | undefined;
  readonly nowMs: number;
}

/** What is wrong, as Entra ID's error code with its text. */
export interface AssertionProblem {
  readonly code: number;
  readonly text: string;
}

const MAX_SKEW_SECONDS = 300;

/** Judges an assertion; undefined when it is right. */
export function assertionProblem(
  assertion: string,
  rules: AssertionRules,
): AssertionProblem | undefined {
  const [header = '', payload = '', ...rest] = assertion.split('.');
  if (rest.length !== 1) return { code: 50027, text: 'JWT token is invalid or malformed.' };
  const claims = decodeJwtPart(payload);
  const { exp, nbf } = claims;
  const seconds = rules.nowMs / 1000;
  const isInTime =
    typeof exp === 'number' &&
    exp > seconds - MAX_SKEW_SECONDS &&
    (typeof nbf !== 'number' || nbf < seconds + MAX_SKEW_SECONDS);
  if (!isInTime) {
    return { code: 700024, text: 'Client assertion is not within its valid time range.' };
  }
  const fields = decodeJwtPart(header);
  const isSelfSigned = 'x5t' in fields || 'x5t#S256' in fields;
  return isSelfSigned
    ? certificateProblem(assertion, claims, rules)
    : federationProblem(assertion, claims, rules);
}

function certificateProblem(
  assertion: string,
  claims: Readonly<Record<string, unknown>>,
  { certificate, clientId, audience }: AssertionRules,
): AssertionProblem | undefined {
  const unknown = { code: 700027, text: 'The certificate is not registered on the application.' };
  if (certificate === undefined) return unknown;
  const x509 = new X509Certificate(certificate);
  const { alg, x5t, 'x5t#S256': x5tS256 } = decodeJwtPart(assertion.replace(/\..*$/s, ''));
  const isKnown =
    x5tS256 === thumbprint(x509, 'sha256') ||
    (x5tS256 === undefined && x5t === thumbprint(x509, 'sha1'));
  if (!isKnown) return unknown;
  if (!isSignedBy(assertion, x509.publicKey, String(alg))) {
    return { code: 700027, text: 'The signature of the client assertion is wrong.' };
  }
  if (claims['iss'] !== clientId || claims['sub'] !== clientId) {
    return { code: 700021, text: 'Client assertion application identifier does not match.' };
  }
  return claims['aud'] === audience
    ? undefined
    : { code: 700023, text: 'Client assertion audience claim does not match Realm issuer.' };
}

function federationProblem(
  assertion: string,
  { iss, sub, aud }: Readonly<Record<string, unknown>>,
  { federated }: AssertionRules,
): AssertionProblem | undefined {
  if (federated === undefined) {
    return { code: 70025, text: 'The client application has no configured federated credentials.' };
  }
  const { issuer, subject, audience = 'api://AzureADTokenExchange', publicKey } = federated;
  if (iss !== issuer) return { code: 700211, text: 'No matching issuer found.' };
  if (sub !== subject) return { code: 700213, text: 'No matching subject found.' };
  if (![aud].flat().includes(audience))
    return { code: 700212, text: 'No matching audience found.' };
  const isSigned =
    publicKey === undefined || isSignedBy(assertion, createPublicKey(publicKey), 'RS256');
  return isSigned ? undefined : { code: 50027, text: 'JWT token is invalid or malformed.' };
}

function thumbprint(certificate: X509Certificate, algorithm: string): string {
  return createHash(algorithm).update(certificate.raw).digest('base64url');
}

function isSignedBy(
  assertion: string,
  key: ReturnType<typeof createPublicKey>,
  algorithm: string,
): boolean {
  const [header, payload, signature = ''] = assertion.split('.');
  const padding =
    algorithm === 'PS256' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const signed = Buffer.from(`${header}.${payload}`);
  const known = algorithm === 'PS256' || algorithm === 'RS256';
  return known && verify('sha256', signed, { key, padding }, Buffer.from(signature, 'base64url'));
}
