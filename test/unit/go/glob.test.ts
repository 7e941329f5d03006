import { describe, expect, test } from '@jest/globals';
import { isGlob, matchLabel } from '../../../src/go/glob.ts';
import { toByteString } from '../../../src/go/url.ts';
import { seeded } from '../fakes/random.ts';

describe('a label matches a pattern as in filepath.Match', () => {
  test.each<[string, string, boolean]>([
    ['', '', true],
    ['', 'a', false],
    ['a', '', false],
    ['a', 'a', true],
    ['a', 'A', false],
    ['*', '', true],
    ['*', 'anything', true],
    ['**', 'a', true],
    ['a*', 'a', true],
    ['a*', 'abc', true],
    ['a*', 'ba', false],
    ['*c', 'abc', true],
    ['a*c', 'abcbc', true],
    ['a*c', 'abcb', false],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxcyyb', false],
    ['ab', 'abc', false],
    ['abc', 'ab', false],
    ['[a-c]', 'b', true],
    ['[a-c]', 'd', false],
    ['[abc]x', 'cx', true],
    ['[::A]', 'A', true],
    ['[::1]', ':', true],
    ['[]a]', ']', false],
    ['[a', 'a', false],
    ['[a-', 'a', false],
    ['[a-]', 'a', false],
    ['[-a]', 'a', false],
    ['[]', 'a', false],
    ['[c-a]', 'b', false],
    ['*[a-c]', 'xxb', true],
    ['[ä-ü]', 'ö', true],
    ['[a]', 'ä', false],
    ['*[a-c]*x', 'zzbzx', true],
    ['*[a-c]*x', 'zzzx', false],
    ['*[a-c]y*', 'abcx', false],
    ['*[a-c]', 'xxd', false],
    ['*[a', 'xa', false],
  ])('%p and %p: %p', (pattern, label, expected) => {
    expect(matchLabel(toByteString(pattern), toByteString(label))).toBe(expected);
  });

  test('a byte that is not UTF-8 is U+FFFD to a class', () => {
    expect(matchLabel(toByteString('[\uFFFD]'), '\u00FF')).toBe(true);
    expect(matchLabel('[\u00FF]', '\u00FE')).toBe(true);
  });
});

test('only a star or a class makes a glob', () => {
  expect(['a', 'a*', '[a]', '?'].map(isGlob)).toEqual([false, true, true, false]);
});

test('stars agree with a regular expression', () => {
  const random = seeded(5);
  for (let round = 0; round < 5000; round += 1) {
    const pattern = random.text(['a', 'b', '*'], 0, 6);
    const label = random.text(['a', 'b'], 0, 7);
    const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(label);
    expect({ pattern, label, isMatch: matchLabel(pattern, label) }).toEqual({
      pattern,
      label,
      isMatch: expected,
    });
  }
});

test('a hostile pattern is answered', () => {
  const label = 'a'.repeat(2000);
  expect(matchLabel(`${'*a'.repeat(1000)}*b`, label)).toBe(false);
  expect(matchLabel(`*${'a'.repeat(1000)}b*`, label)).toBe(false);
});
