// Sends a fake's answer, whole or with a fault in it.

import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeReply } from './fake-request.ts';
import type { Fault } from './fault.ts';

/** How an answer is sent. */
export interface SendOptions {
  readonly fault?: Fault | undefined;
  /** For the Date header. */
  readonly now: () => number;
  /** Stops what still waits when the server closes. */
  readonly signal: AbortSignal;
  /** Cuts the connection with a TCP reset. */
  readonly reset: () => void;
}

/** The time that half an answer gets to arrive before its connection is reset. */
const RESET_DELAY_MS = 20;

/** Sends an answer. Rejects when the server closes meanwhile. */
export async function sendReply(
  response: ServerResponse,
  reply: FakeReply,
  options: SendOptions,
): Promise<void> {
  const { fault } = options;
  const { bytes, contentType } = encode(reply.body);
  const half = bytes.subarray(0, bytes.length / 2);
  const sent = fault?.kind === 'malformed-json' ? half : bytes;
  response.writeHead(reply.status ?? 200, {
    date: new Date(options.now()).toUTCString(),
    ...contentType,
    'content-length': String(sent.length),
    ...lowerCased(reply.headers ?? {}),
  });
  if (fault?.kind === 'reset') return sendHalf(response, half, options);
  if (fault?.kind === 'drip') return drip(response, bytes, { ...options, ...fault });
  response.end(sent);
}

async function sendHalf(
  response: ServerResponse,
  half: Buffer,
  { signal, reset }: SendOptions,
): Promise<void> {
  response.flushHeaders();
  response.write(half);
  await sleep(RESET_DELAY_MS, undefined, { signal });
  reset();
}

async function drip(
  response: ServerResponse,
  bytes: Buffer,
  how: Pick<SendOptions, 'signal'> & { readonly chunkBytes: number; readonly delayMs: number },
): Promise<void> {
  const chunkBytes = Math.max(1, how.chunkBytes);
  for (let sent = 0; sent < bytes.length && !response.destroyed; sent += chunkBytes) {
    response.flushHeaders();
    await sleep(how.delayMs, undefined, { signal: how.signal });
    response.write(bytes.subarray(sent, sent + chunkBytes));
  }
  response.end();
}

function encode(body: unknown): { bytes: Buffer; contentType?: { 'content-type': string } } {
  if (body === undefined) return { bytes: Buffer.alloc(0) };
  if (typeof body === 'string') return encoded(Buffer.from(body), 'text/plain; charset=utf-8');
  if (body instanceof Uint8Array) return encoded(Buffer.from(body), 'application/octet-stream');
  return encoded(Buffer.from(JSON.stringify(body)), 'application/json');
}

function encoded(
  bytes: Buffer,
  type: string,
): { bytes: Buffer; contentType: { 'content-type': string } } {
  return { bytes, contentType: { 'content-type': type } };
}

function lowerCased(headers: NonNullable<FakeReply['headers']>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      typeof value === 'string' ? value : [...value],
    ]),
  );
}
