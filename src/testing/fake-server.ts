// A real HTTP(S) server on loopback that answers what a test says, records what it was asked, and fails on request.
// Every fake of this room is one of these. This room is for tests, of this package and of its users': it is imported by
// no other room, and imports types alone from them.

import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCertificate } from './tls/certificates.ts';
import { readRequest, type FakeReply, type FakeRequest } from './fake-request.ts';
import { createFaultQueue, type Fault, type FaultOptions, type FaultQueue } from './fault.ts';
import { startListener, type Listener } from './listener.ts';
import { sendReply } from './send-reply.ts';
import { certificateByName } from './tls/sni.ts';
import { refuseUnknown } from '../util/option-checks.ts';

/** A server on 127.0.0.1 with what it was asked. Its members may be copied into another object. */
export interface FakeServer {
  /** `http://127.0.0.1:PORT`, or `https://…` with a certificate. */
  readonly url: string;
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly port: number;
  /** Every request so far, oldest first, those that met a fault too. */
  readonly requests: readonly FakeRequest[];
  /** Lets the next requests meet a fault; several faults are met one after the other, in this order. */
  inject(fault: Fault, options?: FaultOptions): void;
  /** Forgets all faults. */
  clearFaults(): void;
  /** Stops listening and cuts every connection. Safe to call twice. */
  close(): Promise<void>;
  /** The same as {@link FakeServer.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Options of {@link startFakeServer}. */
export interface FakeServerOptions {
  /**
   * Speaks TLS with this certificate; see {@link createTestCertificate}.
   *
   * @defaultValue http
   */
  readonly tls?: TestCertificate;
  /**
   * The clock for the Date header, in milliseconds since 1970: a clock that is off shows how a client copes with skew.
   *
   * @defaultValue the machine's
   */
  readonly now?: () => number;
}

/** Computes an answer. What it throws is answered as status 500 with the error's message. */
export type FakeHandler = (request: FakeRequest) => FakeReply | Promise<FakeReply>;

/**
 * Starts a server on a free port of 127.0.0.1.
 *
 * @param handle - the answer to each request; what it throws becomes status 500.
 * @example
 * ```ts
 * await using server = await startFakeServer(({ path }) => ({ body: { path } }));
 * server.inject({ kind: 'status', status: 429, retryAfter: '1' }, { times: 1 });
 * (await fetch(`${server.url}/a`)).status; // 429
 * await (await fetch(`${server.url}/a`)).json(); // { path: '/a' }
 * server.requests.length; // 2
 * ```
 */
export async function startFakeServer(
  handle: FakeHandler,
  options: FakeServerOptions = {},
): Promise<FakeServer> {
  refuseUnknown('startFakeServer', options, { now: true, tls: true });
  const requests: FakeRequest[] = [];
  const faults = createFaultQueue<Fault, FakeRequest>();
  const server = createHttpServer(options);
  const closing = new AbortController();
  // One listener for each answer that waits, however many do.
  setMaxListeners(0, closing.signal);
  const listener = await startListener(server);
  const { now = Date.now } = options;
  const context = { handle, requests, faults, now, listener, signal: closing.signal };
  server.on('request', (message, response) => void serve(context, message, response));
  const close = async (): Promise<void> => {
    closing.abort();
    await listener.close();
  };
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${listener.host}`,
    host: listener.host,
    port: listener.port,
    requests,
    inject: faults.inject,
    clearFaults: faults.clear,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createHttpServer({ tls }: FakeServerOptions): Server {
  if (tls === undefined) return createServer();
  const { cert, key, forName } = tls;
  if (forName === undefined) return createTlsServer({ cert, key });
  return createTlsServer({ cert, key, SNICallback: certificateByName(forName) });
}

interface Context {
  readonly handle: FakeHandler;
  readonly requests: FakeRequest[];
  readonly faults: FaultQueue<Fault, FakeRequest>;
  readonly now: () => number;
  readonly listener: Listener;
  readonly signal: AbortSignal;
}

async function serve(
  context: Context,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { socket } = message;
  const request = await readRequest(message);
  if (request === undefined) return void socket.destroy();
  context.requests.push(request);
  const fault = context.faults.take(request);
  if (fault?.kind === 'hang') return;
  const reset = (): void => context.listener.reset(socket);
  try {
    if (fault?.kind === 'delay') await sleep(fault.delayMs, undefined, context);
    const reply = await replyTo(context, request, fault);
    await sendReply(response, reply, { ...context, fault, reset });
  } catch {
    // The server closed while the answer waited, or the answer can't be sent.
    socket.destroy();
  }
}

async function replyTo(
  { handle }: Context,
  request: FakeRequest,
  fault: Fault | undefined,
): Promise<FakeReply> {
  if (fault?.kind === 'reply') return fault.reply;
  if (fault?.kind === 'status') return statusReply(fault);
  try {
    return await handle(request);
  } catch (error) {
    return { status: 500, body: { error: `The fake's handler threw: ${String(error)}` } };
  }
}

function statusReply({ status, retryAfter, body }: Fault & { kind: 'status' }): FakeReply {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return { status, headers, body };
}
