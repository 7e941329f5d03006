// Certificates for servers in tests: a fresh authority, and leaves that it signs, good for a day. A writer of our own,
// because packages that make certificates weigh 5 to 9 MB with theirs (docs/testing.md); what it writes is for tests alone.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { bits, der, oid, tagged } from './der.ts';
import {
  authorityKeyId,
  distinguishedName,
  extension,
  OID,
  subjectKeyId,
  TRUE,
  writeCertificate,
  type KeyPair,
} from './x509.ts';

/** A certificate with its key and the authority to trust, all in PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  /** For the `ca` option of a client, or a file that `NODE_EXTRA_CA_CERTS` names. */
  readonly ca: string;
  /** Makes a server show a certificate for whatever name the client asks for (SNI). */
  readonly forName?: (name: string) => Pick<TestCertificate, 'cert' | 'key'>;
}

/** An authority for tests. */
export interface TestAuthority {
  /** Its own certificate in PEM. */
  readonly ca: string;
  /**
   * Makes a certificate for these names.
   *
   * @throws TypeError for a name that can't stand in a certificate.
   */
  issue(names: readonly string[]): TestCertificate;
  /**
   * Makes a certificate for these names that lets a server have one for each other name as well, when a client asks for
   * it (SNI): for services with host names without end.
   */
  issueForAll(names: readonly string[]): TestCertificate;
}

/**
 * Makes an authority, for tests with several servers that a client trusts alike.
 *
 * @example
 * ```ts
 * const authority = await createTestAuthority();
 * const [one, other] = [authority.issue(['a.example']), authority.issue(['*.b.example'])];
 * one.ca === other.ca; // true
 * ```
 */
export function createTestAuthority(): Promise<TestAuthority> {
  // A promise though nothing waits today: a library that makes certificates would.
  return Promise.resolve(authority());
}

/**
 * Makes a certificate for these names, signed by an authority that is made for it alone. Valid from an hour ago, so that
 * a clock a little behind accepts it, for a day.
 *
 * @param names - host names, wildcards (`*.azurecr.io`) and IP addresses of version 4.
 * @throws TypeError for a name that can't stand in a certificate.
 * @example
 * ```ts
 * const tls = await createTestCertificate(['registry.example.com', '127.0.0.1']);
 * await using server = await startFakeServer(() => ({ body: 'over TLS' }), { tls });
 * ```
 */
export async function createTestCertificate(names: readonly string[]): Promise<TestCertificate> {
  return (await createTestAuthority()).issue(names);
}

function authority(): TestAuthority {
  const issuerKeys = keyPair();
  // A name of its own for each authority: OpenSSL finds issuers by name, and tests trust several at once.
  const issuer = distinguishedName(
    `docker-keyring test authority ${randomBytes(4).toString('hex')}`,
  );
  const ca = writeCertificate({
    subject: issuer,
    issuer,
    subjectKey: issuerKeys.publicKey,
    issuerKeys,
    extensions: [
      extension('basicConstraints', der('sequence', TRUE), TRUE),
      // keyCertSign, cRLSign
      extension('keyUsage', bits(Buffer.from([0x06]), 1), TRUE),
      subjectKeyId(issuerKeys.publicKey),
    ],
  });
  const issue = (names: readonly string[]): TestCertificate => {
    const { publicKey, privateKey } = keyPair();
    const cert = writeCertificate({
      subject: distinguishedName('docker-keyring test server'),
      issuer,
      subjectKey: publicKey,
      issuerKeys,
      extensions: [
        extension('basicConstraints', der('sequence'), TRUE),
        // digitalSignature
        extension('keyUsage', bits(Buffer.from([0x80]), 7), TRUE),
        extension('extendedKeyUsage', der('sequence', oid(OID.serverAuth))),
        extension('subjectAltName', der('sequence', ...names.map(generalName))),
        subjectKeyId(publicKey),
        authorityKeyId(issuerKeys.publicKey),
      ],
    });
    return { cert, ca, key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })) };
  };
  const issueForAll = (names: readonly string[]): TestCertificate => ({
    ...issue(names),
    forName: (name) => issue([name]),
  });
  return { ca, issue, issueForAll };
}

function keyPair(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function generalName(name: string): Buffer {
  if (isIP(name) === 4) return tagged(0x87, Buffer.from(name.split('.').map(Number)));
  if (!/^(\*\.)?[\w-]+(\.[\w-]+)*$/.test(name)) {
    throw new TypeError(
      `${JSON.stringify(name)} is not a host name, a wildcard or an IPv4 address`,
    );
  }
  return tagged(0x82, Buffer.from(name));
}
