import { describe, expect, test } from '@jest/globals';
import { checkJson, jsonReader, nextKind, readObject, skipValue } from '../../../src/go/json.ts';
import { seeded, type Random } from '../fakes/random.ts';

const END = 'unexpected end of JSON input';

function check(text: string): ReturnType<typeof checkJson> {
  return checkJson(Buffer.from(text));
}

describe('a document that is not JSON is refused in the words of Go, and at its place', () => {
  test.each<[string, string, number]>([
    ['', END, 0],
    [' \n', END, 2],
    ['{', END, 1],
    ['{"a"', END, 4],
    ['{"a":', END, 5],
    ['{"a":1', END, 6],
    ['{"a":1,', END, 7],
    ['[', END, 1],
    ['[1', END, 2],
    ['[1,', END, 3],
    ['"abc', END, 4],
    ['"abc\\', "invalid character ' ' in string escape code", 5],
    ['"\\x"', "invalid character 'x' in string escape code", 2],
    ['"\\u12', "invalid character ' ' in \\u hexadecimal character escape", 5],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape", 5],
    ['"a\nb"', "invalid character '\\n' in string literal", 2],
    ['{"a\tb":1}', "invalid character '\\t' in string literal", 3],
    ['{"a\\n\u0001":1}', "invalid character '\\x01' in string literal", 5],
    ['x', "invalid character 'x' looking for beginning of value", 0],
    ["'", "invalid character '\\'' looking for beginning of value", 0],
    ['\\', "invalid character '\\\\' looking for beginning of value", 0],
    ['\u007f', "invalid character '\\x7f' looking for beginning of value", 0],
    ['\u0007', "invalid character '\\a' looking for beginning of value", 0],
    ['\ufeff{}', "invalid character 'ï' looking for beginning of value", 0],
    ['[\u00a0]', "invalid character 'Â' looking for beginning of value", 1],
    ['[,]', "invalid character ',' looking for beginning of value", 1],
    ['[1,]', "invalid character ']' looking for beginning of value", 3],
    ['[1 2]', "invalid character '2' after array element", 3],
    ['[{}}', "invalid character '}' after array element", 3],
    ['{,}', "invalid character ',' looking for beginning of object key string", 1],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string", 1],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string", 7],
    ['[{1:1}]', "invalid character '1' looking for beginning of object key string", 2],
    ['[{"a":1,1:1}]', "invalid character '1' looking for beginning of object key string", 8],
    ['{"a" 1}', "invalid character '1' after object key", 5],
    ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair", 7],
    ['{"a":1]', "invalid character ']' after object key:value pair", 6],
    ['tru', "invalid character ' ' in literal true (expecting 'e')", 3],
    ['nulL', "invalid character 'L' in literal null (expecting 'l')", 3],
    ['fAlse', "invalid character 'A' in literal false (expecting 'a')", 1],
    ['-', "invalid character ' ' in numeric literal", 1],
    ['-a', "invalid character 'a' in numeric literal", 1],
    ['1.', "invalid character ' ' after decimal point in numeric literal", 2],
    ['1e', "invalid character ' ' in exponent of numeric literal", 2],
    ['1E+x', "invalid character 'x' in exponent of numeric literal", 3],
    ['01', "invalid character '1' after top-level value", 1],
    ['{} {}', "invalid character '{' after top-level value", 3],
  ])('%p', (text, goMessage, offset) => {
    expect(check(text)).toMatchObject({ goMessage, offset });
  });

  test.each<[number, string]>([
    [0x80, String.raw`'\u0080'`],
    [0xa0, String.raw`'\u00a0'`],
    [0xa1, "'¡'"],
    [0xad, String.raw`'\u00ad'`],
    [0xff, "'ÿ'"],
  ])('the byte %i is quoted as %s', (byte, quoted) => {
    const goMessage = `invalid character ${quoted} looking for beginning of value`;
    expect(checkJson(Uint8Array.of(byte))).toMatchObject({ goMessage });
  });

  test('the reason quotes nothing of the document', () => {
    expect(check('{"a":§')?.reason).toBe(
      'not JSON: a character that is invalid looking for beginning of value',
    );
    expect(check('{"a":')?.reason).toBe('the JSON ends too early');
  });
});

