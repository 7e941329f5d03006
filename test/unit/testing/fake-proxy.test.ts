import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as tlsConnect } from 'node:tls';
import { text } from 'node:stream/consumers';
import {
  createTestCertificate,
  startFakeProxy,
  startFakeServer,
  type FakeProxy,
  type FakeServer,
} from 'docker-keyring/testing';
import { ask, untilTrue, type Answer } from './client.ts';

const credentials = { username: 'user', password: 'example-pass' };
let plain: FakeServer;

beforeAll(async () => {
  plain = await startFakeServer(({ host, path, rawQuery, body }) => ({
    body: { host, path, rawQuery, body },
  }));
});
afterAll(() => plain.close());

describe('A tunnel through the fake proxy', () => {
  test('leads to the server of its route, with TLS end to end', async () => {
    const tls = await createTestCertificate(['*.azurecr.io']);
    await using server = await startFakeServer(({ host }) => ({ body: host }), { tls });
    await using proxy = await startFakeProxy({ '*.azurecr.io:443': server.host });
    const socket = await tunnel(proxy, 'Team.azurecr.io:443');
    const secure = tlsConnect({ socket, servername: 'team.azurecr.io', ca: tls.ca });
    secure.write('GET /v2/ HTTP/1.1\r\nhost: team.azurecr.io\r\nconnection: close\r\n\r\n');
    expect(await text(secure)).toMatch(/\r\n\r\nteam\.azurecr\.io$/);
    expect(proxy.connects).toEqual(['Team.azurecr.io:443']);
    expect(proxy.requests).toEqual([
      {
        kind: 'connect',
        method: 'CONNECT',
        target: 'team.azurecr.io:443',
        headers: { host: 'Team.azurecr.io:443' },
        routedTo: server.host,
      },
    ]);
  });

  test('passes on what the client sent too early', async () => {
    await using proxy = await startFakeProxy({ 'a.example:80': plain.host });
    const early = 'GET /early HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n';
    expect(await raw(proxy, `${connectHead('a.example:80')}${early}`)).toContain('"path":"/early"');
  });

  test('to a name that no route is for is refused with 502', async () => {
    await using proxy = await startFakeProxy({
      'a.example:443': plain.host,
      '*.b.example:443': plain.host,
    });
    const refused = ['a.example:444', 'b.example:443', 'xb.example:443', 'b.example:443.evil:443'];
    const answers = await Promise.all(refused.map((to) => raw(proxy, connectHead(to))));
    expect(answers.map((answer) => answer.split('\r\n')[0])).toEqual(
      refused.map(() => 'HTTP/1.1 502 Refused'),
    );
    expect([...proxy.connects].toSorted()).toEqual(refused.toSorted());
    expect(proxy.requests.every(({ routedTo }) => routedTo === undefined)).toBe(true);
  });

  test('ends when the server behind it is gone, or cannot be reached', async () => {
    const gone = await startFakeServer(() => ({}));
    await using proxy = await startFakeProxy({ 'a.example:80': gone.host });
    const socket = await tunnel(proxy, 'a.example:80');
    await gone.close();
    await once(socket.resume(), 'close');
    expect(await raw(proxy, connectHead('a.example:80'))).toBe('');
  });

  test('ends when its client is gone', async () => {
    await using proxy = await startFakeProxy({ 'a.example:80': plain.host });
    const socket = await tunnel(proxy, 'a.example:80');
    socket.resetAndDestroy();
    await sleep(10);
    expect((await forward(proxy, 'http://a.example/')).status).toBe(200);
  });

  test('an exact route goes before a suffix, a longer suffix before a shorter one', async () => {
    await using other = await startFakeServer(() => ({ body: 'other' }));
    await using proxy = await startFakeProxy({
      '*.example:80': plain.host,
      '*.a.example:80': other.host,
      'x.a.example:80': plain.host,
    });
    const urls = ['http://b.example/', 'http://b.a.example/', 'http://x.a.example/'];
    await Promise.all(urls.map((url) => forward(proxy, url)));
    const routes = new Map(proxy.requests.map(({ url, routedTo }) => [url, routedTo]));
    expect(urls.map((url) => routes.get(url))).toEqual([plain.host, other.host, plain.host]);
  });
});

test('A star in the middle of a route stands for one label or a part of it', async () => {
  await using proxy = await startFakeProxy({
    'api.ecr.*.example:80': plain.host,
    '*.dkr.*.example:80': plain.host,
    'a-*.example:80': plain.host,
  });
  const found = ['api.ecr.eu.example', 'a.b.dkr.us.example', 'a-b.example'];
  const missed = [
    'api.ecr.eu.west.example',
    'a.dkr.x.y.example',
    'apixecr.eu.example',
    'a-.example',
  ];
  const answers = await Promise.all(
    [...found, ...missed].map((host) => forward(proxy, `http://${host}/`)),
  );
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 502, 502, 502, 502]);
});

