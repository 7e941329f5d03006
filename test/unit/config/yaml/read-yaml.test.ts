import { describe, expect, test } from '@jest/globals';
import { loadYaml } from '../../../../src/config/yaml/read-yaml.ts';
import { YamlError } from '../../../../src/config/yaml/yaml-error.ts';

type Outcome = readonly [reason: string, line: number, column: number];

async function refusal(text: string | Uint8Array, firstLine?: number): Promise<Outcome> {
  const read = (await loadYaml())(Buffer.from(text), firstLine);
  if (!(read instanceof YamlError)) throw new Error('it was read');
  return [read.message, read.position.line, read.position.column];
}

const BEFORE = Buffer.from('a: 1\nb: "é');

describe('what cannot be read is refused, with its place:', () => {
  test.each<[string, string | Uint8Array, Outcome]>([
    ['a control character', 'a: 1\nb: é\u0007', ['control characters are not allowed', 2, 5]],
    ['no UTF-8', Buffer.concat([BEFORE, Buffer.of(0xff)]), ['not valid UTF-8', 2, 6]],
    ['no UTF-16', Buffer.of(0xff, 0xfe, 0x61), ['not valid UTF-16', 1, 1]],
    ['no UTF-16, the other way', Buffer.of(0xfe, 0xff, 0xd8, 0), ['not valid UTF-16', 1, 1]],
    ['an unknown directive', '# c\n%FOO x\n---\n', ['this directive is not supported', 2, 1]],
    ['another version', '%YAML 1.2\n---\n', ['this directive is not supported', 1, 1]],
    ['nothing before three dots', '# c\n...\na: 1', ['unexpected text', 2, 1]],
    ['half of a pair', String.raw`a: "\ud800"`, ['an escape names no character', 1, 4]],
    ['no base64', 'a: !!binary "aGk"', ['a !!binary value is not base64', 1, 4]],
    ['another type than the tag’s', 'a: !!bool 1', ['a value does not match its tag', 1, 4]],
    ['a float for a !!null', 'a: !!null 1.5', ['a value does not match its tag', 1, 4]],
    ['a text for a !!float', 'a: !!float x', ['a value does not match its tag', 1, 4]],
    ['no date', 'a: !!timestamp x', ['a value does not match its tag', 1, 4]],
    ['a list as a key', '? [a]\n: b', ['a key is a list or a mapping', 1, 3]],
    ['an alias of one as a key', 'a: &x [b]\n*x : c', ['a key is a list or a mapping', 2, 1]],
    ['null as a key', '~: a', ['a key is null or too large a number', 1, 1]],
    ['a uint64 as a key', '9223372036854775808: a', ['a key is null or too large a number', 1, 1]],
    ['a merge of a text', 'a: 1\n<<: b', ['a merge (<<) of what is not a mapping', 2, 5]],
    ['a merge of nothing', '{<<}', ['a merge (<<) of what is not a mapping', 1, 2]],
    ['a bracket that is not closed', '[a, [b]', [expect.any(String) as never, 1, 8]],
  ])('%s', async (_what, text, outcome) => {
    expect(await refusal(text)).toEqual(outcome);
  });

  test('a document that begins further down', async () => {
    expect(await refusal('a:\n\tb: c', 5)).toEqual([
      'a tab must not be used for indentation',
      6,
      1,
    ]);
    expect(await refusal('\u0007', 5)).toEqual(['control characters are not allowed', 5, 1]);
  });
});

async function valueOf(text: string): Promise<unknown> {
  const read = (await loadYaml())(Buffer.from(text));
  if (read instanceof YamlError) throw read;
  return read.value;
}

test('what follows a whole value is not looked at', async () => {
  expect(await valueOf('"a" "b')).toMatchObject({ kind: 'string', text: 'a' });
  expect(await valueOf('{a: b}}')).toMatchObject({ kind: 'object' });
  expect(await valueOf('a\n---\n"')).toMatchObject({ kind: 'string', text: 'a' });
});

test.each([
  ['%YAML 1.1 # c\n---\n!!str 1', { kind: 'string', text: '1' }],
  ['%TAG !y! tag:yaml.org,2002:\n---\n!y!int 0b-1', { kind: 'number', text: '-1' }],
  ['! 1', { kind: 'string', text: '1' }],
  ['!x 1', { kind: 'string', text: '1' }],
  ['!!float 1', { kind: 'number', text: '1' }],
  ['!!null ""', { kind: 'null' }],
  ['!!timestamp 2001-01-01', { kind: 'string', text: '2001-01-01' }],
  ['-0x1F', { kind: 'number', text: '-31' }],
  ['-9223372036854775809', { kind: 'number', text: '-9223372036854776000' }],
  ['---\n...\n', { kind: 'null' }],
])('%j is read', async (text, value) => {
  expect(await valueOf(text)).toMatchObject(value);
});

test('an error that is none of the document goes on', async () => {
  const bytes = Object.assign(Buffer.from('a'), {
    [Symbol.iterator]: () => {
      throw new RangeError('no memory');
    },
  });
  const readYaml = await loadYaml();
  expect(() => readYaml(bytes)).toThrow(RangeError);
});
