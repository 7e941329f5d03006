import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { DocumentValue } from '../../../../src/go/document/value.ts';
import { loadYaml } from '../../../../src/config/yaml/read-yaml.ts';
import { writeYaml, type YamlValue } from '../../../../src/config/yaml/write-yaml.ts';
import { YamlError } from '../../../../src/config/yaml/yaml-error.ts';

async function readBack(text: string): Promise<unknown> {
  const read = (await loadYaml())(Buffer.from(text));
  if (read instanceof YamlError) throw read;
  return plain(read.value);
}

function plain(value: DocumentValue): unknown {
  switch (value.kind) {
    case 'object':
      return Object.fromEntries(value.members.map((one) => [one.name, plain(one.value)]));
    case 'array':
      return value.items.map(plain);
    case 'string':
      return value.text;
    case 'number':
      return Number(value.text);
    default:
      return value.kind === 'boolean' ? value.value : null;
  }
}

test('lists and mappings stand in blocks, and empty ones in brackets', () => {
  const document = {
    name: 'a',
    missing: undefined,
    list: ['x', ['p', 1], { b: true, c: [] }, {}],
    deep: { er: { est: 'z' } },
  };
  expect(writeYaml(document)).toBe(`name: a
list:
  - x
  - - p
    - 1
  - b: true
    c: []
  - {}
deep:
  er:
    est: z
`);
  expect(writeYaml('on')).toBe('"on"\n');
});

test.each([
  'on',
  '0o7',
  '<<',
  '0b-1',
  '1_0',
  '1:30',
  '-',
  '--',
  '---',
  '-1',
  '.5',
  '...',
  'a:',
  '',
])('a node reads the text %j as the text that it is', async (text) => {
  await expect(readBack(writeYaml({ [text]: [text, { text }] }))).resolves.toEqual({
    [text]: [text, { text }],
  });
});

test('a node reads back whatever is written', async () => {
  const { value } = fc.letrec<{ value: YamlValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'binary' }),
      fc.boolean(),
      fc.integer(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string({ unit: 'binary' }), tie('value'), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
    ),
  }));
  await fc.assert(
    fc.asyncProperty(value, async (document) => {
      await expect(readBack(writeYaml(document))).resolves.toEqual(document);
    }),
  );
});
