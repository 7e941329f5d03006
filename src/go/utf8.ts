// Go's view of bytes that are not UTF-8: each byte that belongs to no valid sequence is one U+FFFD (unicode/utf8,
// DecodeRune), where JavaScript's decoders replace the longest invalid run.

/** Decodes bytes as Go does when it ranges over them or unmarshals them. */
export function decodeGoUtf8(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  // The two views differ only where something was replaced. (node:buffer's isUtf8 would tell too, but importing that
  // module makes Node load its streams.)
  return text.includes('\uFFFD') ? decodeByteByByte(buffer) : text;
}

function decodeByteByByte(buffer: Buffer): string {
  const pieces: string[] = [];
  let start = 0;
  let index = 0;
  while (index < buffer.length) {
    const length = sequenceLength(buffer, index);
    if (length === 0) {
      pieces.push(buffer.toString('utf8', start, index), '\uFFFD');
      start = index + 1;
    }
    index += Math.max(length, 1);
  }
  return pieces.join('') + buffer.toString('utf8', start);
}

/** The length in bytes of the UTF-8 sequence that begins at an index; 0 when none does. */
export function sequenceLength(bytes: Uint8Array, index: number): number {
  const lead = bytes[index] ?? 0xff;
  if (lead < 0x80) return 1;
  const length = 2 + Number(lead >= 0xe0) + Number(lead >= 0xf0);
  const [low, high] = secondByteRange(lead);
  const second = bytes[index + 1] ?? 0;
  if (second < low || second > high) return 0;
  for (let next = 2; next < length; next += 1) {
    if (((bytes[index + next] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

type ByteRange = readonly [low: number, high: number];

const NO_BYTE: ByteRange = [1, 0];
const ANY_BYTE: ByteRange = [0x80, 0xbf];
const NARROW: ReadonlyMap<number, ByteRange> = new Map([
  [0xe0, [0xa0, 0xbf]],
  [0xed, [0x80, 0x9f]],
  [0xf0, [0x90, 0xbf]],
  [0xf4, [0x80, 0x8f]],
]);

/** Excludes overlong forms, surrogates and what lies beyond Unicode: RFC 3629, section 4. */
function secondByteRange(lead: number): ByteRange {
  if (lead < 0xc2 || lead > 0xf4) return NO_BYTE;
  return NARROW.get(lead) ?? ANY_BYTE;
}
