// Output that whoever reads it shows and does not obey. CI systems take lines of a program's output for commands, and text
// from outside (an image's name, a key, a server's words) must not get to give them any.

/**
 * GitHub Actions obeys `::command` at the beginning of a line, behind white space too (actions/runner, ActionCommand.cs);
 * Azure Pipelines `##vso[…]` and `##[…]`, TeamCity `##teamcity[…]`, and GitHub `##[…]`, anywhere in it.
 */
// Without line ends, of which each begins a line: a run of them would be read from each of its places.
const LINE_COMMAND = /^((?:[^\S\n\r\u2028\u2029]|\p{Cc}\[[\d;]*m)*):(?=:)/gmu;
const BRACKET_COMMAND = /##(?=[a-z]*\[)/gi;

/** Text for people: what would be a command becomes visible as `printable` makes characters visible. */
export function inertText(text: string): string {
  return withoutBrackets(text).replaceAll(LINE_COMMAND, '$1\\u{3a}');
}

/** Text whose lines may be commands of our own. */
export function withoutBrackets(text: string): string {
  return text.replaceAll(BRACKET_COMMAND, '#\\u{23}');
}

/**
 * What a terminal obeys, what turns text around, and the beginning of commands in brackets. Line ends and tabs stand between
 * JSON's values only.
 */
const ESCAPED = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|#(?=#[a-z]*\[)/giu;

/**
 * JSON with a line end behind it. Characters that are not for terminals are escaped, which JSON.stringify does for some of
 * them only; for who parses it, it is the same.
 */
export function jsonText(value: unknown, indent: string | number = 2): string {
  return `${JSON.stringify(value, undefined, indent).replaceAll(ESCAPED, escaped)}\n`;
}

function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
