// One HTTP exchange as Node does it: within a deadline, a size, and no redirect.

import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { withDeadline } from './deadline.ts';
import { agentFor } from './http-agents.ts';
import { HttpFailure, reasonOf } from './http-failure.ts';
import type { HttpRequest, HttpResponse, System } from './system.ts';

const MAX_BYTES = 1024 * 1024;

/**
 * Sends a request and gives what came back, whatever its status.
 *
 * @throws {@link HttpFailure} when nothing or too much came back, a {@link TimeoutError}, or the signal's reason.
 */
export async function exchange(
  system: Pick<System, 'setTimer'>,
  request: HttpRequest,
): Promise<HttpResponse> {
  const { method = 'GET', timeoutMs, signal } = request;
  const url = parseUrl(request.url);
  const operation = `${method} ${url.origin}${url.pathname}`;
  return withDeadline(system, { operation, timeoutMs, signal }, async (stop) => {
    try {
      const agent = await agentFor(url, request.proxy ?? 'environment');
      return await read(await send(url, { request, agent, signal: stop }), request);
    } catch (error) {
      throw new HttpFailure(reasonOf(error), { operation, cause: withoutPacket(error) });
    }
  });
}

/** Node's HTTP parser quotes what it cannot read, and that may be an answer with a secret. */
function withoutPacket(error: unknown): unknown {
  delete (error as { rawPacket?: unknown }).rawPacket;
  return error;
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new TypeError('An HTTP request needs an http:// or https:// URL');
}

interface Sending {
  readonly request: HttpRequest;
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

function send(url: URL, { request, agent, signal }: Sending): Promise<IncomingMessage> {
  const { method = 'GET', headers = {}, body } = request;
  const { request: open } =
    url.protocol === 'https:'
      ? process.getBuiltinModule('node:https')
      : process.getBuiltinModule('node:http');
  return new Promise((resolve, reject) => {
    const outgoing: ClientRequest = open(url, { method, headers, agent, signal });
    outgoing.once('error', reject);
    outgoing.once('response', resolve);
    outgoing.end(body);
  });
}

async function read(
  response: IncomingMessage,
  { maxBytes = MAX_BYTES }: HttpRequest,
): Promise<HttpResponse> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw new HttpFailure(`the answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return {
    status: response.statusCode as number,
    headers: new Map(Object.entries(response.headersDistinct as Record<string, string[]>)),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}
