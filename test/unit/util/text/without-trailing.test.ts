import { expect, test } from '@jest/globals';
import { withoutTrailing } from '../../../../src/util/text/without-trailing.ts';

test.each([
  ['', ''],
  ['/', ''],
  ['/a', '/a'],
  ['/a//', '/a'],
  ['//a/b/', '//a/b'],
])('%p without slashes at its end is %p', (text, expected) => {
  expect(withoutTrailing(text, '/')).toBe(expected);
});
