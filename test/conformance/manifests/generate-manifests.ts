// Texts of manifests: streams of YAML and JSON whose scalars are those that readers disagree about.

import { DURATIONS, HEADS, MEMBERS } from '../plugin-config/edge-pieces.ts';
import { TAILS } from '../plugin-config/edge-tails.ts';
import type { Json } from '../plugin-config/config-values.ts';
import { writeOrdinaryDocument, writeOrdinaryStream } from '../ordinary-document.ts';
import { writeDocument } from '../plugin-config/write-document.ts';
import type { Random } from '../random.ts';

/** Without quotes, each is something else to some reader. */
const SCALARS: readonly string[] = [
  'y Y yes Yes YES yEs n N no No NO on On ON off Off OFF true True TRUE tRUE false null Null NULL nULL ~ x',
  '0 00 01 -1 +1 0b1 0b102 -0b1 0b-1 0o7 0O7 08 017 0x1F 0X1f 0xG 1_000 1__0 _1 1_ -_1 1:30 1:30:00 0.1_2',
  '1.0 1. .5 -.5 +.5 . .. 1e3 1e+3 1E-7 1e400 -1e400 1e21 1e20 1.5e-9 -0 -0.0 0.0 .e1 e1 1e 12e03 3.40282e38',
  '9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809',
  '18446744073709551615 18446744073709551616 123456789012345678901234567890 0xFFFFFFFFFFFFFFFF',
  '.inf -.inf +.Inf .NaN .nan .iNF inf nan 2001-01-01 2001-1-1 2001-13-01 2001-01-01T00:00:00Z 2001-02-30',
  '<< = !!str !!int !!binary !!float !!null !!bool * & ! | > - ? : @ ` % # , [ ] { } " \'',
  '1e6 1e5 1234567.5 0.0001 0.00001 16777217.0 1e39 1.17549435e-38 0.1 1.10 100000.0 1000000.0',
]
  .join(' ')
  .split(' ');

/** What stands in manifests, quoted where it must be. */
const ORDINARY_TEXTS: readonly string[] = [
  ...SCALARS,
  'a b',
  'a: b',
  'a # b',
  'a, b',
  "it's",
  'say "x"',
  'http://a.example:8080/b?c=d#e',
  '{"auths":{"a.example":{"auth":"eDp5"}}}',
  'one\ntwo\n',
  'one\n\n  two: three\n# four',
  'a\tb',
  ' a',
  'a ',
  'é ü 日本 😀',
  '- a',
  '[a]',
  '{a}',
  '%a @a `a !a &a *a #a ? a : a',
  '\\a',
  '',
];

const TAGS = [
  '',
  '',
  '',
  '',
  '',
  '!!str ',
  '!!int ',
  '!!float ',
  '!!binary ',
  '!!bool ',
  '! ',
  '!x ',
];
const NAMES = ['a', 'b', 'kind', '"1"', "'yes'", '__proto__', '<<', '"<<"', '? a\n'];

