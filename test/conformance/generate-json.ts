import type { Random } from './random.ts';

/** How much of a document may be wrong. */
export interface Oddness {
  /** The probability that some one thing is written unusually, but validly. */
  readonly unusual: number;
  /** The probability that some one thing is wrong. */
  readonly wrong: number;
}

const RAW_BYTE = 0xe000;

/** A character that {@link toBytes} turns into this one byte, so that a text can hold bytes that are not UTF-8. */
function rawByte(byte: number): string {
  return String.fromCharCode(RAW_BYTE + byte);
}

export function toBytes(text: string): Buffer {
  const parts = text.split(/([\uE000-\uE0FF])/);
  return Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 1 ? Buffer.of(part.charCodeAt(0) - RAW_BYTE) : Buffer.from(part, 'utf8'),
    ),
  );
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

const WRONG_STRING_PARTS = [
  '\\x41',
  '\\u12g4',
  '\\u12',
  "\\'",
  '\\',
  '\n',
  '\t',
  '\u0000',
  '\u001f',
  '"',
  '\\U0041',
];

const UNUSUAL_STRING_PARTS = [
  '\\ud800',
  '\\udc00',
  '\\ud83d\\ude00',
  '\\ud800\\u0041',
  '\\ud800\\ud83d\\ude00',
  '\\ud83d\\n',
  '\\u0000',
  '\\u2028',
  '\u2028',
  '\u007f',
  '\ufeff',
  '\ufffd',
  '😀',
  '\\/',
  '<&>',
  '\\u003c',
  rawByte(0xff),
  rawByte(0x80),
  rawByte(0xc3),
  rawByte(0xe2) + rawByte(0x82),
  rawByte(0xf0) + rawByte(0x9f) + rawByte(0x98),
  rawByte(0xed) + rawByte(0xa0) + rawByte(0x80),
  rawByte(0xc0) + rawByte(0xaf),
  rawByte(0xf4) + rawByte(0x90) + rawByte(0x80) + rawByte(0x80),
];

/** A JSON string. */
export function jsonString(random: Random, text: string, odd: Oddness): string {
  const isEscaped = random.chance(odd.unusual / 2);
  const characters = Array.from(text, (character) =>
    isEscaped && random.chance(0.3) ? unicodeEscape(random, character) : escaped(character),
  );
  if (random.chance(odd.wrong / 6)) insert(random, characters, WRONG_STRING_PARTS);
  if (random.chance(odd.unusual / 6)) insert(random, characters, UNUSUAL_STRING_PARTS);
  return `"${characters.join('')}"`;
}

function insert(random: Random, characters: string[], parts: readonly string[]): void {
  characters.splice(random.below(characters.length + 1), 0, random.pick(parts));
}

function escaped(character: string): string {
  const simple = SIMPLE_ESCAPES[character];
  if (simple !== undefined) return simple;
  return character < ' ' ? unicodeUnit(character.charCodeAt(0)) : character;
}

function unicodeEscape(random: Random, character: string): string {
  if (character === '/') return '\\/';
  const units = character.split('').map((unit) => unicodeUnit(unit.charCodeAt(0)));
  const text = units.join('');
  return random.chance(0.5) ? text : text.replaceAll(/[a-f]/g, (digit) => digit.toUpperCase());
}

function unicodeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}

/** A JSON object of members that are text already. */
export function jsonObject(
  random: Random,
  members: readonly (readonly [string, string])[],
  odd: Oddness,
): string {
  const space = spacer(random, odd);
  const parts = members.map(([name, value]) => `${space()}${name}${space()}:${space()}${value}`);
  let text = `{${parts.join(`${space()},`)}${space()}}`;
  if (random.chance(odd.wrong / 8)) {
    text = random.pick([
      text.replace(/\}$/, ',}'),
      text.replace(':', ''),
      text.replace(':', '='),
      text.replace(/^\{/, '{,'),
      text.slice(0, -1),
      `${text}}`,
      text.replace(',', ''),
      text.replace(/^\{/, '{x:1,'),
      text.replace(/^\{/, '{/**/'),
      text.replace(/^\{/, `{${random.pick(['\v', '\f', '\u00a0', '\u2028', rawByte(0xff)])}`),
    ]);
  }
  return text;
}

function spacer(random: Random, odd: Oddness): () => string {
  if (!random.chance(odd.unusual)) return () => '';
  return () => random.pick(['', '', ' ', '\n', '\t', '\r\n', '  ']);
}

/** Any JSON value, for fields that nobody reads; sometimes one that isn't JSON. */
export function jsonValue(random: Random, odd: Oddness): string {
  if (random.chance(odd.wrong / 4)) {
    return random.pick([
      'nul',
      'True',
      '01',
      '+1',
      '.5',
      '1.',
      '1e',
      '-',
      'NaN',
      "'x'",
      '[1,]',
      '',
    ]);
  }
  return random.pick([
    'null',
    'true',
    'false',
    '0',
    '-0',
    '1',
    '-1.5e+10',
    '1e400',
    '123456789012345678901234567890',
    '""',
    '"text"',
    '[]',
    '{}',
    '[1,[2,{"a":null}],"\\u00e9"]',
    '{"auth":5,"auths":[]}',
    '"\\ud800"',
  ]);
}

/** An array nested about as deep as Go allows: 10,000 levels. */
export function deepValue(random: Random, depthAbove: number): string {
  const depth = 10_000 - depthAbove - 1 + random.below(4);
  return random.chance(0.5)
    ? '['.repeat(depth) + ']'.repeat(depth)
    : `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
}

const FOLDED: Readonly<Record<string, readonly string[]>> = { s: ['S', 'ſ'], k: ['K', '\u212a'] };

/** A field name as Go's encoding/json also takes it: in other case, and with the letters that fold to s and k. */
export function fieldName(random: Random, name: string, odd: Oddness): string {
  if (!random.chance(odd.unusual)) return `"${name}"`;
  const changed = Array.from(name, (letter) => {
    if (!random.chance(0.4)) return letter;
    return random.pick(
      FOLDED[letter.toLowerCase()] ?? [letter.toUpperCase(), letter.toLowerCase()],
    );
  }).join('');
  const other = random.chance(0.1) ? changed.replace(/[aeiou]/, 'ı') : changed;
  return jsonString(random, other, { unusual: odd.unusual, wrong: 0 });
}
