// The characters of a YAML document, decoded piece by piece: what is wrong behind the first document is not noticed as
// long as nobody looks there. Source: go.yaml.in/yaml/v2 v2.4.4 readerc.go.

import { isBreak, END } from './characters.ts';
import { decodeCharacter, type Encoding } from './decode-character.ts';
import type { Mark } from './mark.ts';
import { YamlError } from './yaml-error.ts';

/** A document being read. */
export interface YamlReader {
  readonly bytes: Uint8Array;
  encoding: Encoding;
  /** The first byte that is not decoded. */
  byteOffset: number;
  /** The end of the piece that is being decoded. */
  pieceEnd: number;
  readonly characters: string[];
  index: number;
  line: number;
  column: number;
}

/** Go's raw buffer. */
const PIECE_BYTES = 512;

/** Begins to read; a byte order mark decides the encoding. */
export function yamlReader(bytes: Uint8Array): YamlReader {
  const reader = { bytes, characters: [], index: 0, line: 0, column: 0, pieceEnd: 0 };
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return { ...reader, encoding: 'utf16le', byteOffset: 2 };
  if (first === 0xfe && second === 0xff) return { ...reader, encoding: 'utf16be', byteOffset: 2 };
  const hasMark = first === 0xef && second === 0xbb && third === 0xbf;
  return { ...reader, encoding: 'utf8', byteOffset: hasMark ? 3 : 0 };
}

/** The character at a distance from the reader's place. */
export function peek(reader: YamlReader, ahead = 0): string {
  const wanted = reader.index + ahead;
  while (wanted >= reader.characters.length) {
    if (!decodePiece(reader)) return END;
  }
  return reader.characters[wanted] as string;
}

/** Whether a text stands at the reader's place. */
export function startsWith(reader: YamlReader, text: string): boolean {
  return Array.from(text).every((character, ahead) => peek(reader, ahead) === character);
}

/** The reader's place. */
export function markOf({ index, line, column }: YamlReader): Mark {
  return { index, line, column };
}

/** Takes a character that is no line break. */
export function take(reader: YamlReader): string {
  const character = peek(reader);
  reader.index += 1;
  reader.column += 1;
  return character;
}

/** Takes characters that a condition holds for. */
export function takeWhile(reader: YamlReader, condition: (character: string) => boolean): string {
  const taken: string[] = [];
  while (condition(peek(reader))) taken.push(take(reader));
  return taken.join('');
}

/** Takes a line break, which folds to a newline unless it is one of Unicode's own; nothing where there is none. */
export function takeBreak(reader: YamlReader): string {
  const character = peek(reader);
  if (!isBreak(character)) return '';
  reader.index += character === '\r' && peek(reader, 1) === '\n' ? 2 : 1;
  reader.line += 1;
  reader.column = 0;
  return character === '\u2028' || character === '\u2029' ? character : '\n';
}

/** `false` at the end. */
function decodePiece(reader: YamlReader): boolean {
  const { bytes } = reader;
  const end = Math.min(reader.byteOffset + PIECE_BYTES, bytes.length);
  const isLast = end === reader.pieceEnd;
  reader.pieceEnd = end;
  while (reader.byteOffset < end) {
    const decoded = decodeCharacter(bytes.subarray(reader.byteOffset, end), reader.encoding);
    if (decoded === undefined && !isLast) return true;
    if (decoded === undefined) throw incomplete(reader, end);
    if ('problem' in decoded) throw new YamlError(decoded.problem, markAtEnd(reader));
    reader.characters.push(String.fromCodePoint(decoded.code));
    reader.byteOffset += decoded.length;
  }
  return !isLast;
}

function incomplete(reader: YamlReader, end: number): YamlError {
  const mark = markAtEnd(reader);
  if (reader.encoding === 'utf8') return new YamlError('incomplete UTF-8 octet sequence', mark);
  const isPair = end - reader.byteOffset > 1;
  return new YamlError(`incomplete UTF-16 ${isPair ? 'surrogate pair' : 'character'}`, mark);
}

/** The place behind all that was decoded, where no token begins yet. */
function markAtEnd(reader: YamlReader): Mark {
  const mark = { index: reader.index, line: reader.line, column: reader.column };
  for (; mark.index < reader.characters.length; mark.index += 1) {
    const isNewLine = isBreak(reader.characters[mark.index] as string);
    mark.line += Number(isNewLine);
    mark.column = isNewLine ? 0 : mark.column + 1;
  }
  return mark;
}
