// One HTTP exchange as Node does it: within a deadline, a size, and no redirect.

import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TimeoutError } from '../../errors.ts';
import { addressKind } from './address-kind.ts';
import { withDeadline } from '../deadline.ts';
import { agentFor, type ChosenAgent } from './http-agents.ts';
import { HttpFailure, reasonOf } from './http-failure.ts';
import type { HttpRequest, HttpResponse, HttpStream, System } from '../system.ts';

const MAX_BYTES = 1024 * 1024;

type Timers = Pick<System, 'setTimer'>;

/**
 * Sends a request and gives what came back, whatever its status.
 *
 * @throws {@link HttpFailure} when nothing or too much came back, a {@link TimeoutError}, or the signal's reason.
 */
export async function exchange(system: Timers, request: HttpRequest): Promise<HttpResponse> {
  const sent = preparedOf(request);
  return withDeadline(system, deadlineOf(sent), (stop) =>
    failingAs(sent, async () => {
      const chosen = await agentFor(sent.url, request);
      const response = await send(sent, chosen, stop);
      return { ...headOf(response, chosen), body: await readAll(response, request) };
    }),
  );
}

/**
 * Sends a request and gives the head of what came back, whatever its status.
 *
 * @throws as {@link exchange}, which its body does as well.
 */
export async function openStream(system: Timers, request: HttpRequest): Promise<HttpStream> {
  const sent = preparedOf(request);
  return withDeadline(system, deadlineOf(sent), (stop) =>
    failingAs(sent, async () => {
      const chosen = await agentFor(sent.url, request);
      const response = await send(sent, chosen, stop);
      stopBy(request.signal, response);
      return {
        ...headOf(response, chosen),
        body: chunksOf(system, response, sent),
        cancel: () => void response.destroy(),
      };
    }),
  );
}

/** A request, looked at. */
interface Prepared {
  readonly url: URL;
  readonly operation: string;
  readonly request: HttpRequest;
}

function preparedOf(request: HttpRequest): Prepared {
  const url = parseUrl(request.url);
  const { method = 'GET' } = request;
  return { url, operation: `${method} ${url.origin}${url.pathname}`, request };
}

function deadlineOf({ operation, request }: Prepared): Parameters<typeof withDeadline>[1] {
  return { operation, timeoutMs: request.timeoutMs, signal: request.signal };
}

async function failingAs<T>({ operation }: Prepared, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Node's HTTP parser quotes what it cannot read, and that may be an answer with a secret.
    delete (error as { rawPacket?: unknown }).rawPacket;
    throw new HttpFailure(reasonOf(error), { operation, cause: error });
  }
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new TypeError('An HTTP request needs an http:// or https:// URL');
}

function send(
  { url, request }: Prepared,
  { agent }: ChosenAgent,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { method = 'GET', headers = {}, body } = request;
  const { request: open } =
    url.protocol === 'https:'
      ? process.getBuiltinModule('node:https')
      : process.getBuiltinModule('node:http');
  return new Promise((resolve, reject) => {
    const outgoing: ClientRequest = open(url, { method, headers, agent, signal });
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

function headOf(response: IncomingMessage, { isProxied }: ChosenAgent): Omit<HttpResponse, 'body'> {
  const remote = isProxied ? undefined : response.socket.remoteAddress;
  return {
    status: response.statusCode as number,
    headers: new Map(Object.entries(response.headersDistinct as Record<string, string[]>)),
    ...(remote === undefined ? {} : { address: addressKind(remote) }),
  };
}

async function readAll(
  response: IncomingMessage,
  { maxBytes = MAX_BYTES }: HttpRequest,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw new HttpFailure(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
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
  sent: Prepared,
): AsyncGenerator<Uint8Array, void> {
  const { operation, request } = sent;
  const { timeoutMs, signal } = request;
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
