// Whether the library's answer to a configuration is the kubelet's.

import { isDeepStrictEqual } from 'node:util';
import type { Answer, Question } from './plugin-config-judge.ts';

/** What differs; `undefined` for nothing. */
export function differenceOf(
  { path }: Question,
  kubelet: Answer,
  library: Answer,
): string | undefined {
  if (kubelet.providers !== undefined || library.providers !== undefined) {
    const same = isDeepStrictEqual(sorted(kubelet.providers), sorted(library.providers));
    return same ? undefined : 'accepted by one, or read differently';
  }
  const expected = withoutSecrets(textOf(kubelet, path));
  const found = library.readError ?? '';
  // As another kind, the document may be wrong in other ways, which Go finds first.
  if (found.endsWith('(wrong Kind)')) return undefined;
  if (isReadAhead(expected, found)) return undefined;
  if (expected === found || isSameButForQuotations(expected, found)) return undefined;
  return 'refused in other words';
}

/** What is wrong with the characters themselves: Go's reader finds it as far ahead as its buffer reaches. */
const READER_ERROR =
  /^yaml: (?:control characters|incomplete UTF|invalid (?:leading|trailing|length|Unicode)|unexpected low|expected low)/;

/** Of two faults of one document, the one that is met first depends on how far ahead one reads. */
function isReadAhead(...texts: readonly string[]): boolean {
  return texts.some((text) => READER_ERROR.test(text));
}

/** Key order is no difference. */
function sorted(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

function textOf({ readError = '', validationError }: Answer, path: string): string {
  return (
    validationError ?? readError.replace(`error decoding config ${JSON.stringify(path)}: `, '')
  );
}

/** Where Go quotes the document, or names a line of its own source, the library says the rest. */
const WITHOUT_QUOTATION: readonly (readonly [RegExp, string])[] = [
  [/^(Object '\w+' is missing) in '.*$/s, '$1'],
  [/^(yaml: cannot decode \S+) `.*` (as a \S+)$/s, '$1 $2'],
  [/^(yaml: invalid map key): .*$/s, '$1'],
  [/^(unsupported map key of type: %!s\(<nil>\)), key: .*$/s, '$1'],
  [/^(no kind .*) in scheme ".*"$/s, '$1'],
  [/(match image is invalid: parse "https:[^ ]*: invalid host): .*$/s, '$1'],
  [/^yaml: .*(?:depth|node content).*$/s, 'yaml: exceeded max depth of 500'],
  [/^(yaml: unknown anchor) '.*' (referenced)$/s, '$1 $2'],
  [/key "([^":]*:)(?:[^"\\]|\\.)+" already/g, 'key "$1[redacted]" already'],
];

/** What looks like a field of a variable, and holds its value: `{value:x}`. */
function withoutSecrets(text: string): string {
  return text
    .replaceAll(/(unknown field "[^"]*env\[\d+\]\.[^":]*:)(?:[^"\\]|\\.)+"/gi, '$1[redacted]"')
    .replaceAll(
      /(match image is invalid: parse "https:\/\/|matchImages: Invalid value: ")[^"]*@/g,
      '$1[redacted]@',
    );
}

function isSameButForQuotations(expected: string, found: string): boolean {
  return WITHOUT_QUOTATION.some(([pattern, rest]) => expected.replace(pattern, rest) === found);
}
