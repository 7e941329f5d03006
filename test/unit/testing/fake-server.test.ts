import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestCertificate, startFakeServer, type Fault } from 'docker-keyring/testing';
import { ask, untilTrue } from './client.ts';

const hello = { hello: 'world' };

describe('A fake server', () => {
  test('answers what its handler says: JSON, text, bytes or nothing', async () => {
    await using server = await startFakeServer(({ path }) => ({
      body: { '/json': hello, '/text': 'text', '/bytes': new Uint8Array([0x68, 0x69]) }[path],
    }));
    const answers = await Promise.all(
      ['/json', '/text', '/bytes', '/nothing'].map((path) => ask(server.url + path)),
    );
    expect(answers.map(({ body, headers }) => [body, headers['content-type']])).toEqual([
      ['{"hello":"world"}', 'application/json'],
      ['text', 'text/plain; charset=utf-8'],
      ['hi', 'application/octet-stream'],
      ['', undefined],
    ]);
  });

  test('sends the status and the headers that the handler chose, repeated ones too', async () => {
    await using server = await startFakeServer(async () => {
      await sleep(1);
      return {
        status: 201,
        headers: { 'Content-Type': 'a/b', 'Set-Cookie': ['a=1', 'b=2'] },
        body: hello,
      };
    });
    const { status, headers } = await ask(server.url);
    expect(status).toBe(201);
    expect(headers).toMatchObject({ 'content-type': 'a/b', 'set-cookie': ['a=1', 'b=2'] });
  });

  test('records requests with all that makes a strict check possible', async () => {
    await using server = await startFakeServer(() => ({}));
    await ask(`${server.url}/a%20b/c?x=1&x=%32?`, {
      method: 'POST',
      headers: [
        ['Host', 'example.com'],
        ['X-Twice', '1'],
        ['x-twice', '2'],
      ].flat(),
      body: 'a=1&a=2',
    });
    expect(server.requests).toEqual([
      {
        method: 'POST',
        host: 'example.com',
        path: '/a%20b/c',
        query: new URLSearchParams('x=1&x=2?'),
        rawQuery: 'x=1&x=%32?',
        headers: expect.objectContaining({ 'x-twice': '1, 2', host: 'example.com' }),
        rawHeaders: expect.arrayContaining(['X-Twice', '1', 'x-twice', '2']),
        body: 'a=1&a=2',
      },
    ]);
    expect(server.requests[0]?.query.getAll('x')).toEqual(['1', '2?']);
  });

  test('tells by status 500 that its handler threw', async () => {
    await using server = await startFakeServer(() => {
      throw new Error('no such account');
    });
    const { status, body } = await ask(server.url);
    expect([status, body]).toEqual([500, expect.stringContaining('no such account')]);
  });

  test('cuts the connection when the handler returns what cannot be sent', async () => {
    await using server = await startFakeServer(() => ({ headers: { 'x-bad': 'a\r\nb' } }));
    await expect(ask(server.url)).rejects.toThrow('socket hang up');
  });

  test('reads no more than a megabyte of a request', async () => {
    await using server = await startFakeServer(() => ({}));
    const asked = ask(server.url, { method: 'POST', body: 'x'.repeat(8 * 1024 * 1024) });
    await expect(asked).rejects.toThrow(/EPIPE|ECONNRESET|socket hang up/);
    expect(server.requests).toEqual([]);
  });

  test('survives clients that leave in the middle of a request, or speak no HTTP', async () => {
    await using server = await startFakeServer(() => ({ body: hello }));
    const leaving = connect(server.port, '127.0.0.1');
    leaving.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nabc');
    await sleep(10);
    leaving.resetAndDestroy();
    const stranger = connect(server.port, '127.0.0.1');
    stranger.on('error', () => undefined);
    stranger.write('\u0001\u0002 nonsense\r\n\r\n');
    await once(stranger, 'close');
    expect((await ask(server.url)).body).toBe('{"hello":"world"}');
    expect(server.requests).toHaveLength(1);
  });

  test('speaks TLS with a certificate, and survives a client that does not', async () => {
    const tls = await createTestCertificate(['127.0.0.1']);
    await using server = await startFakeServer(() => ({ body: hello }), { tls });
    expect(server.url).toBe(`https://127.0.0.1:${server.port}`);
    await expect(ask(`http://${server.host}/`)).rejects.toThrow(/ECONNRESET|socket hang up/);
    await expect(ask(server.url)).rejects.toThrow('unable to verify the first certificate');
    expect((await ask(server.url, { ca: tls.ca })).status).toBe(200);
  });

  test('dates its answers by a clock of the test', async () => {
    await using server = await startFakeServer(() => ({}), { now: () => Date.UTC(2001, 1, 3) });
    expect((await ask(server.url)).headers['date']).toBe('Sat, 03 Feb 2001 00:00:00 GMT');
  });

  test('closes at once, cutting connections that are open, and closes twice', async () => {
    const server = await startFakeServer(() => ({}));
    const idle = connect(server.port, '127.0.0.1');
    await once(idle, 'connect');
    await ask(server.url);
    await server.close();
    await once(idle, 'close');
    await server.close();
    await expect(ask(server.url)).rejects.toThrow('ECONNREFUSED');
  });

  test('is a plain object that can be spread into a fake of more', async () => {
    await using server = { ...(await startFakeServer(() => ({}))), tokens: [] };
    await ask(server.url);
    expect(server.requests).toHaveLength(1);
  });
});

