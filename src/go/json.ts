// A reader of JSON with the exact meaning of Go 1.26's encoding/json, which decides what the kubelet accepts. JSON.parse
// cannot serve: it hides duplicate members and what stands in them, quotes the document in its messages, and tells
// neither line nor column. It reads bytes, so that every string is a fresh copy that does not retain the document.

import { byteAt, fail, JsonSyntaxError, type JsonProblem, type JsonReader } from './json-error.ts';
import { readString, skipString } from './json-string.ts';

/** Go's encoding/json refuses deeper nesting (scanner.go, maxNestingDepth). */
const MAX_DEPTH = 10_000;

/** What kind of value begins at the reader's place. */
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;
const SPACE = 0x20;
const LOWER_T = 0x74;

const KINDS: ReadonlyMap<number, JsonKind> = new Map<number, JsonKind>([
  [BRACE_OPEN, 'object'],
  [BRACKET_OPEN, 'array'],
  [QUOTE, 'string'],
  [MINUS, 'number'],
  ...Array.from({ length: 10 }, (_, digit) => [ZERO + digit, 'number'] as const),
  [LOWER_T, 'boolean'],
  [0x66, 'boolean'],
  [0x6e, 'null'],
]);

/** Begins to read a document. */
export function jsonReader(bytes: Uint8Array): JsonReader {
  return {
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    offset: 0,
    depth: 0,
  };
}

/**
 * Whether a document is JSON, as Go's `json.Valid` judges.
 *
 * @param onNumber - Is given the text of every number in it.
 * @returns `undefined` when it is.
 */
export function checkJson(
  bytes: Uint8Array,
  onNumber?: (text: string) => void,
): JsonProblem | undefined {
  const reader = jsonReader(bytes);
  return syntaxProblem(() => {
    skipValue(reader, onNumber);
    expectEnd(reader);
  });
}

/** What is wrong with the syntax of what some work reads; `undefined` for nothing. */
export function syntaxProblem(work: () => void): JsonProblem | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.problem;
    throw error;
  }
}

/** The kind of the value that comes next; white space before it is passed over. */
export function nextKind(reader: JsonReader): JsonKind {
  skipSpace(reader);
  return KINDS.get(byteAt(reader)) ?? fail(reader, 'looking for beginning of value');
}

/**
 * Reads an object, from its brace.
 *
 * @param onMember - Must read the member's value, whole.
 */
export function readObject(
  reader: JsonReader,
  onMember: (name: string, nameOffset: number) => void,
): void {
  enter(reader);
  skipSpace(reader);
  while (byteAt(reader) !== BRACE_CLOSE) {
    const nameOffset = reader.offset;
    const name = readName(reader);
    onMember(name, nameOffset);
    if (!anotherMember(reader)) break;
  }
  leave(reader);
}

/** Passes over a value, checking it. Iterative, since documents may nest 10,000 deep. */
export function skipValue(reader: JsonReader, onNumber?: (text: string) => void): void {
  const closers: number[] = [];
  do {
    const kind = nextKind(reader);
    if (kind === 'object' || kind === 'array') {
      if (openContainer(reader, kind, closers)) continue;
    } else {
      skipScalar(reader, kind, onNumber);
    }
    closeContainers(reader, closers);
  } while (closers.length > 0);
}

/** Nothing but white space may follow. */
export function expectEnd(reader: JsonReader): void {
  if (!atEnd(reader)) fail(reader, 'after top-level value');
}

/** Whether nothing but white space follows, which is passed over. */
export function atEnd(reader: JsonReader): boolean {
  skipSpace(reader);
  return reader.offset >= reader.bytes.length;
}

/** Steps into a container; `false` when it was empty and is behind us again. */
function openContainer(reader: JsonReader, kind: 'object' | 'array', closers: number[]): boolean {
  const closer = kind === 'object' ? BRACE_CLOSE : BRACKET_CLOSE;
  enter(reader);
  skipSpace(reader);
  if (byteAt(reader) === closer) {
    leave(reader);
    return false;
  }
  closers.push(closer);
  if (kind === 'object') skipName(reader);
  return true;
}