describe('nesting', () => {
  test.each(['[', '{"a":'])('ends at 10,000 levels of %s', (opening) => {
    const closing = opening === '[' ? ']' : '}';
    const nested = (depth: number): string =>
      `${opening.repeat(depth - 1)}${opening === '[' ? '[]' : '{}'}${closing.repeat(depth - 1)}`;
    expect(check(nested(10_000))).toBeUndefined();
    expect(check(nested(10_001))).toEqual({
      offset: opening.length * 10_000,
      reason: 'the document nests deeper than 10000 levels',
      goMessage: `invalid character '${opening.charAt(0)}' exceeded max depth`,
    });
  });

  test('counts levels, not containers', () => {
    expect(check(`[${'[],{},'.repeat(20_000)}0]`)).toBeUndefined();
  });
});

test('every number is told with its text', () => {
  const numbers: string[] = [];
  const text = '[0,-0,1.50,{"a":1e400,"b":-2E-3},"7",true,12345678901234567890]';
  expect(checkJson(Buffer.from(text), (number) => numbers.push(number))).toBeUndefined();
  expect(numbers).toEqual(['0', '-0', '1.50', '1e400', '-2E-3', '12345678901234567890']);
});

test('a failure of the one who is told is not taken for a syntax error', () => {
  expect(() =>
    checkJson(Buffer.from('1'), () => {
      throw new Error('mine');
    }),
  ).toThrow('mine');
});

describe('readObject', () => {
  test('tells every member, duplicates too, with its place', () => {
    const reader = jsonReader(Buffer.from(' {"a":1, "b" : [2], "a":{} }'));
    const members: [string, number][] = [];
    expect(nextKind(reader)).toBe('object');
    readObject(reader, (name, offset) => {
      members.push([name, offset]);
      skipValue(reader);
    });
    expect(members).toEqual([
      ['a', 2],
      ['b', 9],
      ['a', 20],
    ]);
  });

  test('reads the part of a buffer that it is given', () => {
    const whole = Buffer.from('xx{}yy');
    expect(checkJson(whole.subarray(2, 4))).toBeUndefined();
  });
});

describe('it accepts exactly what JSON.parse accepts', () => {
  const PIECES = ['{', '}', '[', ']', ',', ':', '"', '\\', '\\u00', 'e', '-', '.', '0', '1', 'é'];
  const BLANKS = ['', '', ' ', '\n', '\t\r'];

  test('documents made from values, and the same with small damage', () => {
    const random = seeded(2026);
    const seen = { accepted: 0, refused: 0 };
    for (let round = 0; round < 4000; round += 1) {
      const text = damaged(random, valueText(random, 0));
      const isAccepted = check(text) === undefined;
      seen[isAccepted ? 'accepted' : 'refused'] += 1;
      expect({ text, isAccepted }).toEqual({ text, isAccepted: isAcceptedByNode(text) });
    }
    expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(500);
  });

  test('texts of JSON’s own characters in any order', () => {
    const random = seeded(7);
    for (let round = 0; round < 4000; round += 1) {
      const text = random.text(PIECES, 1, 6);
      const isAccepted = check(text) === undefined;
      expect({ text, isAccepted }).toEqual({ text, isAccepted: isAcceptedByNode(text) });
    }
  });

  function valueText(random: Random, depth: number): string {
    const blank = random.pick(BLANKS);
    const kind = random.below(depth > 4 ? 4 : 6);
    if (kind < 2) return `${blank}${random.pick(['true', 'false', 'null', '0', '-1.5e+3', '12'])}`;
    if (kind < 4)
      return `${blank}${JSON.stringify(random.text([...PIECES, '\u2028', '😀'], 0, 5))}`;
    const values = Array.from({ length: random.below(4) }, () => valueText(random, depth + 1));
    if (kind === 4) return `[${values.join(',')}${blank}]`;
    return `{${values.map((value) => `"${random.pick(['a', 'b'])}"${blank}:${value}`).join(',')}}`;
  }

  function damaged(random: Random, text: string): string {
    if (random.below(3) === 0) return text;
    const index = random.below(text.length + 1);
    return text.slice(0, index) + random.text(PIECES, 0, 1) + text.slice(index + random.below(2));
  }
});

function isAcceptedByNode(text: string): boolean {
  try {
    JSON.parse(text.toWellFormed());
    return true;
  } catch {
    return false;
  }
}
