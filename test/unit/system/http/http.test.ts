import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { TimeoutError } from '../../../../src/errors.ts';
import { reasonOf } from '../../../../src/system/http/http-failure.ts';
import { nodeSystem } from '../../../../src/system/node-system.ts';
import type { HttpRequest } from '../../../../src/system/system.ts';
import { createTestCertificate } from '../../../../src/testing/tls/certificates.ts';
import { startFakeServer, type FakeServer } from '../../../../src/testing/fake-server.ts';
import { untilTrue } from '../../testing/client.ts';
import { withoutProxies } from '../environment.ts';

const TIMEOUT_MS = 5000;
let server: FakeServer;
let restoreEnvironment: () => void;

beforeAll(() => {
  restoreEnvironment = withoutProxies();
});

afterAll(() => restoreEnvironment());

beforeEach(async () => {
  server = await startFakeServer(({ path }) => ({ body: `you asked for ${path}` }));
});

afterEach(() => server.close());

function ask(request: Partial<HttpRequest> & { path?: string } = {}) {
  const { path = '/', ...rest } = request;
  return nodeSystem.http({ url: `${server.url}${path}`, timeoutMs: TIMEOUT_MS, ...rest });
}

/** What a request rejects with. */
async function failure(request: Partial<HttpRequest> & { path?: string }): Promise<Error> {
  return await ask(request).then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as Error,
  );
}

/** A server that says the same bytes to everybody. */
async function rawServer(answer: string): Promise<{ url: string; server: Server }> {
  const raw = createServer((socket) => socket.on('error', () => {}).end(answer));
  await new Promise<void>((resolve) => void raw.listen(0, '127.0.0.1', resolve));
  return { server: raw, url: `http://127.0.0.1:${(raw.address() as AddressInfo).port}` };
}

describe('An exchange', () => {
  test('gives status, headers and body', async () => {
    const { status, headers, body } = await ask({ path: '/token' });
    expect({ status, body }).toEqual({ status: 200, body: 'you asked for /token' });
    expect(headers.get('content-length')).toEqual(['20']);
    expect(server.requests).toMatchObject([{ method: 'GET', path: '/token', body: '' }]);
  });

  test('sends method, headers, query and body', async () => {
    await ask({
      path: '/oauth2/exchange?service=a%20b&scope=https://x',
      method: 'POST',
      headers: { 'Content-Type': 'text/plain' },
      body: 'grüße',
    });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', body: 'grüße' });
    expect(request?.query.get('scope')).toBe('https://x');
    expect(request?.headers).toMatchObject({ 'content-type': 'text/plain', 'content-length': '7' });
  });

  test('keeps what a header says twice apart', async () => {
    const headers = { 'WWW-Authenticate': ['Basic realm="a, b"', 'Bearer realm="c"'] };
    server.inject({ kind: 'reply', reply: { status: 401, headers } });
    const response = await ask();
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toEqual(headers['WWW-Authenticate']);
  });

  test('does not follow a redirect', async () => {
    const headers = { location: '/elsewhere' };
    server.inject({ kind: 'reply', reply: { status: 307, headers } });
    const response = await ask();
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toEqual(['/elsewhere']);
    expect(server.requests).toHaveLength(1);
  });

  test('takes as many bytes as are allowed, and refuses one more', async () => {
    const body = 'é'.repeat(500);
    server.inject({ kind: 'reply', reply: { body } });
    expect((await ask({ maxBytes: 1000 })).body).toBe(body);
    expect((await failure({ path: '/?secret', maxBytes: 999 })).message).toBe(
      `GET ${server.url}/: the answer is larger than 999 bytes`,
    );
    server.clearFaults();
    server.inject({ kind: 'reply', reply: { body: 'x'.repeat(2 ** 20 + 1) } });
    expect((await failure({})).message).toContain('larger than 1048576 bytes');
  });

  test('uses a connection again', async () => {
    const connections = new Set<number>();
    const { createServer: createHttpServer } = process.getBuiltinModule('node:http');
    const counting = createHttpServer((request, response) => {
      connections.add(request.socket.remotePort ?? 0);
      response.end();
    });
    await new Promise<void>((resolve) => void counting.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(counting.address() as AddressInfo).port}/`;
    await ask({ url });
    await ask({ url });
    await ask({ url });
    counting.closeAllConnections();
    counting.close();
    expect(connections.size).toBe(1);
  });
});

describe('The address of an answer', () => {
  test('is that of the server, by name or not, on a connection that is used again too', async () => {
    const localhost = server.url.replace('127.0.0.1', 'localhost');
    expect((await ask()).address).toBe('loopback');
    expect((await ask()).address).toBe('loopback');
    expect((await ask({ url: localhost })).address).toBe('loopback');
  });

  test('is known of a server that resets the connection at once', async () => {
    const raw = createServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
        socket.resetAndDestroy();
      });
    });
    await new Promise<void>((resolve) => void raw.listen(0, '127.0.0.1', resolve));
    const { port } = raw.address() as AddressInfo;
    const { address, body } = await ask({ url: `http://127.0.0.1:${port}/` });
    raw.close();
    expect({ address, body }).toEqual({ address: 'loopback', body: 'hello' });
  });
});

