// CI systems take certain lines of a program's output for commands. Text from outside (an image's name, a key, a server's
// message) must not become one.

/**
 * GitHub Actions executes `::command` at the beginning of a line, behind white space too (actions/runner, ActionCommand.cs);
 * Azure Pipelines `##vso[…]` and `##[…]`, TeamCity `##teamcity[…]`, and GitHub `##[…]`, anywhere in it.
 */
// Without line ends: each begins a line, and a run of them would take quadratic time.
const LINE_COMMAND = /^((?:[^\S\n\r\u2028\u2029]|\p{Cc}\[[\d;]*m)*):(?=:)/gmu;
const BRACKET_COMMAND = /##(?=[a-z]*\[)/gi;

/** For text without commands. */
export function inertText(text: string): string {
  return withoutBrackets(text).replaceAll(LINE_COMMAND, '$1\\u{3a}');
}

/** For text with commands of our own. */
export function withoutBrackets(text: string): string {
  return text.replaceAll(BRACKET_COMMAND, '#\\u{23}');
}

/** Control characters, text direction marks, and the beginning of commands in brackets. JSON's strings have no tabs or line ends. */
const ESCAPED = /(?![\t\n])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|#(?=#[a-z]*\[)/giu;

/** JSON with a line end. More characters are escaped than by JSON.stringify; it parses to the same value. */
export function jsonText(value: unknown, indent: string | number = 2): string {
  return `${JSON.stringify(value, undefined, indent).replaceAll(ESCAPED, escaped)}\n`;
}

function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
