// The first document of a YAML stream as a tree of nodes; what follows it is not looked at, as in Go's Unmarshal. Source:
// go.yaml.in/yaml/v2 v2.4.4 parserc.go (libyaml's grammar) and decode.go.

import type { Mark } from './mark.ts';
import type { YamlAlias, YamlMapping, YamlNode, YamlScalar, YamlSequence } from './nodes.ts';
import { yamlScanner, type Scanner, type Token, type TokenType } from './scanner.ts';
import { readDirectives, tagOf, type TagPrefixes } from './tags.ts';
import { peekToken, skipToken } from './tokens.ts';
import { parserError, YamlError } from './yaml-error.ts';

interface Parser {
  readonly scanner: Scanner;
  readonly tags: TagPrefixes;
  readonly anchors: Map<string, YamlNode>;
  depth: number;
}

type NodeContext = 'block' | 'block-or-indentless' | 'flow';

/** Go's limit is 10,000; no configuration nests so deep, and this parser's stack is smaller. */
export const MAX_DEPTH = 500;

/**
 * Parses the first document.
 *
 * @returns `undefined` where there is none.
 * @throws {@link YamlError} where Go refuses it.
 */
export function parseYamlNodes(bytes: Uint8Array): YamlNode | undefined {
  const scanner = yamlScanner(bytes);
  skipToken(scanner);
  const parser: Parser = { scanner, tags: new Map(), anchors: new Map(), depth: 0 };
  const root = parseDocument(parser);
  // What stands behind the document is scanned for its first token.
  if (root !== undefined) peekToken(scanner);
  return root;
}

const NO_IMPLICIT_DOCUMENT: ReadonlySet<TokenType> = new Set<TokenType>([
  'version-directive',
  'tag-directive',
  'document-start',
  'stream-end',
]);

function parseDocument(parser: Parser): YamlNode | undefined {
  const { scanner } = parser;
  const first = peekToken(scanner);
  readDirectives(scanner, parser.tags);
  if (!NO_IMPLICIT_DOCUMENT.has(first.type)) return parseNode(parser, 'block');
  if (first.type === 'stream-end') return undefined;
  const token = peekToken(scanner);
  if (token.type !== 'document-start') {
    throw parserError('did not find expected <document start>', token.start);
  }
  skipToken(scanner);
  const next = peekToken(scanner);
  const isEmpty = NO_IMPLICIT_DOCUMENT.has(next.type) || next.type === 'document-end';
  return isEmpty ? emptyScalar(next.start) : parseNode(parser, 'block');
}

interface Properties {
  readonly start: Mark;
  readonly anchor: string;
  readonly tag: string;
}

function parseNode(parser: Parser, context: NodeContext): YamlNode {
  const { scanner } = parser;
  const token = peekToken(scanner);
  if (token.type === 'alias') {
    skipToken(scanner);
    return aliasOf(parser, token);
  }
  const properties = parseProperties(parser);
  parser.depth += 1;
  if (parser.depth > MAX_DEPTH) {
    throw new YamlError(`exceeded max depth of ${MAX_DEPTH}`, token.start);
  }
  const node = parseContent(parser, context, properties);
  parser.depth -= 1;
  return node;
}

function aliasOf({ anchors }: Parser, { value: name, start: mark }: Token): YamlAlias {
  const target = anchors.get(name);
  // Go names the anchor, which may be a password that begins with an asterisk and has no quotes.
  if (target === undefined) throw new YamlError('unknown anchor referenced', mark);
  return { kind: 'alias', mark, name, target };
}

function parseProperties({ scanner, tags }: Parser): Properties {
  const { start } = peekToken(scanner);
  let anchor: Token | undefined;
  let tag: Token | undefined;
  for (let looked = 0; looked < 2; looked += 1) {
    const token = peekToken(scanner);
    if (token.type === 'anchor' && anchor === undefined) anchor = token;
    else if (token.type === 'tag' && tag === undefined) tag = token;
    else break;
    skipToken(scanner);
  }
  const found = tag === undefined ? '' : tagOf(tag, tags, start);
  return { start, anchor: anchor?.value ?? '', tag: found };
}

