import { describe, expect, test } from '@jest/globals';
import { encodeJson, encodeText } from '../../../src/go/encode-json.ts';

describe('encodeText writes what Go writes', () => {
  test.each<[string, string]>([
    ['plain', '"plain"'],
    ['"\\/', String.raw`"\"\\/"`],
    ['\b\f\n\r\t', String.raw`"\b\f\n\r\t"`],
    ['\0\u001f\u007f', `"${String.raw`\u0000\u001f`}\u007f"`],
    ['<a>&', String.raw`"\u003ca\u003e\u0026"`],
    ['\u2028\u2029', String.raw`"\u2028\u2029"`],
    ['ü😀', '"ü😀"'],
    ['a\ud800b', '"a\uFFFDb"'],
  ])('for the text %p', (text, json) => {
    expect(encodeText(text)).toBe(json);
  });

  test.each<[string, number[], string]>([
    ['nothing', [], '""'],
    ['UTF-8', [0x61, 0xc3, 0xbc], '"aü"'],
    ['a bad byte', [0x61, 0xff, 0x62], String.raw`"a\ufffdb"`],
    ['bad bytes side by side', [0xff, 0xfe], String.raw`"\ufffd\ufffd"`],
    ['a sequence that is cut short', [0x22, 0xe2, 0x82], String.raw`"\"\ufffd\ufffd"`],
  ])('for bytes: %s', (_name, bytes, json) => {
    expect(encodeText(Uint8Array.from(bytes))).toBe(json);
  });
});

test('of lone surrogates only, text becomes another', () => {
  expect(encodeText('a😀\udc00')).toBe('"a😀\uFFFD"');
});

test('a value is what JSON.stringify makes of it, escaped', () => {
  expect(encodeJson({ a: '<é>' })).toBe(String.raw`{"a":"\u003cé\u003e"}`);
});
