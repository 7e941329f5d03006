// YAML documents, read with limits, and without a word of them in errors.

import type { CST, ErrorCode, LineCounter } from 'yaml';

import { ManifestError, type DocumentPosition } from '../errors.ts';
import type { ComposedDocument } from './line-finder.ts';

/** A manifest has no use for more aliases, and a few thousand can stand for gigabytes. */
const MAX_ALIASES = 100;
/** Kubernetes objects nest some ten levels deep. */
export const MAX_DEPTH = 200;

/**
 * Parses the documents of a text; errors of their syntax are left in them.
 *
 * @throws {@link ManifestError} where it nests too deep.
 */
export async function composeYaml(
  text: string,
  path: string | undefined,
): Promise<readonly ComposedDocument[]> {
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const composer = new yaml.Composer({ merge: true, logLevel: 'error' });
  const documents = [...composer.compose(readTokens(yaml, { text, lines, path }))];
  return documents.map((document) => ({ yaml, document, lines }));
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

/**
 * What a document says, and where it begins.
 *
 * @throws {@link ManifestError} for an error of its syntax, and for too many aliases.
 */
export function readDocument(
  { document, lines }: ComposedDocument,
  path: string | undefined,
): { readonly value: unknown; readonly position: DocumentPosition } {
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
