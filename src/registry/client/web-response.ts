// An answer as the standard Response, its body read from the network as it is read from the Response.

import type { HttpStream } from '../../system/system.ts';

/** Statuses whose answers have no body (Fetch standard, "null body status"). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** Makes a Response. */
export function responseOf(stream: HttpStream, request: Request): Response {
  const { status } = stream;
  const headers = new Headers();
  for (const [name, values] of stream.headers) {
    for (const value of values) headers.append(name, value);
  }
  if (request.method !== 'HEAD' && !WITHOUT_BODY.has(status)) {
    return new Response(bodyOf(stream, request), { status, headers });
  }
  finish(stream).catch(() => {});
  return new Response(null, { status, headers });
}

/** Reads what has no body to its end: a connection that is cut off before serves no other request. */
async function finish({ body, cancel }: HttpStream): Promise<void> {
  const { done } = await body[Symbol.asyncIterator]().next();
  if (done !== true) cancel();
}

function bodyOf({ body, cancel }: HttpStream, request: Request): ReadableStream<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      // Also keeps the Request: its signal is no longer aborted by the caller's when it has been collected as garbage.
      request.signal.throwIfAborted();
      const { done, value } = await chunks.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel,
  });
}
