// The documents of a text of manifests, as kubectl takes them apart: a stream of JSON, of YAML, or of JSON that turns out
// to be YAML. Source: k8s.io/apimachinery v0.37.2 pkg/util/yaml/decoder.go, NewYAMLOrJSONDecoder with 4096 bytes, as
// k8s.io/cli-runtime v0.37.2 pkg/resource/visitor.go uses it.

import { isGoSpace, trimGoStart } from '../../go/space.ts';
import { placeFinder, readJsonDocument } from '../../go/document/json-document.ts';
import type { DocumentValue } from '../../go/document/value.ts';
import { JsonSyntaxError } from '../../go/json-error.ts';
import { atEnd, jsonReader, skipValue, syntaxProblem } from '../../go/json.ts';
import { decodeGoUtf8 } from '../../go/utf8.ts';
import { loadYaml, MAX_DEPTH, type ReadYaml } from '../../config/yaml/read-yaml.ts';
import { YamlError } from '../../config/yaml/yaml-error.ts';
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
export async function readManifestStream(
  bytes: Uint8Array,
  path: string | undefined,
): Promise<DocumentValue[]> {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stream: ManifestStream = { source, path, readYaml: await loadYaml() };
  if (startsWithBrace(source)) return readJson(stream);
  return [...yamlDocuments(stream, { start: 0, line: 1 })];
}

interface ManifestStream {
  readonly source: Buffer;
  readonly path: string | undefined;
  readonly readYaml: ReadYaml;
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
function readJson(stream: ManifestStream): DocumentValue[] {
  const { source, path } = stream;
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
    return [...documents, ...readYamlInstead(stream, start, failure)];
  }
}

function readYamlInstead(
  stream: ManifestStream,
  jsonEnd: number,
  failure: ManifestError,
): DocumentValue[] {
  const { source } = stream;
  const start = skipSpaceToLine(source, jsonEnd);
  if (start === undefined) throw failure;
  const { line } = placeFinder(source)(start);
  const documents: DocumentValue[] = [];
  try {
    for (const document of yamlDocuments(stream, { start, line })) documents.push(document);
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

/** Where in a text YAML starts. */
interface YamlStart {
  readonly start: number;
  /** The line, from 1. */
  readonly line: number;
}

/**
 * Takes YAML apart at lines that begin with `---`.
 *
 * @yields The first document of each part.
 */
function* yamlDocuments(
  stream: ManifestStream,
  { start, line }: YamlStart,
): Generator<DocumentValue, void> {
  const { source, path } = stream;
  let part: Buffer[] = [];
  let partLine = line;
  for (const [index, text] of linesOf(source, start)) {
    const isSeparator = text.subarray(0, SEPARATOR.length).toString('latin1') === SEPARATOR;
    if (isSeparator) checkSeparator(text, path, { line: line + index, column: 4 });
    if (isSeparator && part.length > 0) {
      yield readPart(stream, part, partLine);
      part = [];
      continue;
    }
    // A separator before which nothing stands is part of what follows.
    if (part.length === 0) partLine = line + index;
    part.push(text);
  }
  if (part.length > 0) yield readPart(stream, part, partLine);
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

function readPart(
  { path, readYaml }: ManifestStream,
  part: readonly Buffer[],
  firstLine: number,
): DocumentValue {
  const read = readYaml(Buffer.concat(part), firstLine);
  if (!(read instanceof YamlError)) return read.value;
  const { message, position } = read;
  throw new ManifestError({ path, reason: `not YAML: ${message}`, position });
}
