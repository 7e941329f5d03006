// Strings of a JSON document, unquoted as Go's encoding/json does it (decode.go, unquoteBytes, Go 1.26).

import { byteAt, fail, type JsonReader } from './json-error.ts';
import { decodeGoUtf8 } from './utf8.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const ZERO = 0x30;
const BACKSLASH = 0x5c;

/** Reads a string, from its quotation mark. */
export function readString(reader: JsonReader): string {
  const { bytes } = reader;
  const start = reader.offset + 1;
  let index = start;
  let seen = 0;
  let byte = bytes[index] ?? 0;
  while (byte !== QUOTE) {
    if (byte === BACKSLASH) return readEscapedString(reader, start, index);
    if (byte < SPACE) failInString(reader, index);
    seen |= byte;
    index += 1;
    byte = bytes[index] ?? 0;
  }
  reader.offset = index + 1;
  return seen < 0x80 ? bytes.toString('latin1', start, index) : textBetween(bytes, start, index);
}

/** Passes over a string, from its quotation mark, checking it. */
export function skipString(reader: JsonReader): void {
  const { bytes } = reader;
  let index = reader.offset + 1;
  for (;;) {
    const byte = bytes[index] ?? 0;
    if (byte === QUOTE) break;
    if (byte < SPACE) failInString(reader, index);
    if (byte === BACKSLASH) index = checkEscape(reader, index);
    else index += 1;
  }
  reader.offset = index + 1;
}

const SIMPLE_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x22, '"'],
  [0x5c, '\\'],
  [0x2f, '/'],
  [0x62, '\b'],
  [0x66, '\f'],
  [0x6e, '\n'],
  [0x72, '\r'],
  [0x74, '\t'],
]);

/** Gives the index behind the escape that begins at `index`. */
function checkEscape(reader: JsonReader, index: number): number {
  reader.offset = index + 1;
  const byte = byteAt(reader);
  if (SIMPLE_ESCAPES.has(byte)) return index + 2;
  if (byte !== 0x75) fail(reader, 'in string escape code');
  for (let digit = 0; digit < 4; digit += 1) {
    reader.offset += 1;
    if (!isHexDigit(byteAt(reader))) fail(reader, 'in \\u hexadecimal character escape');
  }
  return index + 6;
}

function readEscapedString(reader: JsonReader, start: number, firstEscape: number): string {
  const { bytes } = reader;
  const pieces = [textBetween(bytes, start, firstEscape)];
  let index = firstEscape;
  while (bytes[index] !== QUOTE) {
    if (bytes[index] === BACKSLASH) {
      const end = checkEscape(reader, index);
      pieces.push(
        SIMPLE_ESCAPES.get(bytes.readUInt8(index + 1)) ?? bytes.toString('latin1', index, end),
      );
      index = end;
      continue;
    }
    const from = index;
    while (bytes[index] !== QUOTE && bytes[index] !== BACKSLASH) {
      if ((bytes[index] ?? 0) < SPACE) failInString(reader, index);
      index += 1;
    }
    pieces.push(textBetween(bytes, from, index));
  }
  reader.offset = index + 1;
  return joinPieces(pieces);
}

/** Joins text and `\uXXXX` escapes; a surrogate without its partner becomes U+FFFD, as in Go. */
function joinPieces(pieces: readonly string[]): string {
  return pieces
    .map((piece) => {
      const unit = escapedUnit(piece);
      return unit === undefined ? piece : String.fromCharCode(unit);
    })
    .join('')
    .toWellFormed();
}

/** A piece is an escape exactly when it begins with a backslash and is six long: text pieces hold no backslash. */
function escapedUnit(piece: string): number | undefined {
  return piece.length === 6 && piece.startsWith('\\u')
    ? Number.parseInt(piece.slice(2), 16)
    : undefined;
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= ZERO && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

function textBetween(bytes: Buffer, start: number, end: number): string {
  return decodeGoUtf8(bytes.subarray(start, end));
}

function failInString(reader: JsonReader, index: number): never {
  reader.offset = index;
  fail(reader, 'in string literal');
}
