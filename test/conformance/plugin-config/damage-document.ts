// Documents with something broken in them: characters and bytes.

import type { Random } from '../random.ts';
import { PIECES } from './document-pieces.ts';

/** A text's bytes in one of the encodings, seldom with a wrong one. */
export function encode(random: Random, text: string): Buffer {
  return random.weighted<() => Buffer>([
    [40, () => Buffer.from(text)],
    [1, () => Buffer.from(`\uFEFF${text}`)],
    [0.5, () => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    [0.5, () => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
    [0.7, () => withBadByte(random, Buffer.from(text))],
  ])();
}

function withBadByte(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  const bad = random.pick([
    [0xff],
    [0xc3],
    [0xed, 0xa0, 0x80],
    [0x00],
    [0x07],
    [0xc0, 0xaf],
    [0xf4, 0x90, 0x80, 0x80],
    [0x7f],
    [0xe2, 0x28],
  ]);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(bad), bytes.subarray(at)]);
}

/** Puts, drops or swaps a few characters. */
export function damage(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const piece = random.pick(PIECES);
  const length = random.weighted([
    [3, 0],
    [3, 1],
    [1, 5],
    [1, 30],
  ]);
  const damaged = text.slice(0, at) + (random.chance(0.75) ? piece : '') + text.slice(at + length);
  return random.chance(0.7) ? damaged : damage(random, damaged);
}
