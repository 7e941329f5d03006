// Plain and quoted texts. Source: go.yaml.in/yaml/v2 v2.4.4 scannerc.go, yaml_parser_scan_flow_scalar and
// yaml_parser_scan_plain_scalar.

import { isBlank, isBreak, isSpace, END } from './characters.ts';
import { markOf, peek, startsWith, take, takeBreak } from './reader.ts';
import type { Mark } from './mark.ts';
import type { YamlReader } from './reader.ts';
import { addToken, documentIndicator, type Scanner } from './scanner.ts';
import { scannerError } from './yaml-error.ts';

/** A text in single or double quotes. */
export function scanQuotedScalar(scanner: Scanner): void {
  const { reader } = scanner;
  const start = markOf(reader);
  const quote = take(reader);
  const pieces: string[] = [];
  for (;;) {
    checkQuoted(reader, start);
    const isJoined = readQuotedWord(reader, { quote, start, pieces });
    if (peek(reader) === quote) break;
    pieces.push(readSpace(reader, isJoined));
  }
  take(reader);
  addToken(scanner, { type: 'scalar', start, value: pieces.join('') });
}

function checkQuoted(reader: YamlReader, start: Mark): void {
  if (documentIndicator(reader) !== undefined) {
    throw scannerError('found unexpected document indicator', markOf(reader), start);
  }
  if (peek(reader) === END) {
    throw scannerError('found unexpected end of stream', markOf(reader), start);
  }
}

/** Reads up to white space or the closing quote; `true` when it ended with an escaped line break. */
function readQuotedWord(
  reader: YamlReader,
  { quote, start, pieces }: { quote: string; start: Mark; pieces: string[] },
): boolean {
  while (!isSpace(peek(reader))) {
    if (quote === "'" && startsWith(reader, "''")) {
      take(reader);
      pieces.push(take(reader));
    } else if (peek(reader) === quote) {
      break;
    } else if (quote === '"' && peek(reader) === '\\') {
      take(reader);
      if (takeBreak(reader) !== '') return true;
      pieces.push(readEscape(reader, start));
    } else {
      pieces.push(take(reader));
    }
  }
  return false;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['0', '\0'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['t', '\t'],
  ['\t', '\t'],
  ['n', '\n'],
  ['v', '\v'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\u001b'],
  [' ', ' '],
  ['"', '"'],
  ["'", "'"],
  ['\\', '\\'],
  ['N', '\u0085'],
  ['_', '\u00a0'],
  ['L', '\u2028'],
  ['P', '\u2029'],
]);
const HEX_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);

function readEscape(reader: YamlReader, start: Mark): string {
  const mark = markBefore(reader);
  const name = peek(reader);
  const escaped = ESCAPES.get(name);
  const length = HEX_LENGTHS.get(name);
  if (escaped === undefined && length === undefined) {
    throw scannerError('found unknown escape character', mark, start);
  }
  take(reader);
  return escaped ?? readCodePoint(reader, start, Number(length));
}

function readCodePoint(reader: YamlReader, start: Mark, length: number): string {
  const mark = markOf(reader);
  const hex = Array.from({ length }, (_, ahead) => peek(reader, ahead)).join('');
  if (!/^[\da-f]+$/i.test(hex)) {
    throw scannerError('did not find expected hexdecimal number', mark, start);
  }
  const code = Number.parseInt(hex, 16);
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
    throw scannerError('found invalid Unicode character escape code', mark, start);
  }
  for (let taken = 0; taken < length; taken += 1) take(reader);
  return String.fromCodePoint(code);
}

function markBefore(reader: YamlReader): Mark {
  const { index, line, column } = markOf(reader);
  return { index: index - 1, line, column: column - 1 };
}

/** White space inside of quotes: line breaks fold, and swallow the blanks around them. */
function readSpace(reader: YamlReader, isJoined: boolean): string {
  let blanks = '';
  // A break that was escaped is one of them, and becomes nothing.
  const breaks = isJoined ? [''] : [];
  for (;;) {
    if (isBlank(peek(reader))) {
      blanks += take(reader);
    } else if (isBreak(peek(reader))) {
      breaks.push(takeBreak(reader));
    } else {
      return breaks.length === 0 ? blanks : foldBreaks(breaks);
    }
  }
}

/** A single newline becomes a space, and the first of several goes. */
function foldBreaks([first = '', ...others]: readonly string[]): string {
  const rest = others.join('');
  if (first !== '\n') return first + rest;
  return rest === '' ? ' ' : rest;
}

/** A text without quotes. */
export function scanPlainScalar(scanner: Scanner): void {
  const { reader } = scanner;
  const start = markOf(reader);
  const indent = scanner.indent + 1;
  let value = '';
  let end = start;
  let space = '';
  let hasBreaks = false;
  while (documentIndicator(reader) === undefined && peek(reader) !== '#') {
    const word = readPlainWord(scanner);
    if (word !== '') {
      value += space + word;
      end = markOf(reader);
      hasBreaks = false;
    }
    if (!isBlank(peek(reader)) && !isBreak(peek(reader))) break;
    const line = reader.line;
    space = readPlainSpace(reader, { start, indent });
    hasBreaks = reader.line > line;
    if (scanner.flowLevel === 0 && reader.column < indent) break;
  }
  addToken(scanner, { type: 'scalar', start, end, value, isPlain: true });
  if (hasBreaks) scanner.isSimpleKeyAllowed = true;
}

function readPlainWord({ reader, flowLevel }: Scanner): string {
  const characters: string[] = [];
  for (;;) {
    const character = peek(reader);
    if (isSpace(character)) break;
    if (character === ':' && isSpace(peek(reader, 1))) break;
    if (flowLevel > 0 && ',?[]{}'.includes(character)) break;
    characters.push(take(reader));
  }
  return characters.join('');
}

function readPlainSpace(
  reader: YamlReader,
  { start, indent }: { start: Mark; indent: number },
): string {
  let blanks = '';
  const breaks: string[] = [];
  for (;;) {
    if (isBlank(peek(reader))) {
      if (breaks.length > 0 && reader.column < indent && peek(reader) === '\t') {
        const problem = 'found a tab character that violates indentation';
        throw scannerError(problem, markOf(reader), start);
      }
      blanks += take(reader);
    } else if (isBreak(peek(reader))) {
      breaks.push(takeBreak(reader));
    } else {
      return breaks.length === 0 ? blanks : foldBreaks(breaks);
    }
  }
}
