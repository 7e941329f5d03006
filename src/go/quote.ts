// Strings as Go's `%q` prints them (strconv.Quote, Go 1.26).

const NAMED_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', String.raw`\"`],
  ['\\', String.raw`\\`],
  ['\u0007', String.raw`\a`],
  ['\b', String.raw`\b`],
  ['\f', String.raw`\f`],
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
  ['\t', String.raw`\t`],
  ['\v', String.raw`\v`],
]);

/** A string in quotes, with escapes for what Go does not print. */
export function goQuote(text: string): string {
  return `"${text.replace(/["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, escapeCharacter)}"`;
}

function escapeCharacter(character: string): string {
  const named = NAMED_ESCAPES.get(character);
  if (named !== undefined) return named;
  const code = Number(character.codePointAt(0));
  const hex = code.toString(16);
  if (code < 0x80) return String.raw`\x` + hex.padStart(2, '0');
  return code < 0x10000
    ? String.raw`\u` + hex.padStart(4, '0')
    : String.raw`\U` + hex.padStart(8, '0');
}
