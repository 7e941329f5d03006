// A JSON document as a tree with places. Its syntax is Go's, as for all JSON that the kubelet reads.

import { jsonReader, nextKind, readObject, skipValue } from '../json.ts';
import type { JsonReader } from '../json-error.ts';
import { readString } from '../json-string.ts';
import type { DocumentPosition } from '../../errors.ts';
import type { DocumentMember, DocumentValue } from './value.ts';

/** Which part of a text is the document, and how deep it may nest. */
export interface JsonDocumentOptions {
  /** Where it begins. Default is 0. */
  readonly begin?: number;
  /** Finds places in the whole text. */
  readonly place?: (offset: number) => DocumentPosition;
  /** Where it nests deeper, collections are taken for empty; `onTooDeep` may throw in their place. */
  readonly maxDepth: number;
  readonly onTooDeep?: (offset: number) => void;
}

interface TreeReader extends Required<
  Pick<JsonDocumentOptions, 'place' | 'maxDepth' | 'onTooDeep'>
> {
  readonly json: JsonReader;
}

/** Reads a document that was checked to be JSON. */
export function readJsonDocument(
  bytes: Uint8Array,
  { begin = 0, place = placeFinder(bytes), maxDepth, onTooDeep = () => {} }: JsonDocumentOptions,
): DocumentValue {
  const json = { ...jsonReader(bytes), offset: begin };
  return readValue({ json, place, maxDepth, onTooDeep }, 0);
}

function readValue(reader: TreeReader, depth: number): DocumentValue {
  const { json, place } = reader;
  const kind = nextKind(json);
  const position = place(json.offset);
  if (kind === 'string') return { kind, position, text: readString(json) };
  if (kind === 'object' || kind === 'array')
    return readContainer(reader, { kind, position }, depth);
  const start = json.offset;
  skipValue(json);
  if (kind === 'boolean') return { kind, position, value: json.bytes[start] === LOWER_T };
  if (kind === 'null') return { kind, position };
  return { kind, position, text: json.bytes.toString('latin1', start, json.offset) };
}

function readContainer(
  reader: TreeReader,
  { kind, position }: { kind: 'object' | 'array'; position: DocumentPosition },
  depth: number,
): DocumentValue {
  const isTooDeep = depth >= reader.maxDepth;
  if (isTooDeep) {
    reader.onTooDeep(reader.json.offset);
    skipValue(reader.json);
  }
  return kind === 'object'
    ? { kind, position, members: isTooDeep ? [] : readMembers(reader, depth) }
    : { kind, position, items: isTooDeep ? [] : readItems(reader, depth) };
}

const LOWER_T = 0x74;
const COMMA = 0x2c;
const BRACKET_CLOSE = 0x5d;

function readMembers(reader: TreeReader, depth: number): DocumentMember[] {
  const members: DocumentMember[] = [];
  readObject(reader.json, (name, nameOffset) => {
    const position = reader.place(nameOffset);
    members.push({ name, position, value: readValue(reader, depth + 1) });
  });
  return members;
}

function readItems(reader: TreeReader, depth: number): DocumentValue[] {
  const { json } = reader;
  const items: DocumentValue[] = [];
  json.offset += 1;
  for (skipSpace(json); json.bytes[json.offset] !== BRACKET_CLOSE; skipSpace(json)) {
    if (json.bytes[json.offset] === COMMA) json.offset += 1;
    items.push(readValue(reader, depth + 1));
  }
  json.offset += 1;
  return items;
}

function skipSpace(json: JsonReader): void {
  while (SPACES.has(Number(json.bytes[json.offset]))) json.offset += 1;
}

const SPACES: ReadonlySet<number> = new Set([0x20, 0x0a, 0x0d, 0x09]);

/**
 * Finds lines and columns of places in a document.
 *
 * @returns A function to be called with offsets that never go back.
 */
export function placeFinder(bytes: Uint8Array): (offset: number) => DocumentPosition {
  let at = 0;
  let line = 1;
  let column = 1;
  return (offset) => {
    for (; at < offset; at += 1) {
      const byte = Number(bytes[at]);
      if (byte === 0x0a) {
        line += 1;
        column = 1;
      } else if ((byte & 0xc0) !== 0x80) {
        // What continues a character of UTF-8 is no column of its own.
        column += 1;
      }
    }
    return { line, column };
  };
}