/** Behind a value: passes over what closes, up to the beginning of the next value. */
function closeContainers(reader: JsonReader, closers: number[]): void {
  for (;;) {
    const closer = closers.at(-1);
    if (closer === undefined) return;
    const another = closer === BRACE_CLOSE ? anotherMember(reader) : anotherElement(reader);
    if (another) {
      if (closer === BRACE_CLOSE) skipName(reader);
      return;
    }
    leave(reader);
    closers.pop();
  }
}

function enter(reader: JsonReader): void {
  const { offset } = reader;
  const opening = String.fromCharCode(byteAt(reader));
  reader.offset += 1;
  reader.depth += 1;
  if (reader.depth > MAX_DEPTH) {
    throw new JsonSyntaxError({
      offset,
      reason: `the document nests deeper than ${MAX_DEPTH} levels`,
      // scanner.go, pushParseState: the byte that opens one level too many.
      goMessage: `invalid character '${opening}' exceeded max depth`,
    });
  }
}

function leave(reader: JsonReader): void {
  reader.offset += 1;
  reader.depth -= 1;
}

function readName(reader: JsonReader): string {
  if (byteAt(reader) !== QUOTE) fail(reader, 'looking for beginning of object key string');
  const name = readString(reader);
  expectColon(reader);
  return name;
}

function skipName(reader: JsonReader): void {
  if (byteAt(reader) !== QUOTE) fail(reader, 'looking for beginning of object key string');
  skipString(reader);
  expectColon(reader);
}

function expectColon(reader: JsonReader): void {
  skipSpace(reader);
  if (byteAt(reader) !== COLON) fail(reader, 'after object key');
  reader.offset += 1;
}

function anotherMember(reader: JsonReader): boolean {
  skipSpace(reader);
  const byte = byteAt(reader);
  if (byte === BRACE_CLOSE) return false;
  if (byte !== COMMA) fail(reader, 'after object key:value pair');
  reader.offset += 1;
  skipSpace(reader);
  // A brace behind a comma is wrong too.
  if (byteAt(reader) !== QUOTE) fail(reader, 'looking for beginning of object key string');
  return true;
}

function anotherElement(reader: JsonReader): boolean {
  skipSpace(reader);
  const byte = byteAt(reader);
  if (byte === BRACKET_CLOSE) return false;
  if (byte !== COMMA) fail(reader, 'after array element');
  reader.offset += 1;
  return true;
}

function skipScalar(reader: JsonReader, kind: JsonKind, onNumber?: (text: string) => void): void {
  if (kind === 'string') return skipString(reader);
  if (kind === 'null') return skipLiteral(reader, 'null');
  if (kind === 'boolean') return skipLiteral(reader, byteAt(reader) === LOWER_T ? 'true' : 'false');
  const start = reader.offset;
  skipNumber(reader);
  onNumber?.(reader.bytes.toString('latin1', start, reader.offset));
}

function skipLiteral(reader: JsonReader, literal: string): void {
  for (let index = 1; index < literal.length; index += 1) {
    reader.offset += 1;
    if (byteAt(reader) !== literal.charCodeAt(index)) {
      fail(reader, `in literal ${literal} (expecting '${literal.charAt(index)}')`);
    }
  }
  reader.offset += 1;
}

function skipNumber(reader: JsonReader): void {
  if (byteAt(reader) === MINUS) reader.offset += 1;
  if (byteAt(reader) === ZERO) reader.offset += 1;
  else skipDigits(reader, 'in numeric literal');
  if (byteAt(reader) === 0x2e) {
    reader.offset += 1;
    skipDigits(reader, 'after decimal point in numeric literal');
  }
  if ((byteAt(reader) | 0x20) === 0x65) {
    reader.offset += 1;
    const sign = byteAt(reader);
    if (sign === 0x2b || sign === MINUS) reader.offset += 1;
    skipDigits(reader, 'in exponent of numeric literal');
  }
}

function skipDigits(reader: JsonReader, context: string): void {
  const start = reader.offset;
  while (byteAt(reader) >= ZERO && byteAt(reader) <= 0x39) reader.offset += 1;
  if (reader.offset === start) fail(reader, context);
}

function skipSpace(reader: JsonReader): void {
  const { bytes } = reader;
  let index = reader.offset;
  for (;;) {
    const byte = bytes[index];
    if (byte !== SPACE && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    index += 1;
  }
  reader.offset = index;
}
