import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeSystem } from '../../../../src/system/node-system.ts';
import type { HttpRequest } from '../../../../src/system/system.ts';
import {
  createTestCertificate,
  type TestCertificate,
} from '../../../../src/testing/tls/certificates.ts';
import { startFakeProxy } from '../../../../src/testing/fake-proxy.ts';
import { startFakeServer, type FakeServer } from '../../../../src/testing/fake-server.ts';
import { withProxies, withoutProxies } from '../environment.ts';

const NAMES = ['127.0.0.1', 'registry.test'];
const UNTRUSTED = /its certificate is not trusted/;
const EXTRA = 'NODE_EXTRA_CA_CERTS';
let folder: string;
let one: FakeServer;
let other: FakeServer;
let ofOne: TestCertificate;
let ofOther: TestCertificate;
let restoreEnvironment: () => void;
let extraBefore: string | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docker-keyring-trust-'));
  [ofOne, ofOther] = await Promise.all([
    createTestCertificate(NAMES),
    createTestCertificate(NAMES),
  ]);
  one = await startFakeServer(() => ({ body: 'one' }), { tls: ofOne });
  other = await startFakeServer(() => ({ body: 'other' }), { tls: ofOther });
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([one.close(), other.close()]);
});

beforeEach(() => {
  restoreEnvironment = withoutProxies();
  extraBefore = process.env[EXTRA];
  delete process.env[EXTRA];
});

afterEach(() => {
  restoreEnvironment();
  delete process.env[EXTRA];
  if (extraBefore !== undefined) process.env[EXTRA] = extraBefore;
});

async function ask({ url }: Pick<FakeServer, 'url'>, rest: Partial<HttpRequest> = {}) {
  return (await nodeSystem.http({ url: `${url}/`, timeoutMs: 5000, ...rest })).body;
}

describe("A request's own authority", () => {
  test('is trusted by that request, and by no other before or after', async () => {
    await expect(ask(one)).rejects.toThrow(UNTRUSTED);
    expect(await ask(one, { ca: ofOne.ca })).toBe('one');
    await expect(ask(one)).rejects.toThrow(UNTRUSTED);
    await expect(ask(one, { ca: ofOther.ca })).rejects.toThrow(UNTRUSTED);
    expect(await ask(one, { ca: ofOne.ca })).toBe('one');
  });

  test('is trusted by a stream', async () => {
    const request = { url: `${one.url}/`, timeoutMs: 5000, ca: ofOne.ca };
    const { status, address, cancel } = await nodeSystem.httpStream(request);
    cancel();
    expect({ status, address }).toEqual({ status: 200, address: 'loopback' });
  });

  test('may be one of several, with text between them', async () => {
    const ca = `# one\n${ofOne.ca}\n# other\r\n${ofOther.ca.replaceAll('\n', '\r\n')}`;
    expect([await ask(one, { ca }), await ask(other, { ca })]).toEqual(['one', 'other']);
  });

  test('does not let a certificate be for another name', async () => {
    const localhost = { url: one.url.replace('127.0.0.1', 'localhost') };
    await expect(ask(localhost, { ca: ofOne.ca })).rejects.toThrow(
      'its certificate is for another name (ERR_TLS_CERT_ALTNAME_INVALID)',
    );
  });

  test('is of no use where it cannot be read', async () => {
    const ca = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    await expect(ask(one, { ca })).rejects.toThrow(UNTRUSTED);
  });

  test('is trusted through a tunnel of a proxy, of which nobody learns the address', async () => {
    await using proxy = await startFakeProxy({ 'registry.test:443': one.host });
    withProxies({ HTTPS_PROXY: proxy.url });
    const request = { url: 'https://registry.test/', timeoutMs: 5000 };
    await expect(nodeSystem.http(request)).rejects.toThrow(UNTRUSTED);
    const { body, address } = await nodeSystem.http({ ...request, ca: ofOne.ca });
    expect({ body, address }).toEqual({ body: 'one', address: undefined });
    await expect(nodeSystem.http(request)).rejects.toThrow(UNTRUSTED);
    expect(proxy.connects).toHaveLength(3);
  });

  // What Node itself has read of it at its start is in in-a-process.test.ts.
  test('is trusted beside those of NODE_EXTRA_CA_CERTS', async () => {
    process.env[EXTRA] = join(folder, 'extra.pem');
    writeFileSync(join(folder, 'extra.pem'), ofOther.ca);
    const ca = `${ofOne.ca}\n`;
    expect([await ask(one, { ca }), await ask(other, { ca })]).toEqual(['one', 'other']);
  });

  test('is trusted where that file cannot be read', async () => {
    process.env[EXTRA] = join(folder, 'missing.pem');
    expect(await ask(one, { ca: `${ofOne.ca}\n\n` })).toBe('one');
  });
});
