// Writes certificates by RFC 5280, as much of it as a test's server and its authority need.

import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import { bits, der, oid, tagged, time } from './der.ts';

/** Both keys of an authority or a server. */
export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** What a certificate says, and who signs it. */
export interface CertificateContents {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly subjectKey: KeyObject;
  readonly issuerKeys: KeyPair;
  readonly extensions: readonly Buffer[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
/** Names of algorithms, attributes, extensions and purposes. */
export const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;
/** For what is critical, and for an authority. */
export const TRUE: Buffer = der('boolean', Buffer.from([0xff]));
const ALGORITHM = der('sequence', oid(OID.ecdsaWithSha256));

/** Makes a certificate in PEM, valid from an hour ago for a day: RFC 5280, section 4.1. */
export function writeCertificate(contents: CertificateContents): string {
  const { subject, issuer, subjectKey, issuerKeys, extensions } = contents;
  const now = Date.now();
  const body = der(
    'sequence',
    tagged(0xa0, der('integer', Buffer.from([2]))),
    der('integer', serialNumber()),
    ALGORITHM,
    issuer,
    der('sequence', time(now - HOUR_MS), time(now - HOUR_MS + DAY_MS)),
    subject,
    subjectKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, der('sequence', ...extensions)),
  );
  return pem(der('sequence', body, ALGORITHM, bits(sign('sha256', body, issuerKeys.privateKey))));
}

/** Positive, and without a zero byte in front. */
function serialNumber(): Buffer {
  return Buffer.concat([Buffer.from([0x4b]), randomBytes(15)]);
}

/** A subject or an issuer. */
export function distinguishedName(commonName: string): Buffer {
  const attribute = der('sequence', oid(OID.commonName), der('utf8', Buffer.from(commonName)));
  return der('sequence', der('set', attribute));
}

/** An extension; {@link TRUE} behind its value makes it critical. */
export function extension(name: keyof typeof OID, value: Buffer, ...critical: Buffer[]): Buffer {
  return der('sequence', oid(OID[name]), ...critical, der('octetString', value));
}

/** RFC 5280, section 4.2.1.2. */
export function subjectKeyId(key: KeyObject): Buffer {
  return extension('subjectKeyIdentifier', der('octetString', keyId(key)));
}

/** RFC 5280, section 4.2.1.1. */
export function authorityKeyId(key: KeyObject): Buffer {
  return extension('authorityKeyIdentifier', der('sequence', tagged(0x80, keyId(key))));
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
