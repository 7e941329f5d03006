import { expect, test } from '@jest/globals';
import { formatGoDuration, parseGoDuration } from '../../../../../src/go/duration.ts';

test.each([
  ['0', 0],
  ['12h', 43_200_000],
  ['1h0.5ms', 3_600_000.5],
  ['-1.5s', -1500],
  ['+7ns', 0.000_007],
  ['100µs', 0.1],
  ['3μs', 0.003],
  ['.5m', 30_000],
  ['1', undefined],
  ['', undefined],
  ['1d', undefined],
  ['9223372036854775808ns', undefined],
])('%j is %p milliseconds', (text, ms) => {
  expect(parseGoDuration(text)).toBe(ms);
});

test.each([
  [0, '0s'],
  [0.000_007, '7ns'],
  [0.0015, '1.5µs'],
  [1.5, '1.5ms'],
  [1500, '1.5s'],
  [90_000, '1m30s'],
  [5_400_000, '1h30m0s'],
  [-1000, '-1s'],
])('%p milliseconds are %s', (ms, text) => {
  expect(formatGoDuration(ms)).toBe(text);
});
