// Directives, tags, anchors and aliases. Source: go.yaml.in/yaml/v2 v2.4.4 scannerc.go.

import { isBlank, isBreakOrEnd, isSpace, isWord } from './characters.ts';
import { widthOf } from './decode-character.ts';
import { markOf, peek, startsWith, take, takeBreak, takeWhile } from './reader.ts';
import type { Mark } from './mark.ts';
import type { YamlReader } from './reader.ts';
import { addToken, skipComment, type Scanner } from './scanner.ts';
import { scannerError } from './yaml-error.ts';

/** `&name` or `*name`. */
export function scanAnchor(scanner: Scanner, type: 'anchor' | 'alias'): void {
  const { reader } = scanner;
  const start = markOf(reader);
  take(reader);
  const value = takeWhile(reader, isWord);
  const next = peek(reader);
  if (value === '' || !(isSpace(next) || '?:,]}%@`'.includes(next))) {
    fail(reader, start, 'did not find expected alphabetic or numeric character');
  }
  addToken(scanner, { type, start, value });
}

/** `%YAML 1.1` or `%TAG ! prefix`. */
export function scanDirective(scanner: Scanner): void {
  const { reader } = scanner;
  const start = markOf(reader);
  take(reader);
  const name = takeWhile(reader, isWord);
  if (name === '') fail(reader, start, 'could not find expected directive name');
  if (!isSpace(peek(reader))) {
    fail(reader, start, 'found unexpected non-alphabetical character');
  }
  if (name === 'YAML') scanVersion(scanner, start);
  else if (name === 'TAG') scanTagDirective(scanner, start);
  else fail(reader, start, 'found unknown directive name');
  takeWhile(reader, isBlank);
  skipComment(reader);
  if (!isBreakOrEnd(peek(reader))) {
    fail(reader, start, 'did not find expected comment or line break');
  }
  takeBreak(reader);
}

function scanVersion(scanner: Scanner, start: Mark): void {
  const { reader } = scanner;
  takeWhile(reader, isBlank);
  const major = scanVersionNumber(reader, start);
  if (peek(reader) !== '.') {
    fail(reader, start, "did not find expected digit or '.' character");
  }
  take(reader);
  const minor = scanVersionNumber(reader, start);
  addToken(scanner, { type: 'version-directive', start, value: `${major}.${minor}` });
}

function scanVersionNumber(reader: YamlReader, start: Mark): number {
  let digits = '';
  while (/\d/.test(peek(reader))) {
    if (digits.length === 2) fail(reader, start, 'found extremely long version number');
    digits += take(reader);
  }
  if (digits === '') fail(reader, start, 'did not find expected version number');
  return Number(digits);
}

function scanTagDirective(scanner: Scanner, start: Mark): void {
  const { reader } = scanner;
  takeWhile(reader, isBlank);
  const value = scanHandle(reader, start);
  if (!value.endsWith('!')) fail(reader, start, "did not find expected '!'");
  if (!isBlank(peek(reader))) fail(reader, start, 'did not find expected whitespace');
  takeWhile(reader, isBlank);
  const suffix = scanUri(reader, start, '');
  if (!isSpace(peek(reader))) {
    fail(reader, start, 'did not find expected whitespace or line break');
  }
  addToken(scanner, { type: 'tag-directive', start, value, suffix });
}

/** `!suffix`, `!handle!suffix`, `!<uri>`. */
export function scanTag(scanner: Scanner): void {
  const { reader } = scanner;
  const start = markOf(reader);
  const [value, suffix] = startsWith(reader, '!<')
    ? ['', scanVerbatim(reader, start)]
    : scanShorthand(reader, start);
  if (!isSpace(peek(reader))) {
    fail(reader, start, 'did not find expected whitespace or line break');
  }
  addToken(scanner, { type: 'tag', start, value, suffix });
}

function scanVerbatim(reader: YamlReader, start: Mark): string {
  take(reader);
  take(reader);
  const uri = scanUri(reader, start, '');
  if (peek(reader) !== '>') fail(reader, start, "did not find the expected '>'");
  take(reader);
  return uri;
}

function scanShorthand(reader: YamlReader, start: Mark): readonly [handle: string, suffix: string] {
  const handle = scanHandle(reader, start);
  if (handle.length > 1 && handle.endsWith('!')) return [handle, scanUri(reader, start, '')];
  const suffix = scanUri(reader, start, handle);
  return suffix === '' ? ['', '!'] : ['!', suffix];
}

function scanHandle(reader: YamlReader, start: Mark): string {
  if (peek(reader) !== '!') fail(reader, start, "did not find expected '!'");
  const handle = take(reader) + takeWhile(reader, isWord);
  return peek(reader) === '!' ? handle + take(reader) : handle;
}

const URI_CHARACTER = /[\w\-;/?:@&=+$,.!~*'()[\]]/;

/** @param head - A handle that turned out to be the beginning of the suffix. */
function scanUri(reader: YamlReader, start: Mark, head: string): string {
  const pieces: string[] = [];
  for (;;) {
    if (peek(reader) === '%') pieces.push(scanEscapes(reader, start));
    else if (URI_CHARACTER.test(peek(reader))) pieces.push(take(reader));
    else break;
  }
  if (head === '' && pieces.length === 0) fail(reader, start, 'did not find expected tag URI');
  return head.slice(1) + pieces.join('');
}

/** One character of percent-encoded UTF-8. */
function scanEscapes(reader: YamlReader, start: Mark): string {
  const bytes: number[] = [];
  do {
    const hex = peek(reader, 1) + peek(reader, 2);
    if (peek(reader) !== '%' || !/^[\da-f]{2}$/i.test(hex)) {
      fail(reader, start, 'did not find URI escaped octet');
    }
    const octet = Number.parseInt(hex, 16);
    if (bytes.length === 0 && widthOf(octet) === 0) {
      fail(reader, start, 'found an incorrect leading UTF-8 octet');
    }
    if (bytes.length > 0 && (octet & 0xc0) !== 0x80) {
      fail(reader, start, 'found an incorrect trailing UTF-8 octet');
    }
    bytes.push(octet);
    for (let taken = 0; taken < 3; taken += 1) take(reader);
  } while (bytes.length < widthOf(Number(bytes[0])));
  return Buffer.from(bytes).toString('utf8');
}

function fail(reader: YamlReader, start: Mark, problem: string): never {
  throw scannerError(problem, markOf(reader), start);
}
