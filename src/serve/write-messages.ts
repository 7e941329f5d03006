// Messages on standard error of a program that is served.

import type { TextOutput } from '../system/process/standard-streams.ts';
import { oneLine } from '../util/text/one-line.ts';

/** Writes each message as one line. Never rejects: a closed standard error does not fail the request. */
export async function writeMessages(stderr: TextOutput, ...messages: string[]): Promise<void> {
  if (messages.length === 0) return;
  const lines = messages.map((message) => `docker-keyring: ${oneLine(message)}\n`);
  try {
    await stderr.write(lines.join(''));
  } catch {
    // There is no other place to report it.
  }
}
