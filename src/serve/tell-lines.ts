// Messages of the programs that are served.

import type { TextOutput } from '../system/process/standard-streams.ts';
import { oneLine } from '../util/one-line.ts';

/** Tells things, each as a line of `docker-keyring`. That nobody can be told is no failure of what they are about. */
export async function tellLines(stderr: TextOutput, ...messages: string[]): Promise<void> {
  if (messages.length === 0) return;
  const lines = messages.map((message) => `docker-keyring: ${oneLine(message)}\n`);
  try {
    await stderr.write(lines.join(''));
  } catch {
    // There is nobody else to tell.
  }
}
