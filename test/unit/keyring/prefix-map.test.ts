import { expect, test } from '@jest/globals';
import { collectPrefixes, prefixMap } from '../../../src/keyring/prefix-map.ts';
import { seeded } from '../fakes/random.ts';

function find(prefixes: readonly string[], text: string): string[] {
  const found: string[] = [];
  const entries = prefixes.map((prefix) => [prefix, prefix] as const);
  collectPrefixes(prefixMap(new Map(entries)), text, found);
  return found;
}

test('every stored prefix of a text is found, the longest first', () => {
  const prefixes = ['/b', '/a/b', '', '/a', '/ab', '/a/b/c'];
  expect(find(prefixes, '/a/b/x')).toEqual(['/a/b', '/a', '']);
  expect(find(prefixes, '/zzz')).toEqual(['']);
  expect(find(prefixes, '')).toEqual(['']);
});

test('nothing is found in an empty map, or before the first prefix', () => {
  expect(find([], '/a')).toEqual([]);
  expect(find(['/b', '/c'], '/a')).toEqual([]);
  expect(find(['/a'], '/b')).toEqual([]);
});

test('a map finds what a look at every prefix finds', () => {
  const random = seeded(9);
  for (let round = 0; round < 2000; round += 1) {
    const prefixes = [
      ...new Set(
        Array.from({ length: random.below(20) }, () => random.text(['a', 'b', '\u00FF'], 0, 5)),
      ),
    ];
    const text = random.text(['a', 'b', '\u00FF'], 0, 7);
    const expected = prefixes
      .filter((prefix) => text.startsWith(prefix))
      .toSorted((one, other) => other.length - one.length);
    expect({ prefixes, text, found: find(prefixes, text) }).toEqual({
      prefixes,
      text,
      found: expected,
    });
  }
});