function parseContent(parser: Parser, context: NodeContext, properties: Properties): YamlNode {
  const token = peekToken(parser.scanner);
  const collection = collectionOf(token.type, context);
  if (collection !== undefined) return collection(parser, properties);
  const { start, anchor, tag } = properties;
  if (token.type === 'scalar') {
    const isImplicit = tag === '!' || (tag === '' && token.isPlain);
    skipToken(parser.scanner);
    return remember(parser, anchor, { ...emptyScalar(start), value: token.value, tag, isImplicit });
  }
  if (anchor !== '' || tag !== '') {
    return remember(parser, anchor, { ...emptyScalar(start), tag, isImplicit: tag === '' });
  }
  throw parserError('did not find expected node content', token.start, start);
}

type ParseCollection = (parser: Parser, properties: Properties) => YamlNode;

function collectionOf(type: TokenType, context: NodeContext): ParseCollection | undefined {
  if (type === 'flow-sequence-start') return parseFlowSequence;
  if (type === 'flow-mapping-start') return parseFlowMapping;
  if (context === 'flow') return undefined;
  if (type === 'block-sequence-start') return parseBlockSequence;
  if (type === 'block-mapping-start') return parseBlockMapping;
  return type === 'block-entry' && context === 'block-or-indentless'
    ? parseIndentlessSequence
    : undefined;
}

function remember<T extends YamlNode>({ anchors }: Parser, anchor: string, node: T): T {
  if (anchor !== '') anchors.set(anchor, node);
  return node;
}

function beginSequence(parser: Parser, { start, anchor }: Properties): YamlSequence {
  return remember(parser, anchor, { kind: 'sequence', mark: start, items: [] });
}

function beginMapping(parser: Parser, { start, anchor }: Properties): YamlMapping {
  return remember(parser, anchor, { kind: 'mapping', mark: start, pairs: [] });
}

function parseBlockSequence(parser: Parser, properties: Properties): YamlSequence {
  const { scanner } = parser;
  const { start } = takeToken(scanner);
  const sequence = beginSequence(parser, properties);
  for (;;) {
    const token = takeToken(scanner);
    if (token.type === 'block-end') return sequence;
    if (token.type !== 'block-entry') {
      throw parserError("did not find expected '-' indicator", token.start, start);
    }
    sequence.items.push(nodeUnless(parser, token, ['block-entry', 'block-end']));
  }
}

function parseIndentlessSequence(parser: Parser, properties: Properties): YamlSequence {
  const sequence = beginSequence(parser, properties);
  while (peekToken(parser.scanner).type === 'block-entry') {
    const entry = takeToken(parser.scanner);
    const ends = ['block-entry', 'key', 'value', 'block-end'] as const;
    sequence.items.push(nodeUnless(parser, entry, ends));
  }
  return sequence;
}

function parseBlockMapping(parser: Parser, properties: Properties): YamlMapping {
  const { scanner } = parser;
  const { start } = takeToken(scanner);
  const mapping = beginMapping(parser, properties);
  const ends = ['key', 'value', 'block-end'] as const;
  for (;;) {
    const token = takeToken(scanner);
    if (token.type === 'block-end') return mapping;
    if (token.type !== 'key') throw parserError('did not find expected key', token.start, start);
    const key = nodeUnless(parser, token, ends, 'block-or-indentless');
    const next = peekToken(scanner);
    if (next.type === 'value') {
      skipToken(scanner);
      mapping.pairs.push([key, nodeUnless(parser, next, ends, 'block-or-indentless')]);
    } else {
      mapping.pairs.push([key, emptyScalar(next.start)]);
    }
  }
}

