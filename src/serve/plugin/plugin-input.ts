// The request on standard input, as far as it may go.

import { orAbort } from '../../util/abort.ts';

/** Larger requests are refused: a token and annotations are a few KiB, and the API server takes objects of 1.5 MiB. */
const MAX_REQUEST_BYTES: number = 2 * 1024 * 1024;

/**
 * Reads everything up to the end.
 *
 * @throws the signal's reason, and an error where there is too much.
 */
export async function readInput(
  stdin: AsyncIterable<string | Uint8Array>,
  signal: AbortSignal,
): Promise<string> {
  return orAbort(signal, readAll(stdin));
}

async function readAll(stdin: AsyncIterable<string | Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const text of stdin) {
    const chunk = Buffer.from(text as string);
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES) {
      throw new Error(`the request is larger than ${MAX_REQUEST_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
