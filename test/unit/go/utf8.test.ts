import { describe, expect, test } from '@jest/globals';
import { decodeGoUtf8, sequenceLength } from '../../../src/go/utf8.ts';
import { seeded } from '../fakes/random.ts';

const BAD = '\uFFFD';

describe('decodeGoUtf8', () => {
  test.each(['', 'ascii', 'ü€😀', '\0\u07FF\u0800\uFFFF\u{10000}\u{10FFFF}'])(
    'gives back %p, which is UTF-8',
    (text) => {
      expect(decodeGoUtf8(Buffer.from(text))).toBe(text);
    },
  );

  test.each<[string, number[], string]>([
    ['a byte that is never in UTF-8', [0x61, 0xff, 0x62], `a${BAD}b`],
    ['a continuation without a beginning', [0x80, 0xbf], BAD.repeat(2)],
    ['an overlong form of two bytes', [0xc0, 0xaf], BAD.repeat(2)],
    ['an overlong form of three bytes', [0xe0, 0x9f, 0xbf], BAD.repeat(3)],
    ['an overlong form of four bytes', [0xf0, 0x8f, 0xbf, 0xbf], BAD.repeat(4)],
    ['a surrogate', [0xed, 0xa0, 0x80], BAD.repeat(3)],
    ['a code point beyond Unicode', [0xf4, 0x90, 0x80, 0x80], BAD.repeat(4)],
    ['a sequence cut short by the end', [0xe2, 0x82], BAD.repeat(2)],
    ['a sequence cut short by a letter', [0xe2, 0x82, 0x61], `${BAD}${BAD}a`],
    ['a beginning alone', [0xe2], BAD],
  ])('gives one U+FFFD for each byte of %s', (_name, bytes, text) => {
    expect(decodeGoUtf8(Uint8Array.from(bytes))).toBe(text);
  });

  test('takes the part of a buffer that it is given', () => {
    const whole = Buffer.from('xxäyy');
    expect(decodeGoUtf8(whole.subarray(2, 4))).toBe('ä');
  });

  test('agrees with Node wherever Node finds nothing bad', () => {
    const random = seeded(1);
    const characters = ['a', 'é', '€', '😀', '\u{10FFFF}', '\u0800', '\uD7FF', '\uE000'];
    for (let round = 0; round < 500; round += 1) {
      const text = random.text(characters, 0, 20);
      expect(decodeGoUtf8(Buffer.from(text))).toBe(text);
    }
  });
});

test('no sequence begins beyond the end', () => {
  expect(sequenceLength(Uint8Array.of(), 0)).toBe(0);
  expect(sequenceLength(Uint8Array.of(0x61), 1)).toBe(0);
});
