import { expect, test } from '@jest/globals';
import { firstRepeated } from '../../../../src/util/text/first-repeated.ts';

test('The first text that comes again is found', () => {
  expect(firstRepeated(['a', 'b', 'c', 'b', 'a'])).toBe('b');
  expect(firstRepeated(['', ''])).toBe('');
  expect(firstRepeated(['a', 'b'])).toBeUndefined();
  expect(firstRepeated([])).toBeUndefined();
});
