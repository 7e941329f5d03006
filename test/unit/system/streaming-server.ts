// A server that a test lets write what it wants, when it wants, and streams from it with a clock that stands still.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { openStream } from '../../../src/system/http/http.ts';
import type { HttpRequest, HttpStream } from '../../../src/system/system.ts';
import { fakeSystem, type FakeSystem } from '../fakes/fake-system.ts';

/** The server, with handles for the test. */
export interface StreamingServer {
  readonly url: string;
  /** Connections so far. */
  readonly sockets: readonly Socket[];
  /** The clock of the deadlines, which are 100 ms. */
  readonly clock: FakeSystem;
  /** What it does with a request. */
  answer: (response: ServerResponse, request: IncomingMessage) => void;
  /** Opens a stream of `url` with a query. */
  open(request?: Partial<HttpRequest>): Promise<HttpStream>;
  /** Opens a stream of which `hello` has come and five bytes have not. */
  openHalf(request?: Partial<HttpRequest>): Promise<HalfStream>;
  /** Until its first connection is closed, by whichever side. */
  untilClosed(): Promise<void>;
  close(): Promise<void>;
}

/** A stream, and how the server goes on with it. */
interface HalfStream {
  readonly stream: HttpStream;
  readonly chunks: AsyncIterator<Uint8Array>;
  readonly response: ServerResponse;
}

/** Starts a server that does not answer yet. */
export async function startStreamingServer(): Promise<StreamingServer> {
  const clock = fakeSystem();
  const sockets: Socket[] = [];
  const server = createServer((request, response) => streaming.answer(response, request));
  server.on('connection', (socket) => void sockets.push(socket.on('error', () => {})));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/blob`;
  const streaming: StreamingServer = {
    url,
    sockets,
    clock,
    answer: () => {},
    open: (request) => openStream(clock, { url: `${url}?secret`, timeoutMs: 100, ...request }),
    async openHalf(request) {
      const sent = new Promise<ServerResponse>((resolve) => {
        streaming.answer = (response) => {
          response.writeHead(200, { 'content-length': '10' }).write('hello');
          resolve(response);
        };
      });
      const stream = await streaming.open(request);
      return { stream, chunks: iterate(stream), response: await sent };
    },
    async untilClosed() {
      const [socket] = sockets;
      if (socket?.closed === false) await once(socket, 'close');
    },
    async close() {
      const closed = new Promise((resolve) => void server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return streaming;
}

/** Reads a body by hand. */
export function iterate({ body }: HttpStream): AsyncIterator<Uint8Array> {
  return body[Symbol.asyncIterator]();
}

/** Reads a body to its end. */
export async function textOf({ body }: HttpStream): Promise<string> {
  let text = '';
  for await (const chunk of body) text += Buffer.from(chunk).toString('latin1');
  return text;
}

/** What work rejects with. */
export async function failure(work: Promise<unknown>): Promise<Error> {
  return await work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as Error,
  );
}

/** Until what is under way in this process has come about. */
export function pause(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 50));
}
