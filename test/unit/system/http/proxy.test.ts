import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { proxyFor } from '../../../../src/system/http/proxy.ts';
import { nodeSystem } from '../../../../src/system/node-system.ts';
import type { HttpRequest } from '../../../../src/system/system.ts';
import { createTestCertificate } from '../../../../src/testing/tls/certificates.ts';
import { startFakeProxy, type FakeProxy } from '../../../../src/testing/fake-proxy.ts';
import { startFakeServer, type FakeServer } from '../../../../src/testing/fake-server.ts';
import { withProxies, withoutProxies } from '../environment.ts';

/** A name server may take its time to say no. */
const TIMEOUT_MS = 50_000;
const UNTRUSTED = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
const USER = { username: 'user', password: 'hunter2%' };
let server: FakeServer;
let secure: FakeServer;
let proxy: FakeProxy;
let restoreEnvironment: () => void;

beforeEach(async () => {
  restoreEnvironment = withoutProxies();
  server = await startFakeServer(({ host, path }) => ({ body: `${host} ${path}` }));
  const tls = await createTestCertificate(['registry.test']);
  secure = await startFakeServer(() => ({ body: 'secure' }), { tls });
  proxy = await startFakeProxy({
    'registry.test:80': server.host,
    'registry.test:443': secure.host,
  });
});

afterEach(async () => {
  restoreEnvironment();
  await Promise.all([server.close(), secure.close(), proxy.close()]);
});

function ask(url: string, rest: Partial<HttpRequest> = {}) {
  return nodeSystem.http({ url, timeoutMs: TIMEOUT_MS, ...rest });
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => (error as Error).message,
  );
}

/** What a client that does HTTP by itself gets. */
async function get(url: string): Promise<string> {
  const { httpAgent, httpsAgent } = await nodeSystem.httpAgents();
  const isSecure = url.startsWith('https:');
  const { request } = process.getBuiltinModule(isSecure ? 'node:https' : 'node:http');
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent: isSecure ? httpsAgent : httpAgent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text));
    });
    outgoing.on('error', reject).end();
  });
}

describe('A request', () => {
  test.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'])(
    'to http goes through the proxy that %s names',
    async (name) => {
      withProxies({ [name]: proxy.url });
      const { body, address } = await ask('http://registry.test/token?scope=https://a.test/');
      expect({ body, address }).toEqual({ body: 'registry.test /token', address: undefined });
      expect(proxy.requests).toMatchObject([
        { kind: 'forward', url: 'http://registry.test/token?scope=https://a.test/' },
      ]);
    },
  );

  test.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])(
    'to https goes through a tunnel of the proxy that %s names',
    async (name) => {
      withProxies({ [name]: proxy.url });
      // The tunnel is open when the certificate is refused.
      expect(await messageOf(ask('https://registry.test/'))).toContain(
        'its certificate is not trusted',
      );
      expect(proxy.connects).toEqual(['registry.test:443']);
    },
  );

  test('goes through the proxy each time anew', async () => {
    withProxies({ HTTP_PROXY: proxy.url });
    await ask('http://registry.test/a');
    await ask('http://registry.test/b', { method: 'POST', body: 'text' });
    expect(proxy.requests.map(({ url }) => url)).toEqual([
      'http://registry.test/a',
      'http://registry.test/b',
    ]);
    expect(server.requests.map(({ body }) => body)).toEqual(['', 'text']);
  });

  test.each(['registry.test', '*', '.test', 'other, registry.test:80', 'other registry.test'])(
    'does not go through it where NO_PROXY is %s',
    async (noProxy) => {
      withProxies({ ALL_PROXY: proxy.url, NO_PROXY: noProxy });
      expect(await messageOf(ask('http://registry.test/'))).toContain('the name does not resolve');
      expect(proxy.requests).toEqual([]);
    },
  );

  test.each([
    'http://localhost:1/',
    'https://registry.localhost:1/',
    'http://127.0.0.1:1/',
    'http://[::1]:1/',
    'http://169.254.169.254/',
    'http://[fd00:ec2::254]/',
    'http://[fe80::1]/',
    'http://metadata.google.internal/',
    'https://metadata.google.internal./',
  ])('to %s goes to no proxy', async (url) => {
    withProxies({ ALL_PROXY: proxy.url });
    await ask(url, { timeoutMs: 50 }).catch(() => {});
    expect(proxy.requests).toEqual([]);
  });

  test.each([
    'http://169.254.169.254.example.com/',
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'http://notlocalhost/',
    'http://metadata.google.internal.test/',
  ])('to %s, which only looks like such a server, does', async (url) => {
    withProxies({ ALL_PROXY: proxy.url });
    await ask(url);
    expect(proxy.requests).toHaveLength(1);
  });

  test('does not go through it when it never shall', async () => {
    withProxies({ ALL_PROXY: proxy.url });
    const direct = ask('http://registry.test/', { proxy: 'never' });
    expect(await messageOf(direct)).toContain('the name does not resolve');
    expect(proxy.requests).toEqual([]);
  });

  test('takes a proxy without a scheme for one of http, whatever it asks for', async () => {
    withProxies({ ALL_PROXY: proxy.host });
    expect((await ask('http://registry.test/')).status).toBe(200);
    await messageOf(ask('https://registry.test/'));
    expect(proxy.connects).toHaveLength(1);
  });

  test.each([
    ['', 'hunter2%25'],
    [', even where a percent sign is not encoded', 'hunter2%'],
  ])('tells the proxy who it is%s', async (_name, password) => {
    await using strict = await startFakeProxy(
      { 'registry.test:80': server.host, 'registry.test:443': secure.host },
      { credentials: USER },
    );
    withProxies({ ALL_PROXY: `http://user:${password}@${strict.host}` });
    expect((await ask('http://registry.test/')).status).toBe(200);
    expect(await messageOf(ask('https://registry.test/'))).toContain('not trusted');
    expect(server.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
  });
});

