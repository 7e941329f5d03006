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
  let index = 0;
  while (index < buffer.length) {
    const length = sequenceLength(buffer, index);
    pieces.push(length === 0 ? '\uFFFD' : buffer.toString('utf8', index, index + length));
    index += Math.max(length, 1);
  }
  return pieces.join('');
}

/** The length in bytes of the UTF-8 sequence that begins at an index; 0 when none does. */
export function sequenceLength(bytes: Uint8Array, index: number): number {
  const lead = bytes[index] ?? 0xff;
  if (lead < 0x80) return 1;
  const length = 2 + Number(lead >= 0xe0) + Number(lead >= 0xf0);
  const [low, high] = secondByteRange(lead);
  const [second = 0, ...others] = bytes.subarray(index + 1, index + length);
  if (second < low || second > high || others.length < length - 2) return 0;
  return others.every((byte) => (byte & 0xc0) === 0x80) ? length : 0;
}

/** Excludes overlong forms, surrogates and what lies beyond Unicode: RFC 3629, section 4. */
function secondByteRange(lead: number): readonly [low: number, high: number] {
  if (lead < 0xc2 || lead > 0xf4) return [1, 0];
  if (lead === 0xe0) return [0xa0, 0xbf];
  if (lead === 0xed) return [0x80, 0x9f];
  if (lead === 0xf0) return [0x90, 0xbf];
  if (lead === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}
