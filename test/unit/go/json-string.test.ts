import { describe, expect, test } from '@jest/globals';
import { readString, skipString } from '../../../src/go/json-string.ts';
import { jsonReader } from '../../../src/go/json.ts';
import { seeded } from '../fakes/random.ts';

function read(json: string | Uint8Array): string {
  const bytes = Buffer.from(json);
  const reader = jsonReader(bytes);
  const text = readString(reader);
  expect(reader.offset).toBe(bytes.length);
  return text;
}

describe('a string is what Go makes of it', () => {
  test.each<[string, string]>([
    ['""', ''],
    ['"plain"', 'plain'],
    ['"ü😀"', 'ü😀'],
    [String.raw`"\"\\\/\b\f\n\r\t"`, '"\\/\b\f\n\r\t'],
    [String.raw`"a\u0041b"`, 'aAb'],
    [String.raw`"\u00fcü"`, 'üü'],
    [String.raw`"\ud83d\ude00"`, '😀'],
    [String.raw`"\ud800"`, '\uFFFD'],
    [String.raw`"\ud800\u0041"`, '\uFFFDA'],
    [String.raw`"\udc00\ud800x"`, '\uFFFD\uFFFDx'],
    [String.raw`"\\u0041"`, '\\u0041'],
    ['"\u007f\u2028"', '\u007f\u2028'],
  ])('%s', (json, text) => {
    expect(read(json)).toBe(text);
  });

  test('bytes that are not UTF-8 become U+FFFD, one each, also beside escapes', () => {
    expect(read(Uint8Array.of(0x22, 0x61, 0xff, 0xfe, 0x22))).toBe('a\uFFFD\uFFFD');
    const escaped = Uint8Array.of(0x22, 0xff, 0x5c, 0x6e, 0xe2, 0x82, 0x22);
    expect(read(escaped)).toBe('\uFFFD\n\uFFFD\uFFFD');
  });

  test('a string agrees with JSON.parse', () => {
    const random = seeded(3);
    const pieces = ['a', 'ü', '😀', '\\n', '\\"', '\\\\', '\\u0041', '\\uD83D', '\\uDE00', '/'];
    for (let round = 0; round < 2000; round += 1) {
      const json = `"${random.text(pieces, 0, 8)}"`;
      expect(read(json)).toBe(String(JSON.parse(json)).toWellFormed());
    }
  });
});

describe('reading and passing over refuse the same', () => {
  test.each([
    '"',
    '"a',
    '"a\n"',
    '"\\n\n"',
    '"\\x"',
    '"\\u00',
    '"\\',
    '"\\u004x"',
    '"\\n',
    '"ü\u0000"',
  ])('%p', (json) => {
    expect(problemOf(readString, json)).toEqual(problemOf(skipString, json));
  });
});

test('passing over a string ends where reading it ends', () => {
  const json = String.raw`"a\u0041\n\"ü" `;
  const [one, other] = [jsonReader(Buffer.from(json)), jsonReader(Buffer.from(json))];
  readString(one);
  skipString(other);
  expect(one.offset).toBe(other.offset);
});

function problemOf(pass: typeof readString | typeof skipString, json: string): unknown {
  try {
    pass(jsonReader(Buffer.from(json)));
  } catch (error) {
    return error;
  }
  throw new Error('it was accepted');
}