test.each([
  ['10.0.0.0/8', false],
  ['11.0.0.0/8', true],
  // As npm has it, and Go has not.
  ['foo 10.1.2.3', false],
])('NO_PROXY %s: through the proxy %p', async (list, isProxied) => {
  Object.assign(process.env, { HTTPS_PROXY: proxy.url, no_proxy: list });
  const used = await proxyFor(new URL('https://10.1.2.3/'));
  expect(used !== undefined).toBe(isProxied);
});

describe('A proxy that fails', () => {
  test.each([
    [407, ' refused with status 407: put a user name and a password for it into the URL of'],
    [502, ' refused with status 502'],
  ])('by status %i is named, without its credentials', async (status, words) => {
    withProxies({ HTTPS_PROXY: proxy.url.replace('//', '//user:hunter2@') });
    proxy.inject({ kind: 'status', status });
    const message = await messageOf(ask('https://registry.test/token?query'));
    expect(message).toContain(`GET https://registry.test/token: the proxy ${proxy.url}${words}`);
    expect(message).not.toMatch(/hunter2|user:/);
    expect(secure.requests).toEqual([]);
  });

  test('by closing is named', async () => {
    const closing = createServer((socket) => void socket.end());
    await new Promise<void>((resolve) => void closing.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(closing.address() as AddressInfo).port}`;
    withProxies({ HTTPS_PROXY: url });
    expect(await messageOf(ask('https://registry.test/'))).toBe(
      `GET https://registry.test/: the proxy ${url}: no HTTP answer came back`,
    );
    closing.close();
  });

  test('by not being there is named', async () => {
    await proxy.close();
    withProxies({ HTTPS_PROXY: proxy.url });
    expect(await messageOf(ask('https://registry.test/'))).toBe(
      `GET https://registry.test/: the proxy ${proxy.url}: nothing listens there (ECONNREFUSED)`,
    );
  });

  test('by hanging is left once nobody waits for it', async () => {
    const sockets: Socket[] = [];
    const hanging = createServer((socket) => void sockets.push(socket.on('error', () => {})));
    await new Promise<void>((resolve) => void hanging.listen(0, '127.0.0.1', resolve));
    withProxies({ HTTPS_PROXY: `http://127.0.0.1:${(hanging.address() as AddressInfo).port}` });
    const asked = ask('https://registry.test/', { timeoutMs: 1000 });
    await expect(asked).rejects.toMatchObject({ code: 'ERR_KEYRING_TIMEOUT' });
    const [socket] = sockets;
    socket?.resume();
    await new Promise((resolve) => void socket?.once('close', resolve));
    await new Promise((resolve) => void hanging.close(resolve));
  });

  test.each(['socks5://127.0.0.1:1080', 'http://[', 'http://user:hunter2@a b'])(
    'because its URL is %s is refused by the name of the variables',
    async (url) => {
      withProxies({ ALL_PROXY: url });
      const message = await messageOf(ask('https://registry.test/'));
      expect(message).toBe(
        'GET https://registry.test/: the proxy that the environment names for it is not an http:// or https:// URL: correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY',
      );
    },
  );
});

describe('The agents for SDKs', () => {
  test('are the same ones each time', async () => {
    expect(await nodeSystem.httpAgents()).toBe(await nodeSystem.httpAgents());
  });

  test('go straight where the environment names no proxy', async () => {
    expect(await get(`${server.url}/a`)).toBe(`${server.host} /a`);
    expect(await get(`${server.url}/b`)).toBe(`${server.host} /b`);
    await expect(get(secure.url)).rejects.toMatchObject({ code: UNTRUSTED });
    expect(proxy.requests).toEqual([]);
  });

  test('obey what the environment names at that time', async () => {
    withProxies({ ALL_PROXY: proxy.url });
    expect(await get('http://registry.test/a?b=://c')).toBe('registry.test /a');
    expect(await get('http://registry.test/a')).toBe('registry.test /a');
    await expect(get('https://registry.test/')).rejects.toMatchObject({ code: UNTRUSTED });
    expect(proxy.requests.map(({ kind }) => kind)).toEqual(['forward', 'forward', 'connect']);
    withProxies({ ALL_PROXY: proxy.url, NO_PROXY: 'registry.test' });
    await expect(get('http://registry.test/')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(proxy.requests).toHaveLength(3);
  });

  test('ask for an address of IPv6 by its name in a URL', async () => {
    withProxies({ ALL_PROXY: proxy.url });
    await expect(get('https://[2001:db8::1]:5000/')).rejects.toThrow('refused with status 502');
    expect(proxy.connects).toEqual(['[2001:db8::1]:5000']);
  });

  test('fail by what the proxy said', async () => {
    withProxies({ HTTPS_PROXY: proxy.url });
    proxy.inject({ kind: 'status', status: 403 });
    await expect(get('https://registry.test/')).rejects.toThrow(
      `the proxy ${proxy.url} refused with status 403`,
    );
  });
});