/** By hand, for what is special about a stream. */
export const EDGE_TEXTS: readonly (string | Uint8Array)[] = [
  ...SCALARS.map((scalar) => `a: ${scalar}\n`),
  ...SCALARS.map((scalar) => `a: {${scalar}: 1}\n`),
  ...SCALARS.map((scalar) => `[${scalar}]`),
  ...TAILS.map((tail) => `a: b\n${tail}`),
  ...HEADS.map((head) => `${head}a: b\n`),
  ...MEMBERS,
  ...DURATIONS.map((duration) => `a: ${duration}`),
  '',
  ' ',
  '\n\n',
  'null',
  '---\n---\n',
  '---\n# c\n---\nnull\n---\na: b',
  'a: b\n---',
  'a: b\n--- \nc: d',
  'a: b\n--- # c\nc: d',
  'a: b\n--- c: d',
  'a: b\n---c\n',
  'a: b\n----\n',
  ' ---\na: b',
  'a: |\n  x\n---\ny',
  'a: "x\n---\ny"',
  'a: b\n...\nc: d\n---\ne: f',
  '%YAML 1.1\n---\na: b',
  'a: b\r\n---\r\nc: d\r\n',
  'a: b\r---\rc: d\r',
  'a: |\r\n  x\r\n  y\r\n',
  'a: b\u2028---\u2028c: d',
  '{"a":1}',
  '{"a":1}{"b":2}',
  '{"a":1}\n{"b":2}\n{"c":3}',
  '{"a":1}\n---\n{"b":2}',
  '{"a":1}\n---\nb: 2',
  '{"a":1}\nb: 2',
  '{"a":1} b: 2',
  '{"a":1}\n\n\nb: 2',
  '{"a":1}{"b":2}c: 3',
  '{"a":1}{"b":2}\n---\nc: 3',
  '{"a":1}\n---\n{"b":2}{"c":3}',
  '{"a":1},',
  '{"a":1}]',
  '{"a":1}\u00a0\u2003x: y',
  '{"a":1} "x"',
  '{"a":1} 12',
  '{"a":1} null',
  '{"a":1}\nnull\n{"b":2}',
  '{a: 1}',
  '{a: 1}\n---\n{"b":2}',
  '{"a":1, "a":2}',
  '{"a":{"b":1},"a":{"c":2}}',
  'a: {b: 1}\na: {c: 2}',
  '{"a":1e999}',
  '{"a":123456789012345678901234567890}',
  '{"a":1.0,"b":-0,"c":1e2,"d":-0.0}',
  '{"a":"\\ud800","b":"\\u0000","__proto__":{"c":1}}',
  '{"a":"\t"}',
  '{"a":1',
  '{',
  '{}',
  '[]',
  '"x"',
  '\u00a0{"a":1}',
  '\u0085{"a":1}',
  `${' '.repeat(4095)}{"a":1,"a":2}{"b":3}`,
  `${' '.repeat(4096)}{"a":1}{"b":3}`,
  `${' '.repeat(4096)}{"a":1}`,
  '\ufeff{"a":1}',
  '\ufeff{"a":1}{"b":2}',
  '\ufeffa: b\n---\n\ufeffc: d',
  Buffer.from('\ufeffa: b\n', 'utf16le'),
  Buffer.from('\ufeffa: b\n', 'utf16le').swap16(),
  Buffer.from('\ufeffa: b', 'utf16le').swap16(),
  Buffer.from('{"a":"\xff"}', 'latin1'),
  Buffer.from('{"a":1}\xff: 1', 'latin1'),
  Buffer.from('a: \xff', 'latin1'),
  `a: ${'['.repeat(400)}${']'.repeat(400)}`,
  'a: &a [x]\nb: *a\nc: {<<: {d: *a}, d: 1}\n',
  'a: &a {b: 1, c: 2}\nd: {<<: *a, b: 3}\ne: {b: 3, <<: *a}\nf: {<<: [*a, {b: 4, g: 5}]}\n',
  'a: &a [*a]',
  '<<: {a: b}',
  '<<: [{a: b}, {a: c, d: e}]',
];

/** A text. */
export function generateManifest(random: Random): Buffer {
  return random.weighted<() => Buffer>([
    [6, () => writeDocument(random, generateValue(random, 4))],
    [3, () => Buffer.from(scalarLines(random))],
    [2, () => Buffer.concat(random.times(1 + random.below(3), () => part(random)))],
  ])();
}

/** A text as people and programs write it. */
export function generateOrdinaryManifest(random: Random): Buffer {
  return random.chance(0.8)
    ? writeOrdinaryDocument(random, generateValue(random, 4, ORDINARY_TEXTS))
    : writeOrdinaryStream(
        random,
        random.times(2 + random.below(3), () => generateValue(random, 4, ORDINARY_TEXTS)),
      );
}

function part(random: Random): Buffer {
  const separator = random.pick(['---\n', '--- # c\n', '\n', '', '---\r\n', '---', '...\n', ' ']);
  return Buffer.concat([writeDocument(random, generateValue(random, 2)), Buffer.from(separator)]);
}

function scalarLines(random: Random): string {
  const scalar = (): string => random.pick(TAGS) + random.pick(SCALARS);
  const lines = random.times(1 + random.below(6), () =>
    random.weighted([
      [6, `${random.pick(NAMES)}: ${scalar()}`],
      [2, `${scalar()}: ${scalar()}`],
      [1, `- ${scalar()}`],
      [1, `c: [${scalar()}, ${scalar()}]`],
      [1, `d: {${scalar()}: ${scalar()}}`],
      [0.5, random.pick(['---', '--- x', '...', '# c', ''])],
    ]),
  );
  return lines.join(
    random.weighted([
      [9, '\n'],
      [1, '\r\n'],
      [0.3, '\r'],
    ]),
  );
}

function generateValue(random: Random, depth: number, texts: readonly string[] = SCALARS): Json {
  const inner = (): Json => generateValue(random, depth - 1, texts);
  return random.weighted<() => Json>([
    [depth > 0 ? 4 : 0, () => generateObject(random, inner)],
    [depth > 0 && depth < 4 ? 1 : 0, () => random.times(random.below(4), inner)],
    [depth < 4 ? 3 : 0, () => random.pick(texts)],
    [depth < 4 ? 1 : 0, () => random.pick([null, true, false, 0, -1, 1.5, 1e21, 1e-7, 2 ** 53])],
    [depth === 4 ? 0.2 : 0, () => random.pick(texts)],
  ])();
}

function generateObject(random: Random, inner: () => Json): Json {
  const names = ['kind', 'metadata', 'name', 'data', 'yes', '1', 'a b', 'é', '', '<<', '.x'];
  const members = random.times(random.below(5), () => [random.pick(names), inner()] as const);
  return Object.fromEntries(members);
}
