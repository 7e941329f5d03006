import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { TimeoutError } from '../../../src/errors.ts';
import { HttpFailure } from '../../../src/system/http/http-failure.ts';
import { nodeSystem } from '../../../src/system/node-system.ts';
import { withoutProxies } from './environment.ts';
import {
  failure,
  iterate,
  pause,
  startStreamingServer,
  textOf,
  type StreamingServer,
} from './streaming-server.ts';

const CUT = 'the connection was closed before the answer was complete';
let server: StreamingServer;
let restoreEnvironment: () => void;

beforeEach(async () => {
  restoreEnvironment = withoutProxies();
  server = await startStreamingServer();
});

afterEach(async () => {
  restoreEnvironment();
  await server.close();
});

describe('A stream', () => {
  test('gives the head before there is a body, and the body as it comes', async () => {
    let sending: ServerResponse | undefined;
    server.answer = (response) => {
      sending = response;
      response.writeHead(404, { 'x-one': ['a', 'b'] }).flushHeaders();
    };
    const stream = await server.open();
    const { status, headers, address } = stream;
    expect({ status, address }).toEqual({ status: 404, address: 'loopback' });
    expect(headers.get('x-one')).toEqual(['a', 'b']);
    const chunks = iterate(stream);
    sending?.write('hello');
    expect(await chunks.next()).toEqual({ done: false, value: Buffer.from('hello') });
    sending?.end('world');
    expect(await chunks.next()).toEqual({ done: false, value: Buffer.from('world') });
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
    expect(server.clock.pendingTimers()).toBe(0);
  });

  test('sends what an exchange sends', async () => {
    server.answer = (response, request) => {
      response.write(`${request.method} ${request.url} ${String(request.headers['x-two'])} `);
      request.pipe(response);
    };
    const stream = await server.open({ method: 'POST', headers: { 'X-Two': 'c' }, body: 'text' });
    expect(await textOf(stream)).toBe('POST /v2/blob?secret c text');
  });

  test('follows no redirect, and has no body where there is none', async () => {
    server.answer = (response) => response.writeHead(307, { location: '/elsewhere' }).end();
    const redirect = await server.open();
    expect(redirect.headers.get('location')).toEqual(['/elsewhere']);
    expect(await textOf(redirect)).toBe('');
    server.answer = (response) => response.writeHead(200, { 'content-length': '10' }).end();
    expect(await textOf(await server.open({ method: 'HEAD' }))).toBe('');
  });

  test('can be read once', async () => {
    server.answer = (response) => response.end('hello');
    const stream = await server.open();
    expect(await textOf(stream)).toBe('hello');
    expect(await textOf(stream)).toBe('');
  });

  test('of many megabytes is sent no faster than it is read', async () => {
    const [chunk, count] = [Buffer.alloc(2 ** 20, 'x'), 64];
    let sent = 0;
    server.answer = (response) => {
      const send = (): void => {
        if (sent === count) return void response.end();
        sent += 1;
        if (response.write(chunk)) send();
        else response.once('drain', send);
      };
      send();
    };
    const chunks = iterate(await server.open());
    const { value: first } = (await chunks.next()) as { value: Uint8Array };
    const untilStuck = async (before: number): Promise<void> => {
      await pause();
      if (sent !== before) await untilStuck(sent);
    };
    await untilStuck(sent);
    expect(sent).toBeLessThan(count);
    let size = first.length;
    for await (const { length } of { [Symbol.asyncIterator]: () => chunks }) size += length;
    expect([sent, size]).toEqual([count, count * chunk.length]);
  });

  test('leaves its connection to the next one once it was read', async () => {
    server.answer = (response) => response.end('hello');
    const first = await server.open();
    await textOf(first);
    await pause();
    // It is too late for that.
    first.cancel();
    await textOf(await server.open());
    expect(server.sockets).toHaveLength(1);
  });

  test('has the clock of the machine', async () => {
    const request = { url: server.url, timeoutMs: 100 };
    const opening = nodeSystem.httpStream(request);
    expect(await failure(opening)).toBeInstanceOf(TimeoutError);
    server.answer = (response) => response.flushHeaders();
    const stream = await nodeSystem.httpStream({ ...request, timeoutMs: 1000 });
    expect(await failure(textOf(stream))).toBeInstanceOf(TimeoutError);
  });
});

describe('A stream that fails', () => {
  test.each([
    ['is reset', (socket: Socket) => socket.resetAndDestroy()],
    ['ends too soon', (socket: Socket) => socket.end()],
  ])('because its connection %s says so', async (_name, cut) => {
    const { chunks } = await server.openHalf();
    await chunks.next();
    const next = failure(chunks.next());
    cut(server.sockets[0] as Socket);
    const error = await next;
    expect(error).toBeInstanceOf(HttpFailure);
    expect(error.message).toBe(`GET ${server.url}: ${CUT} (ECONNRESET)`);
    expect(error.cause).toMatchObject({ code: 'ECONNRESET' });
    expect(server.clock.pendingTimers()).toBe(0);
  });

  test('before it is read says so when it is', async () => {
    const { stream } = await server.openHalf();
    server.sockets[0]?.resetAndDestroy();
    await pause();
    const error = await failure(textOf(stream));
    expect(error.message).toBe(`GET ${server.url}: ${CUT} (ECONNRESET)`);
  });

  test('because its body is not HTTP keeps nothing of it', async () => {
    server.answer = (response, { socket }) => {
      response.flushHeaders();
      socket.write('5\r\nhello\r\nhunter2\r\n');
    };
    const error = await failure(server.open().then(textOf));
    expect(error).toBeInstanceOf(HttpFailure);
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
  });

  test('for want of a head does so as an exchange does', async () => {
    server.answer = (_response, { socket }) => socket.end('SSH-2.0-hunter2\r\n');
    const error = await failure(server.open());
    expect(error).toBeInstanceOf(HttpFailure);
    expect(error.message).toBe(
      `GET ${server.url}: what came back is not HTTP (HPE_INVALID_CONSTANT)`,
    );
    expect(error.cause).not.toHaveProperty('rawPacket');
    await expect(server.open({ url: 'hunter2' })).rejects.toThrow(
      new TypeError('An HTTP request needs an http:// or https:// URL'),
    );
    await server.close();
    const refused = await failure(server.open());
    server = await startStreamingServer();
    expect(refused.message).toContain('nothing listens there (ECONNREFUSED)');
  });
});
