// A message as the one line that a log, or a client, makes of it.

/** What a terminal or a log takes for something other than text, or what turns the text around. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/** A text as one line, whatever is in it. */
export function oneLine(text: string): string {
  return text
    .replaceAll(CONTROLS, (characters) => (/^\s+$/.test(characters) ? ' ' : '\uFFFD'))
    .trim();
}
