// Standard base64 as strictly as Go's encoding/base64 decodes it.

/** A value's bytes, or the offset that Go names in `illegal base64 data at input byte N`. */
export type Base64Result = { readonly bytes: Uint8Array } | { readonly illegalAt: number };

const FOREIGN_CHARACTER = /[^A-Za-z0-9+/]/;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const PADDING = 0x3d;

/** Decodes a value; line breaks are skipped, padding is required, and nothing else is forgiven. */
export function decodeDataValue(text: string): Base64Result {
  const bytes = decodeBase64(text, 'padded');
  return bytes === undefined ? { illegalAt: illegalByte(Buffer.from(text, 'utf8')) } : { bytes };
}

/** base64.go, decodeQuantum: it blames the first byte of a broken quantum or of what follows the padding. */
function illegalByte(source: Uint8Array): number {
  let digits = 0;
  for (const [index, byte] of source.entries()) {
    if (isLineBreak(byte)) continue;
    if (!isBase64Digit(byte)) {
      return byte === PADDING && digits >= 2 ? illegalPadding(source, index, digits) : index;
    }
    digits = (digits + 1) % 4;
  }
  return source.length - digits;
}

function illegalPadding(source: Uint8Array, index: number, digits: number): number {
  let next = skipLineBreaks(source, index + 1);
  if (digits === 3) return next;
  if (next === source.length) return next;
  if (source[next] !== PADDING) return next - 1;
  next = skipLineBreaks(source, next + 1);
  return next;
}

function skipLineBreaks(source: Uint8Array, start: number): number {
  let index = start;
  while (isLineBreak(source[index])) index += 1;
  return index;
}

function isLineBreak(byte: number | undefined): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

function isBase64Digit(byte: number): boolean {
  return /[A-Za-z0-9+/]/.test(String.fromCharCode(byte));
}

/**
 * Decodes standard base64 as strictly as Go's encoding/base64: line breaks are skipped, everything else that is foreign
 * is an error, and so is wrong padding. Node's own decoder takes all of it.
 *
 * @returns `undefined` when it is not base64.
 */
export function decodeBase64(text: string, padding: 'padded' | 'unpadded'): Buffer | undefined {
  const joined = /[\r\n]/.test(text) ? text.replaceAll(/[\r\n]/g, '') : text;
  const body = padding === 'padded' ? withoutPadding(joined) : joined;
  if (body === undefined || body.length % 4 === 1 || FOREIGN_CHARACTER.test(body)) return undefined;
  return Buffer.from(body, 'base64');
}

/** The text before its padding, `undefined` when the padding is not exact. */
function withoutPadding(text: string): string | undefined {
  if (text.length % 4 !== 0) return undefined;
  if (text.endsWith('==')) return text.slice(0, -2);
  return text.endsWith('=') ? text.slice(0, -1) : text;
}