function parseFlowSequence(parser: Parser, properties: Properties): YamlSequence {
  const { scanner } = parser;
  const { start } = takeToken(scanner);
  const sequence = beginSequence(parser, properties);
  while (hasFlowEntry(scanner, 'flow-sequence-end', sequence.items.length === 0)) {
    sequence.items.push(parseFlowItem(parser));
  }
  const token = takeToken(scanner);
  if (token.type === 'flow-sequence-end') return sequence;
  throw parserError("did not find expected ',' or ']'", token.start, start);
}

/** Whether another entry follows, behind its comma. */
function hasFlowEntry(scanner: Scanner, end: TokenType, isFirst: boolean): boolean {
  if (!isFirst) {
    if (peekToken(scanner).type !== 'flow-entry') return false;
    skipToken(scanner);
  }
  return peekToken(scanner).type !== end;
}

/** An entry of a list in brackets may be one key and its value: `[a: b]`. */
function parseFlowItem(parser: Parser): YamlNode {
  const { scanner } = parser;
  const token = peekToken(scanner);
  if (token.type !== 'key') return parseNode(parser, 'flow');
  skipToken(scanner);
  const ends: readonly TokenType[] = ['flow-entry', 'flow-sequence-end'];
  const next = peekToken(scanner);
  const isEmpty = next.type === 'value' || ends.includes(next.type);
  const key = isEmpty ? emptyScalar(next.end) : parseNode(parser, 'flow');
  // parserc.go skips the token also where no key stands before it, and then a value has no colon any more.
  if (isEmpty) skipToken(scanner);
  const value = parseFlowValue(parser, ends);
  return { kind: 'mapping', mark: token.start, pairs: [[key, value]] };
}

function parseFlowValue(parser: Parser, ends: readonly TokenType[]): YamlNode {
  const { scanner } = parser;
  const token = peekToken(scanner);
  if (token.type !== 'value') return emptyScalar(token.start);
  skipToken(scanner);
  const next = peekToken(scanner);
  return ends.includes(next.type) ? emptyScalar(token.start) : parseNode(parser, 'flow');
}

function parseFlowMapping(parser: Parser, properties: Properties): YamlMapping {
  const { scanner } = parser;
  const { start } = takeToken(scanner);
  const mapping = beginMapping(parser, properties);
  while (hasFlowEntry(scanner, 'flow-mapping-end', mapping.pairs.length === 0)) {
    mapping.pairs.push(parseFlowPair(parser));
  }
  const token = takeToken(scanner);
  if (token.type === 'flow-mapping-end') return mapping;
  throw parserError("did not find expected ',' or '}'", token.start, start);
}

function parseFlowPair(parser: Parser): readonly [YamlNode, YamlNode] {
  const { scanner } = parser;
  if (peekToken(scanner).type !== 'key') {
    const key = parseNode(parser, 'flow');
    return [key, emptyScalar(peekToken(scanner).start)];
  }
  skipToken(scanner);
  const ends: readonly TokenType[] = ['flow-entry', 'flow-mapping-end'];
  const next = peekToken(scanner);
  const isEmpty = next.type === 'value' || ends.includes(next.type);
  const key = isEmpty ? emptyScalar(next.start) : parseNode(parser, 'flow');
  return [key, parseFlowValue(parser, ends)];
}

/** The node that follows an indicator, or nothing where one of these tokens follows. */
function nodeUnless(
  parser: Parser,
  indicator: Token,
  ends: readonly TokenType[],
  context: NodeContext = 'block',
): YamlNode {
  const next = peekToken(parser.scanner);
  return ends.includes(next.type) ? emptyScalar(indicator.end) : parseNode(parser, context);
}

function takeToken(scanner: Scanner): Token {
  const token = peekToken(scanner);
  skipToken(scanner);
  return token;
}

function emptyScalar(mark: Mark): YamlScalar {
  return { kind: 'scalar', mark, value: '', tag: '', isImplicit: true };
}