describe('An exchange that fails', () => {
  test('says so in words without query, user or password, and keeps the reason', async () => {
    const { port } = server;
    await server.close();
    const error = await failure({
      url: `http://user:hunter2@127.0.0.1:${port}/v2/token?password=hunter2#hunter2`,
      method: 'POST',
      headers: { authorization: 'Bearer hunter2' },
      body: 'hunter2',
    });
    expect(error.message).toBe(
      `POST http://127.0.0.1:${port}/v2/token: nothing listens there (ECONNREFUSED)`,
    );
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
    expect(JSON.stringify([error.stack, error.cause])).not.toContain('hunter2');
  });

  test.each([
    ['is cut in the middle', { kind: 'reset' }],
    ['ends before its length', { kind: 'reply', reply: { headers: { 'content-length': '999' } } }],
  ] as const)('does not give an answer that %s', async (_name, fault) => {
    server.inject(fault);
    const { length } = server.requests;
    const asked = failure({});
    await untilTrue(() => server.requests.length > length);
    if (fault.kind === 'reply') await server.close();
    expect((await asked).message).toBe(
      `GET ${server.url}/: the connection was closed before the answer was complete (ECONNRESET)`,
    );
  });

  test('names what is not HTTP, and keeps nothing of it', async () => {
    const raw = await rawServer('SSH-2.0-hunter2\r\n');
    const error = await failure({ url: `${raw.url}/` });
    raw.server.close();
    expect(error.message).toBe(
      `GET ${raw.url}/: what came back is not HTTP (HPE_INVALID_CONSTANT)`,
    );
    expect(error.cause).not.toHaveProperty('rawPacket');
  });

  test('names a certificate that is not trusted, and what to do', async () => {
    const tls = await createTestCertificate(['127.0.0.1']);
    await using secure = await startFakeServer(() => ({}), { tls });
    const error = await failure({ url: `${secure.url}/token` });
    expect(error.message).toBe(
      `GET ${secure.url}/token: its certificate is not trusted: set NODE_EXTRA_CA_CERTS to a file with the certificates of the authority that signed it (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`,
    );
  });

  test('names a port that does not speak TLS', async () => {
    const raw = await rawServer('HTTP/1.1 400 Bad Request\r\n\r\n');
    const { message } = await failure({ url: raw.url.replace('http:', 'https:') });
    raw.server.close();
    expect(message).toMatch(/the TLS handshake failed: .* \((EPROTO|ERR_SSL_\w+)\)$/);
  });

  test.each([
    ['a name that does not resolve', 'http://no-such-name.invalid/', /the name does not resolve/],
    ['a port that HTTP must not use', 'http://127.0.0.1:0/', /EADDRNOTAVAIL|ECONNREFUSED/],
  ])('names %s', async (_name, url, expected) => {
    expect((await failure({ url })).message).toMatch(expected);
  });

  test('says what is known of an error without a reason of ours', async () => {
    const headers = { 'bad\nname': 'hunter2' };
    const error = await failure({ headers });
    expect(error.message).toBe(`GET ${server.url}/: the exchange failed (ERR_INVALID_HTTP_TOKEN)`);
  });

  test('is a mistake of the caller where the URL is none', async () => {
    await expect(failure({ url: 'hunter2' })).resolves.toBeInstanceOf(TypeError);
    const error = await failure({ url: 'ftp://user:hunter2@example.com' });
    expect(error).toEqual(new TypeError('An HTTP request needs an http:// or https:// URL'));
  });
});

describe('The reason of a failure', () => {
  test('is a phrase for the messages of others, whoever failed', async () => {
    const { port } = server;
    await server.close();
    const url = `http://127.0.0.1:${port}/`;
    expect(reasonOf(await failure({ url }))).toBe('nothing listens there (ECONNREFUSED)');
    expect(reasonOf(new TimeoutError('GET /', 100))).toBe('there was no answer within 100 ms');
    expect(reasonOf(Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' }))).toBe(
      "its certificate has expired, or this machine's clock is wrong (CERT_HAS_EXPIRED)",
    );
    expect(reasonOf(new Error('hunter2'))).toBe('no HTTP answer came back');
  });
});

describe('The deadline and the signal', () => {
  test.each([
    ['nothing comes', { kind: 'hang' }],
    ['the body never ends', { kind: 'drip', chunkBytes: 1, delayMs: 20 }],
  ] as const)('end an exchange in which %s', async (_name, fault) => {
    server.inject(fault);
    const error = await failure({ path: '/a?b', timeoutMs: 100 });
    expect(error).toMatchObject({ code: 'ERR_KEYRING_TIMEOUT', timeoutMs: 100 });
    expect(error.message).toBe(`GET ${server.url}/a took longer than 100 ms`);
  });

  test('end it with the reason of who gives up', async () => {
    server.inject({ kind: 'hang' });
    const controller = new AbortController();
    const reason = new Error('enough');
    const asked = ask({ signal: controller.signal }).catch((error: unknown) => error);
    await untilTrue(() => server.requests.length === 1);
    controller.abort(reason);
    expect(await asked).toBe(reason);
    await expect(ask({ signal: controller.signal })).rejects.toBe(reason);
    expect(server.requests).toHaveLength(1);
  });
});
