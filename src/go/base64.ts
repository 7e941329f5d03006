// The values of a Secret's data: base64 as Go's encoding/json decodes it into bytes (encoding/base64, StdEncoding).

import { decodeBase64 } from '../config/auth-field.ts';

/** A value's bytes, or the offset that Go names in `illegal base64 data at input byte N`. */
export type Base64Result = { readonly bytes: Uint8Array } | { readonly illegalAt: number };

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
