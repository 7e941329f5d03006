import type { CST, Document, ErrorCode, LineCounter } from 'yaml';

import { ManifestError, type DocumentPosition } from '../errors.ts';
import type { PullSecret } from './pull-secret.ts';
import { isRecord } from '../config/is-record.ts';

/** How a text of manifests is read. */
export interface ParseManifestsOptions {
  /** Where the text comes from; only named in errors. */
  readonly path?: string | undefined;
}

const MAX_TEXT_LENGTH = 10 * 1024 * 1024;
/** A manifest has no use for more aliases, and a few thousand can stand for gigabytes. */
const MAX_ALIASES = 100;
/** Kubernetes objects nest some ten levels deep. */
const MAX_DEPTH = 200;
const START: DocumentPosition = { line: 1, column: 1 };

/**
 * Reads Kubernetes objects from YAML or JSON: several documents, and lists (`kind: List`, `SecretList`, …) taken apart.
 *
 * @param text - What a manifest file holds, or what `kubectl get … -o yaml` prints.
 * @param options - Where the text comes from.
 * @returns The objects in their order, unchecked but for being objects.
 * @throws {@link ManifestError} with line and column, and without a word of the text, when it cannot be read.
 * @example
 * ```ts
 * const objects = await parseManifests(await readFile('pull-secrets.yaml', 'utf8'));
 * ```
 */
export async function parseManifests(
  text: string,
  options: ParseManifestsOptions = {},
): Promise<Record<string, unknown>[]> {
  const { path } = options;
  if (text.length > MAX_TEXT_LENGTH) {
    const reason = `longer than ${MAX_TEXT_LENGTH} characters`;
    throw new ManifestError({ path, reason, position: START });
  }
  const documents = parseJson(text) ?? (await parseYaml(text, path));
  return documents.flatMap(({ value, position }) => {
    // An empty document is what stands before a leading `---` and behind a trailing one.
    if (value === null || value === undefined) return [];
    if (isRecord(value)) return flattenList(value, { path, position });
    throw new ManifestError({ path, reason: 'not a Kubernetes object', position });
  });
}

/**
 * Reads the Secrets of a text of manifests, and passes over objects of other kinds.
 *
 * @param text - YAML or JSON, as for {@link parseManifests}.
 * @param options - Where the text comes from.
 * @returns The Secrets in their order, of whatever type.
 * @throws {@link ManifestError} when the text cannot be read.
 * @example
 * ```ts
 * const keyring = createKeyring({ pullSecrets: await parsePullSecrets(text) });
 * ```
 */
export async function parsePullSecrets(
  text: string,
  options: ParseManifestsOptions = {},
): Promise<PullSecret[]> {
  const objects = await parseManifests(text, options);
  return objects.filter((object) => object['kind'] === 'Secret');
}

interface ParsedDocument {
  readonly value: unknown;
  readonly position: DocumentPosition;
}

/** What is JSON needn't wait for the YAML parser to load. */
function parseJson(text: string): ParsedDocument[] | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    return [{ value: JSON.parse(text), position: START }];
  } catch {
    // Flow-style YAML, several documents, or wrong: in every case for the YAML parser, which knows the place.
    return undefined;
  }
}

async function parseYaml(text: string, path: string | undefined): Promise<ParsedDocument[]> {
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const composer = new yaml.Composer({ merge: true, logLevel: 'error' });
  const documents = [...composer.compose(readTokens(yaml, { text, lines, path }))];
  return documents.map((document) => readDocument(document, { lines, path }));
}

// The parser's own loop, with a limit: its composer is recursive, and Node 20 does not survive a regular expression
// that is first used at the very end of the stack.
function* readTokens(
  { Lexer, Parser }: typeof import('yaml'),
  { text, lines, path }: { text: string; lines: LineCounter; path: string | undefined },
): Generator<CST.Token, void> {
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > MAX_DEPTH) {
      const position = positionOf(lines, parser.offset);
      throw new ManifestError({ path, reason: `nests deeper than ${MAX_DEPTH} levels`, position });
    }
  }
  yield* parser.end();
}

function readDocument(
  document: Document.Parsed,
  { lines, path }: { lines: LineCounter; path: string | undefined },
): ParsedDocument {
  const error = document.errors[0];
  if (error !== undefined) {
    const reason = `not YAML: ${SYNTAX_REASONS[error.code] ?? 'the syntax is wrong here'}`;
    throw new ManifestError({ path, reason, position: positionOf(lines, error.pos[0]) });
  }
  const position = positionOf(lines, Number(document.contents?.range[0]));
  try {
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return { value, position };
  } catch {
    // Nothing but aliases is left to go wrong, and the parser's own message quotes the alias.
    const reason = `not YAML: an alias without an anchor, or more than ${MAX_ALIASES} aliases`;
    throw new ManifestError({ path, reason, position });
  }
}

function positionOf(lines: LineCounter, offset: number): DocumentPosition {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function flattenList(
  value: Record<string, unknown>,
  place: { path: string | undefined; position: DocumentPosition },
): Record<string, unknown>[] {
  const { kind, apiVersion, items } = value;
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [value];
  // A typed list's items need not name their kind: the list does.
  const itemKind = kind.slice(0, -'List'.length);
  const defaults = itemKind === '' ? {} : { apiVersion, kind: itemKind };
  return items.flatMap((item: unknown) => {
    if (isRecord(item)) return flattenList({ ...defaults, ...item }, place);
    const reason = 'an item of a list is not a Kubernetes object';
    throw new ManifestError({ ...place, reason });
  });
}

const SYNTAX_REASONS: Partial<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias has properties',
  BAD_ALIAS: 'an alias or anchor has a bad name',
  BAD_DIRECTIVE: 'a directive is wrong',
  BAD_DQ_ESCAPE: 'a quoted string has an unknown escape',
  BAD_INDENT: 'the indentation is wrong',
  BAD_SCALAR_START: 'a plain value cannot begin like this',
  BLOCK_AS_IMPLICIT_KEY: 'a nested mapping must begin on a line of its own',
  BLOCK_IN_FLOW: 'a block stands inside of braces or brackets',
  DUPLICATE_KEY: 'a key occurs twice in one mapping',
  MISSING_CHAR: 'a character is missing, such as a closing quote, brace or bracket',
  MULTILINE_IMPLICIT_KEY: 'a key goes over several lines',
  TAB_AS_INDENT: 'tabs cannot indent',
  UNEXPECTED_TOKEN: 'something unexpected stands here',
};
