// Whether the library's answer to a configuration is the kubelet's.

import { isDeepStrictEqual } from 'node:util';
import { knownDifference, type Difference, type Effect } from '../yaml-differences.ts';
import type { Answer, Question } from './plugin-config-judge.ts';

/** What differs; `undefined` for nothing. */
export function differenceOf(
  { path, document = '' }: Question,
  kubelet: Answer,
  library: Answer,
): Difference | undefined {
  const isAccepted = kubelet.providers !== undefined || library.providers !== undefined;
  const found = isAccepted ? compareValues(kubelet, library) : compareWords(path, kubelet, library);
  if (found === undefined) return undefined;
  const [what, effect] = found;
  return { what, reason: knownDifference(Buffer.from(document, 'base64'), effect) };
}

type Found = readonly [what: string, effect: Effect];

function compareValues(kubelet: Answer, library: Answer): Found | undefined {
  if (isDeepStrictEqual(sorted(kubelet.providers), sorted(library.providers))) return undefined;
  if (library.providers === undefined) return ['refused, and the kubelet accepts it', 'refused'];
  return kubelet.providers === undefined
    ? ['accepted, and the kubelet refuses it', 'taken']
    : ['read differently', 'read'];
}

function compareWords(path: string, kubelet: Answer, library: Answer): Found | undefined {
  const expected = withoutSecrets(textOf(kubelet, path));
  const found = library.readError ?? '';
  if (SYNTAX_OR_TYPE_ERROR.test(expected)) return undefined;
  // As another kind, the document may be wrong in other ways, which Go finds first.
  if (found.endsWith('(wrong Kind)')) return undefined;
  if (expected === found || isSameButForQuotations(expected, found)) return undefined;
  return ['refused in other words', NOT_READ.test(found) ? 'refused' : 'read'];
}

/** What the kubelet says of documents that are no YAML or JSON, and of values of a wrong type: its words are not kept. */
const SYNTAX_OR_TYPE_ERROR =
  /^(?:yaml|json|time): |^unsupported map key|json parse error: (?!json)|^strict decoding error: yaml: /;
const NOT_READ = /^not (?:YAML|JSON): |^the JSON ends/;

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
