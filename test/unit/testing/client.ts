// A plain HTTP client for tests of the fakes: it hides nothing of what came over the wire.

import { request as plainRequest } from 'node:http';
import { request as tlsRequest, type RequestOptions } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** One request on a connection of its own; rejects with the connection's error. */
export function ask(
  url: string,
  { body, ...options }: RequestOptions & { readonly body?: string } = {},
): Promise<Answer> {
  const send = url.startsWith('https:') ? tlsRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, { agent: false, ...options }, (message) => {
      let text = '';
      message.setEncoding('utf8');
      message.on('data', (chunk: string) => (text += chunk));
      message.on('error', reject);
      message.on('end', () =>
        resolve({ status: message.statusCode, headers: message.headers, body: text }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Waits for what a fake has seen, however long a busy machine takes. */
export async function untilTrue(condition: () => boolean): Promise<void> {
  if (condition()) return;
  await sleep(2);
  await untilTrue(condition);
}
