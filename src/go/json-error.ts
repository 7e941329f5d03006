// What goes wrong in a JSON document, in Go's words (encoding/json scanner.go, Go 1.26) and in words that quote nothing.

/** What is wrong with a document that is not JSON. */
export interface JsonProblem {
  /** The byte at which it shows. */
  readonly offset: number;
  /** A phrase that quotes nothing of the document. */
  readonly reason: string;
  /** Go's own words, which quote one character. */
  readonly goMessage: string;
}

/** Thrown inside the room only: a document that is not JSON. */
export class JsonSyntaxError extends Error {
  readonly problem: JsonProblem;

  constructor(problem: JsonProblem) {
    super(problem.reason);
    this.name = 'JsonSyntaxError';
    this.problem = problem;
  }
}

/** A place in a document. */
export interface JsonReader {
  readonly bytes: Buffer;
  offset: number;
  depth: number;
}

const SPACE = 0x20;
const BACKSLASH = 0x5c;

/** The byte at the reader's place; the end reads as a space, as in Go's scanner (scanner.go, eof). */
export function byteAt(reader: JsonReader): number {
  return reader.bytes[reader.offset] ?? SPACE;
}

/** Where Go's scanner would take the space that it reads at the end, it says "unexpected end". */
const SPACE_IS_WELCOME = /^(?:looking for|after (?:object|array|top)|in string literal)/;

/** Ends the reading at the reader's place. */
export function fail(reader: JsonReader, context: string): never {
  const { bytes, offset } = reader;
  if (offset >= bytes.length && SPACE_IS_WELCOME.test(context)) {
    throw new JsonSyntaxError({
      offset,
      reason: 'the JSON ends too early',
      goMessage: 'unexpected end of JSON input',
    });
  }
  throw new JsonSyntaxError({
    offset,
    reason: `not JSON: a character that is invalid ${context}`,
    goMessage: `invalid character ${goQuote(byteAt(reader))} ${context}`,
  });
}

const NAMED_ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x07, 'a'],
  [0x08, 'b'],
  [0x0c, 'f'],
  [0x0a, 'n'],
  [0x0d, 'r'],
  [0x09, 't'],
  [0x0b, 'v'],
  [BACKSLASH, '\\'],
]);

/** scanner.go, quoteChar: the byte as a code point, in Go's escapes. */
function goQuote(byte: number): string {
  if (byte === 0x27) return String.raw`'\''`;
  const named = NAMED_ESCAPES.get(byte);

  if (named !== undefined) return `'\\${named}'`;
  const hex = byte.toString(16);
  if (byte < SPACE || byte === 0x7f) return `'\\x${hex.padStart(2, '0')}'`;
  // The code points of Latin-1 that Go does not print: C1 controls, no-break space, soft hyphen.
  if ((byte > 0x7f && byte <= 0xa0) || byte === 0xad) return `'\\u${hex.padStart(4, '0')}'`;
  return `'${String.fromCharCode(byte)}'`;
}
