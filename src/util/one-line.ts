// A message as the one line that a log, or a client, makes of it.

import type { TextOutput } from '../system/process/standard-streams.ts';

/** What a terminal or a log takes for something other than text, or what turns the text around. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** A text as one line, whatever is in it. */
export function oneLine(text: string): string {
  return text
    .replaceAll(CONTROLS, (characters) => (/^\s+$/.test(characters) ? ' ' : '\uFFFD'))
    .trim();
}

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
