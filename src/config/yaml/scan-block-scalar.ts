// Literal and folded texts: `|` and `>`. Source: go.yaml.in/yaml/v2 v2.4.4 scannerc.go, yaml_parser_scan_block_scalar.

import { isBlank, isBreak, isBreakOrEnd, END } from './characters.ts';
import { markOf, peek, take, takeBreak, takeWhile } from './reader.ts';
import type { Mark } from './mark.ts';
import type { YamlReader } from './reader.ts';
import { addToken, skipComment, type Scanner } from './scanner.ts';
import { scannerError } from './yaml-error.ts';

interface Header {
  readonly isLiteral: boolean;
  readonly chomping: string;
  /** 0 where the text's first line decides. */
  readonly increment: number;
}

/** A block scalar, from its `|` or `>`. */
export function scanBlockScalar(scanner: Scanner): void {
  const { reader } = scanner;
  const start = markOf(reader);
  const header = scanHeader(reader, start);
  const fixed = header.increment > 0 ? Math.max(scanner.indent, 0) + header.increment : 0;
  const first = scanBreaks(scanner, start, fixed);
  const value = scanLines(scanner, { start, header, first });
  addToken(scanner, { type: 'scalar', start, value });
}

function scanHeader(reader: YamlReader, start: Mark): Header {
  const isLiteral = take(reader) === '|';
  const before = scanChomping(reader);
  const digit = /\d/.test(peek(reader)) ? take(reader) : '';
  if (digit === '0') {
    throw scannerError('found an indentation indicator equal to 0', markBack(reader), start);
  }
  const chomping = before === '' && digit !== '' ? scanChomping(reader) : before;
  takeWhile(reader, isBlank);
  skipComment(reader);
  if (!isBreakOrEnd(peek(reader))) {
    throw scannerError('did not find expected comment or line break', markOf(reader), start);
  }
  takeBreak(reader);
  return { isLiteral, chomping, increment: Number(digit) };
}

function scanChomping(reader: YamlReader): string {
  return peek(reader) === '+' || peek(reader) === '-' ? take(reader) : '';
}

function markBack(reader: YamlReader): Mark {
  const { index, line, column } = markOf(reader);
  return { index: index - 1, line, column: column - 1 };
}

interface Breaks {
  readonly breaks: string;
  readonly indent: number;
}

function scanLines(
  scanner: Scanner,
  { start, header, first }: { start: Mark; header: Header; first: Breaks },
): string {
  const { reader } = scanner;
  const { indent } = first;
  const pieces: string[] = [];
  let { breaks } = first;
  let leadingBreak = '';
  let wasBlank = false;
  while (reader.column === indent && peek(reader) !== END) {
    const isFolded = !header.isLiteral && !wasBlank && !isBlank(peek(reader));
    pieces.push(isFolded && leadingBreak === '\n' ? fold(breaks) : leadingBreak, breaks);
    wasBlank = isBlank(peek(reader));
    pieces.push(takeWhile(reader, (character) => !isBreakOrEnd(character)));
    leadingBreak = takeBreak(reader);
    ({ breaks } = scanBreaks(scanner, start, indent));
  }
  if (header.chomping !== '-') pieces.push(leadingBreak);
  if (header.chomping === '+') pieces.push(breaks);
  return pieces.join('');
}

function fold(breaks: string): string {
  return breaks === '' ? ' ' : '';
}

/** Passes over empty lines and indentation; an `indent` of 0 is found out. */
function scanBreaks(scanner: Scanner, start: Mark, indent: number): Breaks {
  const { reader } = scanner;
  let breaks = '';
  let deepest = 0;
  const isIndentation = (): boolean => indent === 0 || reader.column < indent;
  for (;;) {
    while (isIndentation() && peek(reader) === ' ') take(reader);
    deepest = Math.max(deepest, reader.column);
    if (isIndentation() && peek(reader) === '\t') {
      const problem = 'found a tab character where an indentation space is expected';
      throw scannerError(problem, markOf(reader), start);
    }
    if (!isBreak(peek(reader))) break;
    breaks += takeBreak(reader);
  }
  return { breaks, indent: indent === 0 ? Math.max(deepest, scanner.indent + 1, 1) : indent };
}