describe('A request that the fake proxy forwards', () => {
  test('reaches the server of its route, body and query too, without what is for the proxy', async () => {
    await using proxy = await startFakeProxy({ 'a.example:80': plain.host });
    const { status, body } = await forward(proxy, 'http://a.example/p?q=1', {
      body: 'sent',
      headers: { 'proxy-authorization': 'Basic x' },
    });
    expect([status, JSON.parse(body)]).toEqual([
      200,
      { host: 'a.example', path: '/p', rawQuery: 'q=1', body: 'sent' },
    ]);
    expect(plain.requests.at(-1)?.headers).not.toHaveProperty('proxy-authorization');
    expect(proxy.requests).toMatchObject([
      { kind: 'forward', method: 'POST', target: 'a.example:80', url: 'http://a.example/p?q=1' },
    ]);
    expect(proxy.connects).toEqual([]);
  });

  test('goes to the port of its URL', async () => {
    await using proxy = await startFakeProxy({ 'a.example:8080': plain.host });
    expect((await forward(proxy, 'http://a.example:8080/')).status).toBe(200);
    expect((await forward(proxy, 'http://a.example/')).status).toBe(502);
  });

  test('is refused when its target is not absolute', async () => {
    await using proxy = await startFakeProxy({ 'a.example:80': plain.host });
    expect((await forward(proxy, '/relative')).status).toBe(502);
  });

  test('fails when the server fails', async () => {
    await using server = await startFakeServer(() => ({ body: 'x'.repeat(100) }));
    await using proxy = await startFakeProxy({ 'a.example:80': server.host });
    server.inject({ kind: 'reset' });
    await expect(forward(proxy, 'http://a.example/')).rejects.toThrow(/aborted|ECONNRESET|hang up/);
    await server.close();
    await expect(forward(proxy, 'http://a.example/')).rejects.toThrow('socket hang up');
  });
});

describe('A fake proxy with credentials', () => {
  test('asks for them with 407, in tunnels and forwarding', async () => {
    await using proxy = await startFakeProxy({ 'a.example:80': plain.host }, { credentials });
    const answer = await forward(proxy, 'http://a.example/');
    expect(answer.status).toBe(407);
    expect(answer.headers['proxy-authenticate']).toBe('Basic realm="fake proxy"');
    expect(await raw(proxy, connectHead('a.example:80'))).toMatch(
      /^HTTP\/1\.1 407 Refused\r\nproxy-authenticate: Basic realm="fake proxy"\r\n/,
    );
  });

  test('lets through who has them', async () => {
    await using proxy = await startFakeProxy({ 'a.example:80': plain.host }, { credentials });
    const headers = { 'proxy-authorization': `Basic ${btoa('user:example-pass')}` };
    expect((await forward(proxy, 'http://a.example/', { headers })).status).toBe(200);
  });
});

describe('A fault of the fake proxy', () => {
  test('status stands in the place of an answer', async () => {
    await using proxy = await startFakeProxy({ 'a.example:80': plain.host });
    proxy.inject({ kind: 'status', status: 503, retryAfter: '3' }, { times: 1 });
    const first = await forward(proxy, 'http://a.example/');
    expect([first.status, first.headers['retry-after']]).toEqual([503, '3']);
    proxy.inject({ kind: 'status', status: 504 }, { when: ({ kind }) => kind === 'connect' });
    expect((await forward(proxy, 'http://a.example/')).status).toBe(200);
    expect(await raw(proxy, connectHead('a.example:80'))).toMatch(/^HTTP\/1\.1 504 /);
    proxy.clearFaults();
    (await tunnel(proxy, 'a.example:80')).destroy();
  });

  test('delay lets the tunnel open late', async () => {
    await using proxy = await startFakeProxy({ 'a.example:80': plain.host });
    proxy.inject({ kind: 'delay', delayMs: 40 });
    const before = performance.now();
    (await tunnel(proxy, 'a.example:80')).destroy();
    expect(performance.now() - before).toBeGreaterThanOrEqual(39);
  });

  test('delay keeps nobody waiting when the proxy closes', async () => {
    const proxy = await startFakeProxy({ 'a.example:80': plain.host });
    proxy.inject({ kind: 'delay', delayMs: 60_000 });
    const answer = raw(proxy, connectHead('a.example:80'));
    await untilTrue(() => proxy.connects.length === 1);
    await proxy.close();
    expect(await answer).toBe('');
  });

  test('reset cuts the connection', async () => {
    await using proxy = await startFakeProxy({ 'a.example:80': plain.host });
    proxy.inject({ kind: 'reset' });
    await expect(forward(proxy, 'http://a.example/')).rejects.toThrow('ECONNRESET');
    await expect(raw(proxy, connectHead('a.example:80'))).rejects.toThrow('ECONNRESET');
  });

  test('hang says nothing until the proxy closes', async () => {
    const proxy = await startFakeProxy({ 'a.example:80': plain.host });
    proxy.inject({ kind: 'hang' });
    const asked = [forward(proxy, 'http://a.example/'), raw(proxy, connectHead('a.example:80'))];
    const ended = Promise.allSettled(asked);
    await untilTrue(() => proxy.requests.length === 2);
    expect(await Promise.race([...asked, sleep(30, 'nothing')])).toBe('nothing');
    await proxy.close();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(proxy.requests).toHaveLength(2);
  });
});

test.each([{ 'a.example': '127.0.0.1:1' }, { 'a.example:443': '127.0.0.1' }])(
  'The routes %j are refused: they name no port',
  async (routes) => {
    await expect(startFakeProxy(routes)).rejects.toThrow(/^".*" names no port$/);
  },
);

function connectHead(target: string): string {
  return `CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`;
}

/** Everything that the proxy says to these bytes. */
async function raw(proxy: FakeProxy, head: string): Promise<string> {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write(head);
  return text(socket);
}

/** An open tunnel. */
async function tunnel(proxy: FakeProxy, target: string): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.write(connectHead(target));
  const [head] = (await once(socket, 'data')) as [Buffer];
  expect(head.toString()).toBe('HTTP/1.1 200 Connection Established\r\n\r\n');
  return socket;
}

function forward(
  proxy: FakeProxy,
  url: string,
  options: { readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<Answer> {
  const { host } = URL.canParse(url) ? new URL(url) : { host: proxy.host };
  const method = options.body === undefined ? 'GET' : 'POST';
  return ask(proxy.url, {
    ...options,
    method,
    path: url,
    headers: { host, ...options.headers },
  });
}
