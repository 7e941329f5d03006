// One HTTP exchange as Node does it: within a deadline, a size, and no redirect.

import type { Agent, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TimeoutError } from '../../errors.ts';
import { withDeadline } from '../deadline.ts';
import type { AddressKind, HttpRequest, HttpResponse, HttpStream, System } from '../system.ts';
import { addressKind } from './address-kind.ts';
import { agentFor } from './http-agents.ts';
import { HttpFailure, reasonOf } from './http-failure.ts';

const MAX_BYTES = 1024 * 1024;

type Timers = Pick<System, 'setTimer'>;
type Head = Omit<HttpResponse, 'body'>;

/**
 * Sends a request and returns what came back, whatever its status.
 *
 * @throws {@link HttpFailure} when nothing or too much came back, a {@link TimeoutError}, or the signal's reason.
 */
export function exchange(system: Timers, request: HttpRequest): Promise<HttpResponse> {
  return send(system, request, async (response, head) => ({
    ...head,
    body: await readAll(response, request),
  }));
}

/**
 * Sends a request and returns the head of what came back, whatever its status.
 *
 * @throws as {@link exchange}, which its body does as well.
 */
export function openStream(system: Timers, request: HttpRequest): Promise<HttpStream> {
  return send(system, request, async (response, head) => {
    stopBy(request.signal, response);
    const body = chunksOf(system, response, request);
    return { ...head, body, cancel: () => void response.destroy() };
  });
}

async function send<T>(
  system: Timers,
  request: HttpRequest,
  read: (response: IncomingMessage, head: Head) => Promise<T>,
): Promise<T> {
  const url = parseUrl(request.url);
  const operation = (): string => operationOf(url, request);
  const { timeoutMs, signal } = request;
  return withDeadline(system, { operation, timeoutMs, signal }, async (stop) => {
    try {
      const { agent, isProxied } = await agentFor(url, request);
      const response = await respond(url, { ...request, signal: stop }, agent);
      return await read(response, headOf(response, isProxied));
    } catch (error) {
      // Node's HTTP parser quotes what it cannot read, and that may be an answer with a secret.
      delete (error as { rawPacket?: unknown }).rawPacket;
      throw new HttpFailure(reasonOf(error), { operation: operation(), cause: error });
    }
  });
}

function parseUrl(text: string): URL {
  // Not new URL() at once: its error quotes the text.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new TypeError('An HTTP request needs an http:// or https:// URL');
}

function operationOf({ origin, pathname }: URL, { method = 'GET' }: HttpRequest): string {
  return `${method} ${origin}${pathname}`;
}

function respond(
  url: URL,
  { method = 'GET', headers = {}, body, signal }: HttpRequest,
  agent: Agent,
): Promise<IncomingMessage> {
  const { request } =
    url.protocol === 'https:'
      ? process.getBuiltinModule('node:https')
      : process.getBuiltinModule('node:http');
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent });
    // Node's option `signal` does the same, and takes longer than all else that is done here.
    signal?.addEventListener('abort', () => void outgoing.destroy(signal.reason as Error));
    outgoing.on('error', reject);
    outgoing.once('response', resolve);
    outgoing.once('socket', rememberAddress);
    outgoing.end(body);
  });
}

/** Node keeps an address that it was asked for; of a connection that the server resets nobody learns it afterwards. */
function rememberAddress(socket: Socket): void {
  if (socket.connecting) socket.once('connect', () => socket.remoteAddress);
}

const addressKinds = new WeakMap<Socket, AddressKind>();

function headOf({ statusCode, rawHeaders, socket }: IncomingMessage, isProxied: boolean): Head {
  const headers = new Map<string, string[]>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = String(rawHeaders[index]).toLowerCase();
    const value = String(rawHeaders[index + 1]);
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [value]);
    else values.push(value);
  }
  const address = isProxied ? undefined : addressOf(socket);
  return {
    status: statusCode as number,
    headers,
    ...(address === undefined ? {} : { address }),
  };
}

function addressOf(socket: Socket): AddressKind | undefined {
  const { remoteAddress } = socket;
  const known = addressKinds.get(socket);
  if (known !== undefined || remoteAddress === undefined) return known;
  const kind = addressKind(remoteAddress);
  addressKinds.set(socket, kind);
  return kind;
}

/** By events: an iterator takes twice as long for a small answer. */
function readAll(
  response: IncomingMessage,
  { maxBytes = MAX_BYTES }: HttpRequest,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    response.on('data', (chunk: Uint8Array) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= maxBytes) return;
      response.destroy(new HttpFailure(`the answer is larger than ${maxBytes} bytes`));
    });
    response.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    response.once('error', reject);
  });
}

/** From the head on, also while nobody reads. */
function stopBy(signal: AbortSignal | undefined, response: IncomingMessage): void {
  const abort = (): void => void response.destroy(signal?.reason as Error);
  signal?.addEventListener('abort', abort, { once: true });
  response.once('close', () => signal?.removeEventListener('abort', abort));
}

// While whoever reads is busy with a chunk, nobody is late.
async function* chunksOf(
  system: Timers,
  response: IncomingMessage,
  request: HttpRequest,
): AsyncGenerator<Uint8Array, void> {
  const { timeoutMs, signal } = request;
  const operation = operationOf(new URL(request.url), request);
  const expired = new TimeoutError(operation, timeoutMs);
  const arm = (): (() => void) =>
    system.setTimer(timeoutMs, () => void response.destroy(expired), { keepAlive: true });
  let disarm = arm();
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      disarm();
      yield chunk;
      disarm = arm();
    }
  } catch (error) {
    if (error === expired) throw error;
    signal?.throwIfAborted();
    throw new HttpFailure(reasonOf(error), { operation, cause: error });
  } finally {
    disarm();
  }
}