describe('A fault', () => {
  test.each<[string, Fault, object]>([
    ['status', { kind: 'status', status: 503 }, { status: 503, body: '' }],
    [
      'status with Retry-After and a body',
      { kind: 'status', status: 429, retryAfter: '7', body: { error: 'slow' } },
      {
        status: 429,
        body: '{"error":"slow"}',
        headers: expect.objectContaining({ 'retry-after': '7' }),
      },
    ],
    ['malformed-json', { kind: 'malformed-json' }, { status: 200, body: '{"hello"' }],
    [
      'reply',
      { kind: 'reply', reply: { status: 200, body: { hello: 7 } } },
      { body: '{"hello":7}' },
    ],
    [
      'drip',
      { kind: 'drip', chunkBytes: 5, delayMs: 1 },
      { status: 200, body: '{"hello":"world"}' },
    ],
  ])('%s changes one answer', async (_name, fault, expected) => {
    await using server = await startFakeServer(() => ({ body: hello }));
    server.inject(fault, { times: 1 });
    expect(await ask(server.url)).toMatchObject(expected);
    expect(await ask(server.url)).toMatchObject({ status: 200, body: '{"hello":"world"}' });
    expect(server.requests).toHaveLength(2);
  });

  test.each(['http', 'https'])('reset cuts the answer in its middle over %s', async (scheme) => {
    const tls = await createTestCertificate(['127.0.0.1']);
    await using server = await startFakeServer(
      () => ({ body: hello }),
      scheme === 'https' ? { tls } : {},
    );
    server.inject({ kind: 'reset' });
    await expect(ask(server.url, { ca: tls.ca })).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('delay lets the real answer come late, and drip lets it take its time', async () => {
    await using server = await startFakeServer(() => ({ body: hello }));
    server.inject({ kind: 'delay', delayMs: 40 }, { times: 1 });
    server.inject({ kind: 'drip', chunkBytes: 9, delayMs: 20 }, { times: 1 });
    expect(await elapsedMs(() => ask(server.url))).toBeGreaterThanOrEqual(39);
    expect(await elapsedMs(() => ask(server.url))).toBeGreaterThanOrEqual(39);
  });

  test('hang never answers, until the server closes', async () => {
    const server = await startFakeServer(() => ({ body: hello }));
    server.inject({ kind: 'hang' });
    const asked = ask(server.url);
    await untilTrue(() => server.requests.length === 1);
    expect(await Promise.race([asked, sleep(30, 'nothing')])).toBe('nothing');
    await server.close();
    await expect(asked).rejects.toThrow('socket hang up');
    expect(server.requests).toHaveLength(1);
  });

  test.each<Fault>([
    { kind: 'delay', delayMs: 60_000 },
    { kind: 'drip', chunkBytes: 1, delayMs: 60_000 },
  ])('$kind keeps nobody waiting when the server closes', async (fault) => {
    const server = await startFakeServer(() => ({ body: hello }));
    server.inject(fault);
    const asked = ask(server.url);
    await untilTrue(() => server.requests.length === 1);
    await server.close();
    await expect(asked).rejects.toThrow(/socket hang up|aborted/);
  });

  test('drip stops when its client has left', async () => {
    await using server = await startFakeServer(() => ({ body: 'x'.repeat(10_000) }));
    server.inject({ kind: 'drip', chunkBytes: 1, delayMs: 5 });
    await expect(ask(server.url, { timeout: 5, signal: AbortSignal.timeout(20) })).rejects.toThrow(
      'aborted',
    );
    server.clearFaults();
    await sleep(10);
    expect((await ask(server.url)).status).toBe(200);
  });

  test('is met by the requests that it is for, as often as it says, in the order of injection', async () => {
    await using server = await startFakeServer(() => ({ status: 200 }));
    server.inject({ kind: 'status', status: 500 }, { times: 1 });
    server.inject({ kind: 'status', status: 501 }, { times: 2, when: ({ path }) => path === '/a' });
    const statusOf = async (path: string): Promise<unknown> =>
      (await ask(server.url + path)).status;
    expect(await statusOf('/b')).toBe(500);
    expect(await statusOf('/b')).toBe(200);
    expect(await statusOf('/a')).toBe(501);
    expect(await statusOf('/a')).toBe(501);
    expect(await statusOf('/a')).toBe(200);
  });

  test('stays until it is cleared when it says nothing else', async () => {
    await using server = await startFakeServer(() => ({ status: 200 }));
    server.inject({ kind: 'status', status: 500 });
    expect((await ask(server.url)).status).toBe(500);
    expect((await ask(server.url)).status).toBe(500);
    server.clearFaults();
    expect((await ask(server.url)).status).toBe(200);
  });

  test.each([0, -1, NaN])('is refused for %p times', async (times) => {
    await using server = await startFakeServer(() => ({}));
    expect(() => server.inject({ kind: 'hang' }, { times })).toThrow(
      new TypeError('times must be a number above 0'),
    );
  });
});

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}
