// The state of reading one Docker configuration, and what all its readers do alike.

import type { DocumentPosition } from '../errors.ts';
import type { JsonReader } from './json-error.ts';
import { readString } from './json-string.ts';
import { nextKind, skipValue } from './json.ts';

/** Something that is wrong in a document. */
export interface DocumentProblem {
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
  readonly reason: string;
  readonly offset: number;
  readonly strict: boolean;
  readonly entry?: string | undefined;
}

/** One document being read. */
export interface Decoding {
  readonly reader: JsonReader;
  readonly options: DecodeOptions;
  readonly problems: ProblemAt[];
}

/** An entry's name for people: without user info, query and fragment, which may hold secrets. */
export function shownKey(rawKey: string): string {
  const withoutSuffix = rawKey.replace(/[?#].*$/s, '');
  const shown = withoutSuffix.replace(/^(https?:\/\/)?[^/]*@/, '$1');
  return shown.length > 256 ? `${shown.slice(0, 256)}…` : shown;
}

/** What a string field must be, and what follows when it is not. */
export interface StringRule {
  readonly reason: string;
  readonly strict: boolean;
  readonly entry?: string;
}

/** `undefined` for null, which changes nothing in Go, and for what is no string. */
export function readStringOrNull(decoding: Decoding, rule: StringRule): string | undefined {
  const kind = nextKind(decoding.reader);
  if (kind === 'string') return readString(decoding.reader);
  mismatch(decoding, kind === 'null', rule.reason, rule.strict, rule.entry);
  return undefined;
}

/** Passes over a value of a wrong type; null is of none and is only passed over. */
export function mismatch(
  decoding: Decoding,
  isNull: boolean,
  reason: string,
  strict = true,
  entry?: string,
): void {
  const { offset } = decoding.reader;
  if (!isNull) decoding.problems.push({ reason, offset, strict, entry });
  skipValue(decoding.reader);
}

/** Go matches field names by Unicode's simple folding (fold.go), in which ſ is an s and the Kelvin sign a k. */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll('ſ', 's');
}

/** Gives problems their lines and columns, in one pass over the document. */
export function placeProblems(
  bytes: Uint8Array,
  problems: readonly ProblemAt[],
): readonly DocumentProblem[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const placed: DocumentProblem[] = [];
  let line = 1;
  let lineStart = 0;
  for (const { reason, offset, strict, entry } of problems.toSorted(
    (a, b) => a.offset - b.offset,
  )) {
    let lineEnd = text.indexOf(0x0a, lineStart);
    while (lineEnd >= 0 && lineEnd < offset) {
      line += 1;
      lineStart = lineEnd + 1;
      lineEnd = text.indexOf(0x0a, lineStart);
    }
    const column = countCharacters(text.subarray(lineStart, offset)) + 1;
    const problem = { reason, position: { line, column }, strict };
    placed.push(entry === undefined ? problem : { ...problem, entry });
  }
  return placed;
}

function countCharacters(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) count += 1;
  return count;
}
