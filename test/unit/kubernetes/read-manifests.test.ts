import { describe, expect, test } from '@jest/globals';

import type { FieldPath } from '../../../src/kubernetes/pod/field-path.ts';
import {
  parseManifests,
  readManifests,
  type PlacedManifest,
} from '../../../src/kubernetes/manifest/manifests.ts';

async function only(text: string): Promise<PlacedManifest> {
  const [manifest, ...others] = await readManifests(text);
  if (manifest === undefined || others.length > 0) throw new Error('expected one object');
  return manifest;
}

const BLOCK = `# a comment
kind: Pod # and another

spec:
  # before the list
  containers:
    - name: web

      image: quay.io/web
    -
      # before the entry
      image: >-
        quay.io/folded
    - { name: flow,
        "image": quay.io/flow }
    - image: &tagged !!str
        quay.io/tagged
    - image:
  0: zero
`;

const JSON_TEXT = `
{
  "kind": "Pod",
  "spec": {
\t"containers": [{
      "image": "quay.io/web" }, {"\\u0069mage":

        "b"}]
  }
}`;

const ALIASED = `base: &base
  image: quay.io/base
  name: base
text: &text quay.io/text
other: &other { name: other, policy: Always }
list:
  - *base
  - <<: *base
    name: own
  - image: *text
  - <<: [*base, *other]
  - <<: *other
    "<<": { image: not merged }
  - <<: { <<: *base }
text2: &text
  again
list2: [*text]
`;

describe('readManifests says on which line a value begins,', () => {
  test.each<[string, string, FieldPath, number | undefined]>([
    ['in YAML', BLOCK, ['kind'], 2],
    ['in YAML, of the whole', BLOCK, [], 2],
    ['in YAML, of a list', BLOCK, ['spec', 'containers'], 7],
    ['in YAML, in block style', BLOCK, ['spec', 'containers', 0, 'image'], 9],
    ['in YAML, of an entry behind its dash', BLOCK, ['spec', 'containers', 1], 12],
    ['in YAML, of a text of several lines', BLOCK, ['spec', 'containers', 1, 'image'], 12],
    ['in YAML, in flow style', BLOCK, ['spec', 'containers', 2, 'image'], 15],
    ['in YAML, with an anchor and a tag before it', BLOCK, ['spec', 'containers', 3, 'image'], 16],
    ['in YAML, of an empty value', BLOCK, ['spec', 'containers', 4, 'image'], 18],
    ['in YAML, of a number as a key', BLOCK, ['spec', '0'], 19],
    ['in YAML, of nothing that is there', BLOCK, ['spec', 'volumes', 0, 'image'], undefined],
    ['in YAML, of an index that is not there', BLOCK, ['spec', 'containers', 9], undefined],
    ['in YAML, of a name in a list', BLOCK, ['spec', 'containers', 'image'], undefined],
    ['in YAML, of a field of a text', BLOCK, ['kind', 'image'], undefined],
    ['in YAML, of a key without a value', '? kind\n', ['kind'], 1],
    ['in YAML with CRLF', BLOCK.replaceAll('\n', '\r\n'), ['spec', 'containers', 2, 'image'], 15],
    ['in YAML with a BOM', `\uFEFF${BLOCK}`, ['spec', 'containers', 0, 'image'], 9],
    ['in JSON', JSON_TEXT, ['spec', 'containers', 0, 'image'], 6],
    ['in JSON, of the whole', JSON_TEXT, [], 2],
    ['in JSON, of an escaped key', JSON_TEXT, ['spec', 'containers', 1, 'image'], 8],
    ['in JSON, of nothing that is there', JSON_TEXT, ['spec', 'volumes'], undefined],
    [
      'in JSON with CRLF',
      JSON_TEXT.replaceAll('\n', '\r\n'),
      ['spec', 'containers', 0, 'image'],
      6,
    ],
    ['in JSON with a BOM', `\uFEFF${JSON_TEXT}`, ['spec', 'containers', 0, 'image'], 6],
    ['in JSON, of a key that is there twice', '{"a": 1,\n"a":\n2}', ['a'], 3],
    ['in JSON, with a key of YAML', '{"a":\n{"<<": {"b": 1}}}', ['a', 'b'], undefined],
    ['of an alias: its own', ALIASED, ['list', 0], 7],
    ['in an aliased mapping', ALIASED, ['list', 0, 'image'], 2],
    ['in a merged mapping', ALIASED, ['list', 1, 'image'], 2],
    ['of what replaces a merged value', ALIASED, ['list', 1, 'name'], 9],
    ['of an aliased text: its own', ALIASED, ['list', 2, 'image'], 10],
    ['in the first of merged mappings', ALIASED, ['list', 3, 'name'], 3],
    ['in the second of merged mappings', ALIASED, ['list', 3, 'policy'], 5],
    ['where a quoted key does not merge', ALIASED, ['list', 4, 'image'], undefined],
    ['in a mapping that is merged into a merged one', ALIASED, ['list', 5, 'image'], 2],
    ['of an alias of an anchor that is there twice', ALIASED, ['list2', 0], 17],
    ['in the nearest anchor of a name', 'a: &x { v: 1 }\nb: &x\n  v: 2\nc: *x', ['c', 'v'], 3],
  ])('%s', async (_what, text, fieldPath, line) => {
    const { lineOf } = await only(text);
    await expect(lineOf(fieldPath)).resolves.toBe(line);
    await expect(lineOf(fieldPath)).resolves.toBe(line);
  });

  test('in each of several documents', async () => {
    const manifests = await readManifests('---\nkind: A\n---\n# no object\n---\n\nkind: B\n...\n');
    const lines = manifests.map(({ lineOf }) => lineOf(['kind']));
    await expect(Promise.all(lines)).resolves.toEqual([2, 7]);
  });

  test.each([
    [
      'YAML',
      'kind: List\nitems:\n- kind: A\n- kind: AList\n  items:\n  - spec:\n      x: 1\n- spec: { x: 2 }\n',
      [3, 6, 8],
    ],
    [
      'JSON',
      '{"kind": "List", "items": [\n{},\n{"kind": "AList", "items": [\n{"spec": {\n"x": 1}}]},\n{}]}',
      [2, 4, 6],
    ],
  ])('of the items of lists in %s', async (_what, text, expected) => {
    const manifests = await readManifests(text);
    const lines = manifests.map(({ lineOf }) => lineOf([]));
    await expect(Promise.all(lines)).resolves.toEqual(expected);
    const [, second] = manifests;
    await expect(second?.lineOf(['spec', 'x'])).resolves.toBe((expected[1] ?? 0) + 1);
    expect(second?.object).toEqual({ kind: 'A', apiVersion: undefined, spec: { x: 1 } });
    await expect(second?.lineOf(['kind'])).resolves.toBeUndefined();
  });
});

test.each([
  ['in YAML, by an alias', '&x { kind: List, items: [*x, *x] }', /contains itself/],
  ['in JSON', `${'{"kind":"List","items":['.repeat(300)}${']}'.repeat(300)}`, /deeper than 500/],
])('a list that is in itself without end is refused %s', async (_what, text, reason) => {
  await expect(parseManifests(text)).rejects.toMatchObject({
    name: 'ManifestError',
    reason: expect.stringMatching(reason),
  });
});
