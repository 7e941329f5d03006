// What a fake server is asked, as its handler and its tests see it, and what it may answer.

import type { IncomingMessage } from 'node:http';

/** A request that a fake server got. */
export interface FakeRequest {
  readonly method: string;
  /** The Host header, as sent: `login.microsoftonline.com`, or with a port. */
  readonly host: string;
  /** The path as sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The query as sent, without its `?`. */
  readonly rawQuery: string;
  /** Headers by their names in lower case. Where one was repeated, see {@link FakeRequest.rawHeaders}. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Names and values in turn, as sent, with their case and their repetitions. */
  readonly rawHeaders: readonly string[];
  /** The body as text (UTF-8). */
  readonly body: string;
}

/** What a fake server answers. */
export interface FakeReply {
  /** @defaultValue 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** A string and bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
}

/** What a fake server reads of one request at most. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Reads a request to its end; undefined for one that the client gave up or that is too large. */
export async function readRequest(message: IncomingMessage): Promise<FakeRequest | undefined> {
  const body = await readBody(message);
  if (body === undefined) return undefined;
  const { method = '', url = '' } = message;
  const { host = '' } = message.headers;
  const [path = '', ...query] = url.split('?');
  const rawQuery = query.join('?');
  return {
    method,
    host,
    path,
    query: new URLSearchParams(rawQuery),
    rawQuery,
    headers: flatHeaders(message),
    rawHeaders: message.rawHeaders,
    body,
  };
}

async function readBody(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function flatHeaders(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headersDistinct).map(([name, values = []]) => [name, values.join(', ')]),
  );
}
