// Tokens of a YAML 1.1 document, as the kubelet's parser finds them: a port of libyaml's scanner. A library for YAML 1.2
// cannot serve, since it accepts and refuses other documents. Source: go.yaml.in/yaml/v2 v2.4.4 scannerc.go.

import { isBlank, isBreak, END } from './characters.ts';
import { fetchToken } from './fetch-token.ts';
import { markOf, peek, take, takeBreak, takeWhile } from './reader.ts';
import {
  addToken,
  documentIndicator,
  isValidKey,
  removeSimpleKey,
  skipComment,
  unrollIndent,
  type Scanner,
  type Token,
} from './scanner.ts';

/** The next token, left in its place. */
export function peekToken(scanner: Scanner): Token {
  for (;;) {
    const [token] = scanner.tokens;
    if (token !== undefined && !mayBecomeKey(scanner)) return token;
    fetchNextToken(scanner);
  }
}

/** Passes over the token that was looked at. */
export function skipToken(scanner: Scanner): void {
  scanner.tokens.shift();
  scanner.tokensTaken += 1;
}

/** As long as the first token may be a key, it must wait for what stands before it. */
function mayBecomeKey(scanner: Scanner): boolean {
  const key = scanner.keysByToken.get(scanner.tokensTaken);
  return key !== undefined && isValidKey(scanner, key);
}

function fetchNextToken(scanner: Scanner): void {
  const { reader } = scanner;
  skipToNextToken(scanner);
  unrollIndent(scanner, reader.column);
  // scannerc.go reads as far as an indicator of a document is long, and meets what is wrong with the characters there.
  peek(reader, 3);
  const character = peek(reader);
  if (character === END) return fetchStreamEnd(scanner);
  const indicator = documentIndicator(reader);
  if (reader.column === 0 && (character === '%' || indicator !== undefined)) {
    unrollIndent(scanner, -1);
    removeSimpleKey(scanner);
    scanner.isSimpleKeyAllowed = false;
  }
  fetchToken(scanner, indicator);
}

function skipToNextToken(scanner: Scanner): void {
  const { reader } = scanner;
  for (;;) {
    if (reader.index === 0 && peek(reader) === '\uFEFF') take(reader);
    const areTabsSpace = scanner.flowLevel > 0 || !scanner.isSimpleKeyAllowed;
    takeWhile(reader, areTabsSpace ? isBlank : (character) => character === ' ');
    skipComment(reader);
    if (!isBreak(peek(reader))) return;
    takeBreak(reader);
    if (scanner.flowLevel === 0) scanner.isSimpleKeyAllowed = true;
  }
}

function fetchStreamEnd(scanner: Scanner): void {
  const { reader } = scanner;
  if (reader.column !== 0) {
    reader.column = 0;
    reader.line += 1;
  }
  unrollIndent(scanner, -1);
  removeSimpleKey(scanner);
  scanner.isSimpleKeyAllowed = false;
  addToken(scanner, { type: 'stream-end', start: markOf(reader) });
}
