import { describe, expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import {
  createTestAuthority,
  createTestCertificate,
  startFakeServer,
} from 'docker-keyring/testing';
import { bits, der, oid, time } from '../../../../src/testing/tls/der.ts';
import { ask } from '../client.ts';

const HOUR_MS = 60 * 60 * 1000;
const seconds = (): number => Math.floor(Date.now() / 1000);

describe('A test certificate', () => {
  test('is signed by its own authority, for all its names, from an hour ago for a day', async () => {
    const before = seconds();
    const { cert, ca } = await createTestCertificate(['*.azurecr.io', 'localhost', '127.0.0.1']);
    const after = seconds();
    const [leaf, authority] = [new X509Certificate(cert), new X509Certificate(ca)];
    expect(leaf.subjectAltName).toBe('DNS:*.azurecr.io, DNS:localhost, IP Address:127.0.0.1');
    expect([leaf.ca, authority.ca]).toEqual([false, true]);
    expect(leaf.checkIssued(authority)).toBe(true);
    expect(leaf.verify(authority.publicKey)).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
    const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
    const madeAt = (from + HOUR_MS) / 1000;
    expect(before <= madeAt && madeAt <= after).toBe(true);
    expect(to - from).toBe(24 * HOUR_MS);
  });

  test('belongs to its key', async () => {
    const [one, other] = await Promise.all([
      createTestCertificate(['a.example']),
      createTestCertificate(['a.example']),
    ]);
    const tls = { ...one, key: other.key };
    await expect(startFakeServer(() => ({}), { tls })).rejects.toThrow('key values mismatch');
    expect(one.ca).not.toBe(other.ca);
  });

  test('makes a client trust the names in it and no others', async () => {
    const tls = await createTestCertificate(['*.azurecr.io']);
    await using server = await startFakeServer(() => ({ body: 'trusted' }), { tls });
    const { body } = await ask(server.url, { ca: tls.ca, servername: 'team.azurecr.io' });
    expect(body).toBe('trusted');
    const asked = ask(server.url, { ca: tls.ca, servername: 'azurecr.io.evil.example' });
    await expect(asked).rejects.toThrow("does not match certificate's altnames");
  });

  test('of an authority is trusted with its other ones', async () => {
    const authority = await createTestAuthority();
    const [one, other] = [authority.issue(['a.example']), authority.issue(['b.example'])];
    expect([one.ca, other.ca]).toEqual([authority.ca, authority.ca]);
    expect(new X509Certificate(one.cert).serialNumber).not.toBe(
      new X509Certificate(other.cert).serialNumber,
    );
  });

  test('for all names lets a server have one for each name that a client asks for', async () => {
    const authority = await createTestAuthority();
    const tls = authority.issueForAll(['127.0.0.1']);
    await using server = await startFakeServer(() => ({ body: 'trusted' }), { tls });
    const names = ['api.ecr.eu-west-1.amazonaws.com', 'sts.amazonaws.com', undefined];
    const answers = await Promise.all(
      names.map((servername) => ask(server.url, { ca: tls.ca, ...(servername && { servername }) })),
    );
    expect(answers.map(({ body }) => body)).toEqual(['trusted', 'trusted', 'trusted']);
    await expect(ask(server.url, { ca: tls.ca, servername: 'a..b' })).rejects.toThrow(
      /disconnected|ECONNRESET|hang up/,
    );
  });

  test('has room for many names', async () => {
    const names = Array.from({ length: 200 }, (_, at) => `registry-${at}.example.com`);
    const { cert } = await createTestCertificate(names);
    expect(new X509Certificate(cert).checkHost('registry-199.example.com')).toBeDefined();
  });

  test.each(['', '*', 'a b', 'a.*.example', 'https://a.example', '::1'])(
    'is refused for %p, which is no name for a certificate',
    async (name) => {
      await expect(createTestCertificate([name])).rejects.toThrow(
        new TypeError(`${JSON.stringify(name)} is not a host name, a wildcard or an IPv4 address`),
      );
    },
  );
});

describe('DER', () => {
  // The examples of X.690 and of "A Layman's Guide to a Subset of ASN.1, BER, and DER".
  test('writes object identifiers in base 128', () => {
    expect(oid('1.2.840.113549').toString('hex')).toBe('06062a864886f70d');
  });

  test('writes lengths in one, two or three bytes', () => {
    expect([127, 128, 255, 256, 65_535].map(headOfOctetString)).toEqual([
      '047f',
      '048180',
      '0481ff',
      '04820100',
      '0482ffff',
    ]);
  });

  test('writes bit strings with the number of bits that do not count', () => {
    expect(bits(Buffer.from([0x06]), 1).toString('hex')).toBe('03020106');
    expect(bits(Buffer.from([0x06])).toString('hex')).toBe('03020006');
  });

  test('writes times until 2049 with two digits for the year, later ones with four', () => {
    expect(time(Date.UTC(2049, 11, 31, 23, 59, 59)).toString('latin1')).toBe(
      '\u0017\r491231235959Z',
    );
    expect(time(Date.UTC(2050, 0, 1)).toString('latin1')).toBe('\u0018\u000f20500101000000Z');
  });
});

function headOfOctetString(bytes: number): string {
  return der('octetString', Buffer.alloc(bytes)).subarray(0, -bytes).toString('hex');
}
