// What the scanner of YAML documents remembers: tokens that wait, indentation, what may be a key. Source:
// go.yaml.in/yaml/v2 v2.4.4 scannerc.go.

import { isBreakOrEnd, isSpace } from './characters.ts';
import type { Mark } from './mark.ts';
import { markOf, peek, startsWith, takeWhile, yamlReader, type YamlReader } from './reader.ts';
import { scannerError } from './yaml-error.ts';

/** What a token is. */
export type TokenType =
  | 'stream-start'
  | 'stream-end'
  | 'version-directive'
  | 'tag-directive'
  | 'document-start'
  | 'document-end'
  | 'block-sequence-start'
  | 'block-mapping-start'
  | 'block-end'
  | 'flow-sequence-start'
  | 'flow-sequence-end'
  | 'flow-mapping-start'
  | 'flow-mapping-end'
  | 'block-entry'
  | 'flow-entry'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar';

/** A token. */
export interface Token {
  readonly type: TokenType;
  readonly start: Mark;
  readonly end: Mark;
  /** A scalar's text, a name, a tag's handle, a version. */
  readonly value: string;
  /** A tag's suffix, or what a handle stands for. */
  readonly suffix: string;
  /** Whether a scalar has no quotes and is no block. */
  readonly isPlain: boolean;
}

/** What may turn out to be a key, when its colon comes. */
export interface SimpleKey {
  isPossible: boolean;
  readonly isRequired: boolean;
  readonly tokenNumber: number;
  readonly mark: Mark;
}

/** A document being taken apart. */
export interface Scanner {
  readonly reader: YamlReader;
  readonly tokens: Token[];
  /** How many tokens were handed out. */
  tokensTaken: number;
  indent: number;
  readonly indents: number[];
  flowLevel: number;
  isSimpleKeyAllowed: boolean;
  /** What may turn out to be a key, on each level of flow collections. */
  readonly simpleKeys: SimpleKey[];
  /** The possible keys by the numbers of their tokens, which wait for their colon. */
  readonly keysByToken: Map<number, SimpleKey>;
}

const MAX_KEY_LENGTH = 1024;
const START: Mark = { index: 0, line: 0, column: 0 };

/** Begins to take a document apart. */
export function yamlScanner(bytes: Uint8Array): Scanner {
  const scanner: Scanner = {
    reader: yamlReader(bytes),
    tokens: [],
    tokensTaken: 0,
    indent: -1,
    indents: [],
    flowLevel: 0,
    isSimpleKeyAllowed: true,
    simpleKeys: [noKey(START, 0)],
    keysByToken: new Map(),
  };
  addToken(scanner, { type: 'stream-start', start: START });
  return scanner;
}

/** Adds a token; `at` is its place among those that wait, and it is the last where its place is gone already. */
export function addToken(
  scanner: Scanner,
  token: Pick<Token, 'type' | 'start'> & Partial<Token>,
  at: number = scanner.tokens.length,
): void {
  const whole = { end: markOf(scanner.reader), value: '', suffix: '', isPlain: false, ...token };
  scanner.tokens.splice(at < 0 ? scanner.tokens.length : at, 0, whole);
}

/** Whether a document begins or ends here. */
export function documentIndicator(
  reader: YamlReader,
): 'document-start' | 'document-end' | undefined {
  if (reader.column !== 0 || !isSpace(peek(reader, 3))) return undefined;
  if (startsWith(reader, '---')) return 'document-start';
  return startsWith(reader, '...') ? 'document-end' : undefined;
}

/** Passes over a comment, where one begins here. */
export function skipComment(reader: YamlReader): void {
  if (peek(reader) === '#') takeWhile(reader, (character) => !isBreakOrEnd(character));
}

/** Whether what was seen may still be a key: on its line, and not too far back. */
export function isValidKey({ reader }: Scanner, key: SimpleKey): boolean {
  if (!key.isPossible) return false;
  const { line, index } = key.mark;
  if (line >= reader.line && index + MAX_KEY_LENGTH >= reader.index) return true;
  if (key.isRequired) throw missingColon(reader, key);
  key.isPossible = false;
  return false;
}

/** Notes that a key may begin here. */
export function saveSimpleKey(scanner: Scanner): void {
  if (!scanner.isSimpleKeyAllowed) return;
  removeSimpleKey(scanner);
  const { reader } = scanner;
  const tokenNumber = scanner.tokensTaken + scanner.tokens.length;
  const key = {
    isPossible: true,
    isRequired: scanner.flowLevel === 0 && scanner.indent === reader.column,
    tokenNumber,
    mark: markOf(reader),
  };
  scanner.simpleKeys[scanner.simpleKeys.length - 1] = key;
  scanner.keysByToken.set(tokenNumber, key);
}

/** Gives up a possible key. */
export function removeSimpleKey(scanner: Scanner): void {
  const key = lastKey(scanner);
  if (key.isPossible && key.isRequired) throw missingColon(scanner.reader, key);
  forgetKey(scanner, key);
}

/** A key that has its colon, or can have none any more. */
export function forgetKey({ keysByToken }: Scanner, key: SimpleKey): void {
  if (!key.isPossible) return;
  key.isPossible = false;
  keysByToken.delete(key.tokenNumber);
}

/** The possible key of this level. */
export function lastKey({ simpleKeys }: Scanner): SimpleKey {
  return simpleKeys.at(-1) as SimpleKey;
}

/** Enters a flow collection. */
export function increaseFlowLevel(scanner: Scanner): void {
  const mark = markOf(scanner.reader);
  scanner.simpleKeys.push(noKey(mark, scanner.tokensTaken + scanner.tokens.length));
  scanner.flowLevel += 1;
}

/** Leaves a flow collection. */
export function decreaseFlowLevel(scanner: Scanner): void {
  if (scanner.flowLevel === 0) return;
  scanner.flowLevel -= 1;
  // Where no key was seen on the level, this is the number of the collection, which then waits for no colon either.
  scanner.keysByToken.delete(lastKey(scanner).tokenNumber);
  scanner.simpleKeys.pop();
}

/** Begins a block collection where a column lies deeper than the one that is open. */
export function rollIndent(
  scanner: Scanner,
  type: 'block-sequence-start' | 'block-mapping-start',
  { mark, at }: { readonly mark: Mark; readonly at?: number },
): void {
  if (scanner.flowLevel > 0 || scanner.indent >= mark.column) return;
  scanner.indents.push(scanner.indent);
  scanner.indent = mark.column;
  addToken(scanner, { type, start: mark, end: mark }, at);
}

/** Ends the block collections that lie deeper than a column. */
export function unrollIndent(scanner: Scanner, column: number): void {
  if (scanner.flowLevel > 0) return;
  while (scanner.indent > column) {
    addToken(scanner, { type: 'block-end', start: markOf(scanner.reader) });
    scanner.indent = Number(scanner.indents.pop());
  }
}

function noKey(mark: Mark, tokenNumber: number): SimpleKey {
  return { isPossible: false, isRequired: false, tokenNumber, mark };
}

function missingColon(reader: YamlReader, key: SimpleKey): Error {
  return scannerError("could not find expected ':'", markOf(reader), key.mark);
}
