import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { TimeoutError } from '../../../src/errors.ts';
import { withoutProxies } from './environment.ts';
import {
  failure,
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

describe('A stream that nobody wants any more', () => {
  test.each(['before it is read', 'after a chunk'])('ends its connection %s', async (when) => {
    const { stream, chunks } = await server.openHalf();
    if (when === 'after a chunk') await chunks.next();
    stream.cancel();
    await server.untilClosed();
    expect(server.clock.pendingTimers()).toBe(0);
  });

  test('ends its connection while it is read', async () => {
    const { stream, chunks } = await server.openHalf();
    await chunks.next();
    const next = failure(chunks.next());
    stream.cancel();
    expect((await next).message).toBe(`GET ${server.url}: ${CUT} (ERR_STREAM_PREMATURE_CLOSE)`);
    await server.untilClosed();
    expect(server.clock.pendingTimers()).toBe(0);
  });

  test('ends its connection when whoever reads stops', async () => {
    const { stream } = await server.openHalf();
    for await (const chunk of stream.body) {
      expect(chunk).toEqual(Buffer.from('hello'));
      break;
    }
    await server.untilClosed();
    expect(server.clock.pendingTimers()).toBe(0);
  });
});

describe('The deadline of a stream', () => {
  test('is one of its head', async () => {
    const asked = new Promise<void>((resolve) => {
      server.answer = () => resolve();
    });
    const opening = failure(server.open());
    await asked;
    server.clock.advance(99);
    expect(server.clock.keepAliveTimers()).toBe(1);
    server.clock.advance(1);
    const error = await opening;
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.message).toBe(`GET ${server.url} took longer than 100 ms`);
    await server.untilClosed();
  });

  test('is one of each pause of its body', async () => {
    const { chunks, response } = await server.openHalf();
    const { clock } = server;
    const first = chunks.next();
    clock.advance(99);
    await first;
    const second = chunks.next();
    expect(clock.keepAliveTimers()).toBe(1);
    clock.advance(99);
    response.write('w');
    await second;
    const third = failure(chunks.next());
    clock.advance(100);
    const error = await third;
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error.message).toBe(`GET ${server.url} took longer than 100 ms`);
    await server.untilClosed();
    expect(clock.pendingTimers()).toBe(0);
  });

  test('does not run while whoever reads is busy, however long', async () => {
    const { chunks, response } = await server.openHalf();
    const { clock } = server;
    expect(clock.pendingTimers()).toBe(0);
    clock.advance(1_000_000);
    await chunks.next();
    expect(clock.pendingTimers()).toBe(0);
    clock.advance(1_000_000);
    response.end('world');
    expect((await chunks.next()).value).toEqual(Buffer.from('world'));
    clock.advance(1_000_000);
    expect(await chunks.next()).toMatchObject({ done: true });
  });
});

describe('The signal of a stream', () => {
  const reason = new Error('enough');
  let controller: AbortController;
  let signal: AbortSignal;

  beforeEach(() => {
    controller = new AbortController();
    ({ signal } = controller);
  });

  test('that is aborted already lets nothing be sent', async () => {
    controller.abort(reason);
    await expect(server.open({ signal })).rejects.toBe(reason);
    expect(server.sockets).toEqual([]);
  });

  test('ends it before its head is there', async () => {
    server.answer = () => controller.abort(reason);
    await expect(server.open({ signal })).rejects.toBe(reason);
    await server.untilClosed();
  });

  test.each(['before it is read', 'while a chunk is used'])('ends it %s', async (when) => {
    const { chunks } = await server.openHalf({ signal });
    if (when === 'while a chunk is used') await chunks.next();
    controller.abort(reason);
    await server.untilClosed();
    await expect(chunks.next()).rejects.toBe(reason);
    expect(server.clock.pendingTimers()).toBe(0);
  });

  test('ends it before it is read, also where all of it has come', async () => {
    server.answer = (response) => response.end('hello');
    const stream = await server.open({ signal });
    await pause();
    controller.abort('a text');
    await expect(textOf(stream)).rejects.toBe('a text');
  });

  test('ends it while a chunk is waited for', async () => {
    const { chunks } = await server.openHalf({ signal });
    await chunks.next();
    const next = chunks.next();
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
    await server.untilClosed();
    expect(server.clock.pendingTimers()).toBe(0);
  });

  test('has nothing left on it, however the stream ends', async () => {
    server.answer = (response) => response.end('hello');
    await textOf(await server.open({ signal }));
    const unwanted = await server.openHalf({ signal });
    unwanted.stream.cancel();
    const { stream } = await server.openHalf({ signal });
    expect(getEventListeners(signal, 'abort')).not.toEqual([]);
    server.sockets.at(-1)?.destroy();
    await failure(textOf(stream));
    await pause();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
