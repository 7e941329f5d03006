// What YAML 1.1 tells apart among characters. Source: go.yaml.in/yaml/v2 v2.4.4 yamlprivateh.go.

/** What is read behind the end. No document can hold it: control characters are refused. */
export const END = '\0';

/** A line break of YAML 1.1. */
export function isBreak(character: string): boolean {
  return '\n\r\u0085\u2028\u2029'.includes(character);
}

/** A space or tab. */
export function isBlank(character: string): boolean {
  return character === ' ' || character === '\t';
}

/** A line break or the end. */
export function isBreakOrEnd(character: string): boolean {
  return character === END || isBreak(character);
}

/** A space, a tab, a line break or the end. */
export function isSpace(character: string): boolean {
  return isBlank(character) || isBreakOrEnd(character);
}

/** What names of anchors and directives consist of. */
export function isWord(character: string): boolean {
  return /[\w-]/.test(character);
}
