// The state of reading one Docker configuration, and what all its readers do alike.

import type { DocumentPosition } from '../errors.ts';
import { shownUrl } from '../util/redaction/shown-url.ts';
import type { JsonReader } from '../go/json-error.ts';
import { readString } from '../go/json-string.ts';
import { nextKind, skipValue } from '../go/json.ts';

/** What is wrong with an entry's `auth`: it cannot be decoded, or cannot hold the user name. */
type AuthProblemCode = 'auth-malformed' | 'username-colon';

/** Something that is wrong in a document. */
export interface DocumentProblem {
  readonly code?: AuthProblemCode;
  /** What is wrong, as a phrase that quotes nothing of the document. */
  readonly reason: string;
  readonly position: DocumentPosition;
  /** The entry's name, without what could be a secret in it. */
  readonly entry?: string;
  /** Whether the kubelet rejects the whole document for it. */
  readonly strict: boolean;
}

/** How a document is read. */
export interface DecodeOptions {
  /** Whether identity and registry tokens count. The kubelet ignores them. */
  readonly tokens: boolean;
}

/** A problem, before its line and column are known. */
export interface ProblemAt {
  readonly code?: AuthProblemCode;
  readonly reason: string;
  readonly offset: number;
  readonly strict: boolean;
  /** The name of the entry in which it is, as written. */
  readonly rawKey?: string;
}

/** One document being read. */
export interface Decoding {
  readonly reader: JsonReader;
  readonly options: DecodeOptions;
  readonly problems: ProblemList;
}

/** The problems of a document that are told one by one. A document of 10 MiB may have two million. */
const MAX_PROBLEMS = 100;

/** What is wrong in a document: the first problems, the first that is strict, and how many more there are. */
export interface ProblemList {
  /** In the order in which they were found. */
  readonly listed: ProblemAt[];
  /** How many there are, those that are not listed among them. */
  count: number;
  /** The first that is not listed. */
  firstUnlisted?: ProblemAt;
}

/** Notes a problem. */
export function addProblem(list: ProblemList, problem: ProblemAt): void {
  const { listed } = list;
  list.count += 1;
  const isDecisive = problem.strict && !listed.some(({ strict }) => strict);
  if (listed.length < MAX_PROBLEMS || isDecisive) listed.push(problem);
  else list.firstUnlisted ??= problem;
}

/** What a value must be, and what follows when it is not. */
export type ValueRule = Omit<ProblemAt, 'offset'>;

/** `undefined` for null, which changes nothing in Go, and for what is no string. */
export function readStringOrNull(decoding: Decoding, rule: ValueRule): string | undefined {
  const kind = nextKind(decoding.reader);
  if (kind === 'string') return readString(decoding.reader);
  mismatch(decoding, kind === 'null', rule);
  return undefined;
}

/** Passes over a value of a wrong type; null is of none and is only passed over. */
export function mismatch(decoding: Decoding, isNull: boolean, rule: ValueRule): void {
  const { offset } = decoding.reader;
  if (!isNull) addProblem(decoding.problems, { ...rule, offset });
  skipValue(decoding.reader);
}

/** The problems with their places, and a last one for all that are not listed. */
export function placeProblemList(
  bytes: Uint8Array,
  { listed, count, firstUnlisted }: ProblemList,
): readonly DocumentProblem[] {
  if (firstUnlisted === undefined) return placeProblems(bytes, listed);
  const { offset } = firstUnlisted;
  const rest = { reason: `and ${count - listed.length} more problems`, offset, strict: false };
  const [last] = placeProblems(bytes, [rest]);
  return [...placeProblems(bytes, listed), last as DocumentProblem];
}

/** Gives problems their lines and columns, in one pass over the document. */
export function placeProblems(
  bytes: Uint8Array,
  problems: readonly ProblemAt[],
): readonly DocumentProblem[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const placed: DocumentProblem[] = [];
  // Only ever forward: a document of one line may hold 100,000 problems.
  let line = 1;
  let column = 1;
  let counted = 0;
  let lineEnd = endOfLine(text, 0);
  for (const { code, reason, offset, strict, rawKey } of problems.toSorted(
    (a, b) => a.offset - b.offset,
  )) {
    while (lineEnd < offset) {
      line += 1;
      column = 1;
      counted = lineEnd + 1;
      lineEnd = endOfLine(text, counted);
    }
    column += countCharacters(text.subarray(counted, offset));
    counted = offset;
    placed.push({
      ...(code === undefined ? {} : { code }),
      reason,
      position: { line, column },
      strict,
      ...(rawKey === undefined ? {} : { entry: shownUrl(rawKey) }),
    });
  }
  return placed;
}

function endOfLine(text: Buffer, start: number): number {
  const index = text.indexOf(0x0a, start);
  return index < 0 ? text.length : index;
}

function countCharacters(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) count += 1;
  return count;
}
