// Which token begins at a character. Source: go.yaml.in/yaml/v2 v2.4.4 scannerc.go, yaml_parser_fetch_next_token.

import { isBlank, isSpace } from './characters.ts';
import { markOf, peek, take } from './reader.ts';
import { scanBlockScalar } from './scan-block-scalar.ts';
import { scanPlainScalar, scanQuotedScalar } from './scan-flow-scalar.ts';
import { scanAnchor, scanDirective, scanTag } from './scan-tag.ts';
import {
  addToken,
  decreaseFlowLevel,
  forgetKey,
  increaseFlowLevel,
  isValidKey,
  lastKey,
  removeSimpleKey,
  rollIndent,
  saveSimpleKey,
  type Scanner,
  type TokenType,
} from './scanner.ts';
import { scannerError } from './yaml-error.ts';

const FLOW_STARTS: ReadonlyMap<string, TokenType> = new Map([
  ['[', 'flow-sequence-start'],
  ['{', 'flow-mapping-start'],
]);
const FLOW_ENDS: ReadonlyMap<string, TokenType> = new Map([
  [']', 'flow-sequence-end'],
  ['}', 'flow-mapping-end'],
]);
const NO_PLAIN_START = '-?:,[]{}#&*!|>\'"%@`';

/** Adds the token that begins at the scanner's place. */
export function fetchToken(
  scanner: Scanner,
  indicator: 'document-start' | 'document-end' | undefined,
): void {
  const { reader } = scanner;
  const character = peek(reader);
  if (character === '%' && reader.column === 0) return scanDirective(scanner);
  if (indicator !== undefined) return addIndicator(scanner, indicator, 3);
  const flowStart = FLOW_STARTS.get(character);
  if (flowStart !== undefined) return fetchFlowStart(scanner, flowStart);
  const flowEnd = FLOW_ENDS.get(character);
  if (flowEnd !== undefined) return fetchFlowEnd(scanner, flowEnd);
  if (!fetchIndicator(scanner, character)) fetchContent(scanner, character);
}

/** The indicators of entries, keys and values. */
function fetchIndicator(scanner: Scanner, character: string): boolean {
  const isFollowedBySpace = isSpace(peek(scanner.reader, 1));
  const isFlow = scanner.flowLevel > 0;
  if (character === ',') fetchFlowEntry(scanner);
  else if (character === '-' && isFollowedBySpace) fetchBlockEntry(scanner);
  else if (character === '?' && (isFlow || isFollowedBySpace)) fetchKey(scanner);
  else if (character === ':' && (isFlow || isFollowedBySpace)) fetchValue(scanner);
  else return false;
  return true;
}

function fetchContent(scanner: Scanner, character: string): void {
  if ((character === '|' || character === '>') && scanner.flowLevel === 0) {
    removeSimpleKey(scanner);
    scanner.isSimpleKeyAllowed = true;
    return scanBlockScalar(scanner);
  }
  const scan =
    SCANS.get(character) ?? (mayStartPlain(scanner, character) ? scanPlainScalar : undefined);
  if (scan === undefined) {
    const mark = markOf(scanner.reader);
    throw scannerError('found character that cannot start any token', mark, mark);
  }
  saveSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = false;
  scan(scanner);
}

const SCANS: ReadonlyMap<string, (scanner: Scanner) => void> = new Map([
  ['*', (scanner: Scanner) => scanAnchor(scanner, 'alias')],
  ['&', (scanner: Scanner) => scanAnchor(scanner, 'anchor')],
  ['!', scanTag],
  ["'", scanQuotedScalar],
  ['"', scanQuotedScalar],
]);

function mayStartPlain({ reader, flowLevel }: Scanner, character: string): boolean {
  if (!isSpace(character) && !NO_PLAIN_START.includes(character)) return true;
  const next = peek(reader, 1);
  if (character === '-') return !isBlank(next);
  return flowLevel === 0 && (character === '?' || character === ':') && !isSpace(next);
}

function addIndicator(scanner: Scanner, type: TokenType, length: number): void {
  const start = markOf(scanner.reader);
  for (let taken = 0; taken < length; taken += 1) take(scanner.reader);
  addToken(scanner, { type, start });
}

function fetchFlowStart(scanner: Scanner, type: TokenType): void {
  saveSimpleKey(scanner);
  increaseFlowLevel(scanner);
  scanner.isSimpleKeyAllowed = true;
  addIndicator(scanner, type, 1);
}

function fetchFlowEnd(scanner: Scanner, type: TokenType): void {
  removeSimpleKey(scanner);
  decreaseFlowLevel(scanner);
  scanner.isSimpleKeyAllowed = false;
  addIndicator(scanner, type, 1);
}

function fetchFlowEntry(scanner: Scanner): void {
  removeSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = true;
  addIndicator(scanner, 'flow-entry', 1);
}

function fetchBlockEntry(scanner: Scanner): void {
  beginBlock(scanner, 'block-sequence-start', 'block sequence entries');
  removeSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = true;
  addIndicator(scanner, 'block-entry', 1);
}

function fetchKey(scanner: Scanner): void {
  beginBlock(scanner, 'block-mapping-start', 'mapping keys');
  removeSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = scanner.flowLevel === 0;
  addIndicator(scanner, 'key', 1);
}

function fetchValue(scanner: Scanner): void {
  const key = lastKey(scanner);
  if (isValidKey(scanner, key)) {
    const { mark, tokenNumber } = key;
    const at = tokenNumber - scanner.tokensTaken;
    addToken(scanner, { type: 'key', start: mark, end: mark }, at);
    rollIndent(scanner, 'block-mapping-start', { mark, at });
    forgetKey(scanner, key);
    scanner.isSimpleKeyAllowed = false;
  } else {
    beginBlock(scanner, 'block-mapping-start', 'mapping values');
    scanner.isSimpleKeyAllowed = scanner.flowLevel === 0;
  }
  addIndicator(scanner, 'value', 1);
}

function beginBlock(
  scanner: Scanner,
  type: 'block-sequence-start' | 'block-mapping-start',
  what: string,
): void {
  if (scanner.flowLevel > 0) return;
  const mark = markOf(scanner.reader);
  if (!scanner.isSimpleKeyAllowed) {
    throw scannerError(`${what} are not allowed in this context`, mark, mark);
  }
  rollIndent(scanner, type, { mark });
}
