// One character out of bytes, with the checks of the kubelet's YAML parser. Source: go.yaml.in/yaml/v2 v2.4.4 readerc.go.

/** How a document's bytes are to be read. */
export type Encoding = 'utf8' | 'utf16le' | 'utf16be';

/** A code point and how many bytes it took, or what is wrong. */
export type DecodedCharacter =
  { readonly code: number; readonly length: number } | { readonly problem: string };

/** The first character of bytes; `undefined` where they end too early. */
export function decodeCharacter(
  bytes: Uint8Array,
  encoding: Encoding,
): DecodedCharacter | undefined {
  const decoded = encoding === 'utf8' ? decodeUtf8(bytes) : decodeUtf16(bytes, encoding);
  if (decoded === undefined || 'problem' in decoded || isAllowed(decoded.code)) return decoded;
  return { problem: 'control characters are not allowed' };
}

const SMALLEST = [0, 0, 0x80, 0x800, 0x10000];

function decodeUtf8(bytes: Uint8Array): DecodedCharacter | undefined {
  const lead = Number(bytes[0]);
  const length = widthOf(lead);
  if (length === 0) return { problem: 'invalid leading UTF-8 octet' };
  if (length > bytes.length) return undefined;
  const trail = [...bytes.subarray(1, length)];
  if (trail.some((byte) => (byte & 0xc0) !== 0x80)) {
    return { problem: 'invalid trailing UTF-8 octet' };
  }
  const first = length === 1 ? lead : lead & (0x7f >> length);
  const code = trail.reduce((value, byte) => value * 64 + (byte & 0x3f), first);
  if (code < Number(SMALLEST[length])) return { problem: 'invalid length of a UTF-8 sequence' };
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) {
    return { problem: 'invalid Unicode character' };
  }
  return { code, length };
}

/** How many bytes a character has that begins so; 0 where none does. */
export function widthOf(lead: number): number {
  if (lead < 0x80) return 1;
  if ((lead & 0xe0) === 0xc0) return 2;
  if ((lead & 0xf0) === 0xe0) return 3;
  return (lead & 0xf8) === 0xf0 ? 4 : 0;
}

function decodeUtf16(
  bytes: Uint8Array,
  encoding: 'utf16le' | 'utf16be',
): DecodedCharacter | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isLittle = encoding === 'utf16le';
  if (bytes.length < 2) return undefined;
  const unit = view.getUint16(0, isLittle);
  if ((unit & 0xfc00) === 0xdc00) return { problem: 'unexpected low surrogate area' };
  if ((unit & 0xfc00) !== 0xd800) return { code: unit, length: 2 };
  if (bytes.length < 4) return undefined;
  const low = view.getUint16(2, isLittle);
  if ((low & 0xfc00) !== 0xdc00) return { problem: 'expected low surrogate area' };
  return { code: 0x10000 + (unit & 0x3ff) * 0x400 + (low & 0x3ff), length: 4 };
}

const CONTROL = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function isAllowed(code: number): boolean {
  return !CONTROL.test(String.fromCodePoint(code));
}
