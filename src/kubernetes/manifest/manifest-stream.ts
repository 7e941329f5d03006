// The documents of a text of manifests, as kubectl takes them apart: a stream of JSON, of YAML, or of JSON that turns out
// to be YAML. Source: k8s.io/apimachinery v0.37.2 pkg/util/yaml/decoder.go, NewYAMLOrJSONDecoder with 4096 bytes, as
// k8s.io/cli-runtime v0.37.2 pkg/resource/visitor.go uses it.

import { isGoSpace, trimGoStart } from '../../go/space.ts';
import { placeFinder, readJsonDocument } from '../../go/document/json-document.ts';
import type { DocumentValue } from '../../go/document/value.ts';
import { JsonSyntaxError } from '../../go/json-error.ts';
import { atEnd, jsonReader, skipValue, syntaxProblem } from '../../go/json.ts';
import { decodeGoUtf8 } from '../../go/utf8.ts';
import { decodeYaml, positionOf } from '../../config/yaml/decode-nodes.ts';
import { MAX_DEPTH } from '../../config/yaml/parse-nodes.ts';
import { resultOrError, YamlError } from '../../config/yaml/yaml-error.ts';
import { ManifestError, type DocumentPosition } from '../../errors.ts';

/** How far kubectl looks for a brace. */
const GUESS_BYTES = 4096;
const SEPARATOR = '---';
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Reads every document of a stream; empty ones are null.
 *
 * @throws {@link ManifestError} where kubectl refuses the stream.
 */
export function readManifestStream(bytes: Uint8Array, path: string | undefined): DocumentValue[] {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!startsWithBrace(source)) return readYaml({ source, path, start: 0, line: 1 });
  return readJson(source, path);
}

function startsWithBrace(source: Buffer): boolean {
  return trimGoStart(source.toString('utf8', 0, GUESS_BYTES)).startsWith('{');
}

/** As deep as YAML is read. */
function onTooDeep(offset: number): never {
  const reason = `nests deeper than ${MAX_DEPTH} levels`;
  throw new JsonSyntaxError({ offset, reason, goMessage: reason });
}

/** JSON documents follow each other without anything between them. */
function readJson(source: Buffer, path: string | undefined): DocumentValue[] {
  const reader = jsonReader(source);
  const place = placeFinder(source);
  const documents: DocumentValue[] = [];
  for (;;) {
    const start = reader.offset;
    if (atEnd(reader)) return documents;
    const begin = reader.offset;
    const problem = syntaxProblem(() => {
      skipValue(reader);
      documents.push(readJsonDocument(source, { begin, place, maxDepth: MAX_DEPTH, onTooDeep }));
    });
    if (problem === undefined) continue;
    const { reason, offset } = problem;
    // The finder of places goes only forward.
    const failure = new ManifestError({ path, reason, position: placeFinder(source)(offset) });
    // What holds no more than one value of JSON may as well be YAML; if it isn't, the first error counts.
    if (documents.length > 1) throw failure;
    return [...documents, ...readYamlInstead({ source, path, start, failure })];
  }
}

interface Rest {
  readonly source: Buffer;
  readonly path: string | undefined;
  readonly start: number;
}

function readYamlInstead({
  source,
  path,
  start,
  failure,
}: Rest & { failure: ManifestError }): DocumentValue[] {
  const yamlStart = skipSpaceToLine(source, start);
  if (yamlStart === undefined) throw failure;
  const { line } = placeFinder(source)(yamlStart);
  const documents: DocumentValue[] = [];
  try {
    for (const document of yamlDocuments({ source, path, start: yamlStart, line })) {
      documents.push(document);
    }
  } catch (error) {
    throw documents.length === 0 ? failure : error;
  }
  return documents;
}

/**
 * decoder.go, consumeWhitespace: up to the end of the line. It looks at four bytes at a time, and gives up where there are
 * fewer, or no character of UTF-8.
 */
function skipSpaceToLine(source: Buffer, start: number): number | undefined {
  for (let at = start; source.length - at >= 4;) {
    const character = String.fromCodePoint(
      Number(decodeGoUtf8(source.subarray(at, at + 4)).codePointAt(0)),
    );
    if (character === '\ufffd') return undefined;
    if (!isGoSpace(character)) return at;
    at += Buffer.byteLength(character);
    if (character === '\n') return at;
  }
  return undefined;
}

interface YamlStream extends Rest {
  /** The line, from 1, at which it starts. */
  readonly line: number;
}

function readYaml(stream: YamlStream): DocumentValue[] {
  return [...yamlDocuments(stream)];
}

/**
 * Takes YAML apart at lines that begin with `---`.
 *
 * @yields The first document of each part.
 */
function* yamlDocuments({ source, path, start, line }: YamlStream): Generator<DocumentValue, void> {
  let part: Buffer[] = [];
  let partLine = line;
  for (const [index, text] of linesOf(source, start)) {
    const isSeparator = text.subarray(0, SEPARATOR.length).toString('latin1') === SEPARATOR;
    if (isSeparator) checkSeparator(text, path, { line: line + index, column: 4 });
    if (isSeparator && part.length > 0) {
      yield readPart(part, path, partLine);
      part = [];
      continue;
    }
    // A separator before which nothing stands is part of what follows.
    if (part.length === 0) partLine = line + index;
    part.push(text);
  }
  if (part.length > 0) yield readPart(part, path, partLine);
}

/**
 * Takes a text apart into lines.
 *
 * @yields Each line's number, from 0, and its text up to its newline: a carriage return before it goes, and the last line
 *   gets one.
 */
function* linesOf(source: Buffer, start: number): Generator<readonly [number, Buffer], void> {
  let begin = start;
  for (let index = 0; begin < source.length; index += 1) {
    const newline = source.indexOf(LINE_FEED, begin);
    const end = newline < 0 ? source.length : newline;
    const hasReturn = newline >= 0 && end > begin && source[end - 1] === CARRIAGE_RETURN;
    const isWhole = newline >= 0 && !hasReturn;
    yield [
      index,
      isWhole
        ? source.subarray(begin, end + 1)
        : Buffer.concat([source.subarray(begin, hasReturn ? end - 1 : end), Buffer.from('\n')]),
    ];
    begin = end + 1;
  }
}

/** Go's error quotes what follows, which may hold a secret. */
function checkSeparator(text: Buffer, path: string | undefined, position: DocumentPosition): void {
  const rest = trimGoStart(text.toString('utf8', SEPARATOR.length));
  if (rest === '' || rest.startsWith('#')) return;
  const reason = 'not YAML: only a comment may follow a document separator (---) on its line';
  throw new ManifestError({ path, reason, position });
}

function readPart(part: readonly Buffer[], path: string | undefined, line: number): DocumentValue {
  const decoded = resultOrError(() => decodeYaml(Buffer.concat(part), { firstLine: line }));
  if (!(decoded instanceof YamlError)) return decoded.value;
  const { problem, mark } = decoded;
  const position = positionOf(mark, line);
  throw new ManifestError({ path, reason: `not YAML: ${problem}`, position });
}
