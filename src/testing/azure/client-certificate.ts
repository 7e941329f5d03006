// Certificates by which applications prove themselves to Entra ID: RSA, signed by themselves, good for a day.
// Exported from docker-keyring/testing: createClientCertificate, ClientCertificate.

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { bits, der, oid, tagged, time } from '../tls/der.ts';

/** A certificate with its key. */
export interface ClientCertificate {
  /** What the application registers, in PEM. */
  readonly certificate: string;
  /** Certificate and private key in one text of PEM, as the SDK reads it. */
  readonly pem: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const COMMON_NAME = '2.5.4.3';

/**
 * Makes a certificate.
 *
 * @param passphrase - Encrypts the private key.
 * @example
 * ```ts
 * const { certificate, pem } = createClientCertificate();
 * await using entra = await startFakeEntra({ applications: [{ tenantId, clientId, certificate }] });
 * ```
 */
export function createClientCertificate(passphrase?: string): ClientCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const algorithm = der('sequence', oid(SHA256_WITH_RSA), tagged(0x05));
  const name = der(
    'sequence',
    der('set', der('sequence', oid(COMMON_NAME), der('utf8', Buffer.from('docker-keyring test')))),
  );
  const start = Date.now() - DAY_MS / 24;
  const body = der(
    'sequence',
    tagged(0xa0, der('integer', Buffer.from([2]))),
    der('integer', Buffer.concat([Buffer.from([0x4b]), randomBytes(15)])),
    algorithm,
    name,
    der('sequence', time(start), time(start + DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const bytes = der('sequence', body, algorithm, bits(sign('sha256', body, privateKey)));
  const lines = bytes.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  const certificate = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  const key = privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption });
  return { certificate, pem: `${String(key)}${certificate}` };
}
