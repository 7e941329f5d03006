// What Go takes for white space (unicode.IsSpace), which is not what JavaScript's \s is: with U+0085, without U+FEFF.

const SPACE = String.raw`[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const ONE_SPACE = new RegExp(`^${SPACE}$`);
const LEADING_SPACE = new RegExp(`^${SPACE}*`);

/** Whether a character is white space. */
export function isGoSpace(character: string): boolean {
  return ONE_SPACE.test(character);
}

/** A text without the white space before it. */
export function trimGoStart(text: string): string {
  return text.replace(LEADING_SPACE, '');
}
