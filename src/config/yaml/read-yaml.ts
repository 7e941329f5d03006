// YAML 1.1 as Go reads it (go.yaml.in/yaml/v2 v2.4.4, behind sigs.k8s.io/yaml), by the package `yaml`. What differs is
// listed in docs/verification.md.

import type { CST, Document, ErrorCode } from 'yaml';
import { YamlError } from './yaml-error.ts';
import { decodeYamlText } from './yaml-text.ts';
import type { Place, YamlPackage } from './yaml-aliases.ts';
import { valueOf, type YamlDocument } from './yaml-values.ts';
import { has } from '../../util/own.ts';

/** Go's limit is 10,000; no configuration nests so deep, and this reader's stack is smaller. */
export const MAX_DEPTH = 500;

/**
 * Reads the first document of a YAML stream; what follows it is not looked at.
 *
 * @param firstLine - The line of the whole text at which it begins. Default is 1.
 * @returns The document, or why it cannot be read.
 */
export type ReadYaml = (bytes: Uint8Array, firstLine?: number) => YamlDocument | YamlError;

/** Loads the reader; most programs need none. */
export async function loadYaml(): Promise<ReadYaml> {
  const yaml = await import('yaml');
  return (bytes, firstLine = 1) => {
    try {
      return readYaml(yaml, decodeYamlText(bytes, firstLine), firstLine);
    } catch (error) {
      if (error instanceof YamlError) return error;
      throw error;
    }
  };
}

const OPTIONS = {
  version: '1.1',
  // What a text means is resolved in yaml-scalars.ts, as Go does it.
  schema: 'failsafe',
  resolveKnownTags: false,
  // The package compares each key with each.
  uniqueKeys: false,
  keepSourceTokens: true,
} as const;

function readYaml(yaml: YamlPackage, text: string, firstLine: number): YamlDocument {
  const lines = new yaml.LineCounter();
  const place: Place = (offset) => {
    const { line, col } = lines.linePos(offset);
    return { line: line + firstLine - 1, column: col };
  };
  const composer = new yaml.Composer(OPTIONS);
  let first: CST.Document | undefined;
  for (const token of new yaml.Parser(lines.addNewLine).parse(text)) {
    if (first !== undefined && BEHIND_FIRST.has(token.type)) {
      checkBegun(first, token, place);
      break;
    }
    if (token.type === 'directive') checkDirective(token, place);
    if (token.type === 'document') {
      checkDepth(token, place);
      first = token;
    }
    // It gives a document when the next begins.
    composer.next(token).next();
  }
  const document = composer.end(true, text.length).next().value as Document.Parsed;
  const end = endOf(document);
  const error = document.errors.find(
    ({ code, pos: [offset] }) => offset < end || code !== 'UNEXPECTED_TOKEN',
  );
  if (error !== undefined) throw new YamlError(REASONS[error.code], place(error.pos[0]));
  return valueOf(document, { yaml, place, start: first?.start ?? [] });
}

const BEHIND_FIRST: ReadonlySet<string> = new Set(['document', 'doc-end', 'directive']);

const BLOCKS: ReadonlySet<string> = new Set(['block-map', 'block-seq']);

/** Where a text, or what stands in brackets, ends, Go has read the document. */
function endOf({ contents }: Document.Parsed): number {
  const isWhole = contents?.srcToken !== undefined && !BLOCKS.has(contents.srcToken.type);
  return isWhole ? contents.range[1] : Infinity;
}

/** Go takes three dots only for the end of a document. */
function checkBegun({ start, value }: CST.Document, behind: CST.Token, place: Place): void {
  const hasBegun = value !== undefined || start.some(({ type }) => type === 'doc-start');
  if (hasBegun || !has(behind, 'offset')) return;
  throw new YamlError(REASONS.UNEXPECTED_TOKEN, place(behind.offset));
}

const DIRECTIVE = /^%(?:YAML[ \t]+1\.1|TAG[ \t]+!(?:[\w-]*!)?[ \t]+[^\s%^]+)[ \t]*(?:#.*)?$/;

/** The package passes over those that Go refuses. */
function checkDirective({ source, offset }: CST.Directive, place: Place): void {
  if (!DIRECTIVE.test(source)) throw new YamlError(REASONS.BAD_DIRECTIVE, place(offset));
}

/** Without recursion: the package recurses as deep as the text goes. */
function checkDepth(document: CST.Document, place: Place): void {
  const pending: [token: CST.Token, depth: number][] = [];
  const push = (token: CST.Token | null | undefined, depth: number): void => {
    if (token) pending.push([token, depth]);
  };
  push(document.value, 1);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [token, depth] = next;
    if (depth > MAX_DEPTH) throw new YamlError(REASONS.RESOURCE_EXHAUSTION, place(token.offset));
    if (!has(token, 'items')) continue;
    for (const { key, value } of token.items) {
      push(key, depth + 1);
      push(value, depth + 1);
    }
  }
}

/** The package's own words quote the document. */
const REASONS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias must not have an anchor or a tag',
  BAD_ALIAS: 'an anchor or alias has no name',
  BAD_COLLECTION_TYPE: 'a tag does not match its value',
  BAD_DIRECTIVE: 'this directive is not supported',
  BAD_DQ_ESCAPE: 'unknown escape sequence in a double-quoted text',
  BAD_INDENT: 'wrong indentation, or a bracket or brace that is not closed',
  BAD_PROP_ORDER: 'an anchor or tag is in the wrong place',
  BAD_SCALAR_START: 'a text that begins with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a mapping is not allowed here; is a colon inside of a text without quotes?',
  BLOCK_IN_FLOW: 'a block collection is not allowed inside of brackets or braces',
  DUPLICATE_KEY: 'a key occurs twice',
  IMPOSSIBLE: 'unexpected text',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a character is missing, such as a colon, comma, quotation mark or bracket',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line, and be followed by a colon',
  MULTIPLE_ANCHORS: 'a value has more than one anchor',
  MULTIPLE_DOCS: 'there is more than one document',
  MULTIPLE_TAGS: 'a value has more than one tag',
  NON_STRING_KEY: 'a key must be a text',
  RESOURCE_EXHAUSTION: `it nests deeper than ${MAX_DEPTH} levels`,
  TAB_AS_INDENT: 'a tab must not be used for indentation',
  TAG_RESOLVE_FAILED: 'a tag is not defined',
  UNEXPECTED_TOKEN: 'unexpected text',
};
