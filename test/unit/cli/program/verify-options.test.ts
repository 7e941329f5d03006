import { expect, test } from '@jest/globals';
import {
  parseAmount,
  parseDuration,
  parsePlatforms,
  parseRealm,
  parseRegistry,
} from '../../../../src/cli/program/verify-options.ts';

test.each([
  ['45s', 45_000],
  ['30m', 1_800_000],
  ['12h', 43_200_000],
  ['7d', 604_800_000],
])('A duration is a number and a unit: %s', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test('An amount is a whole number', () => {
  expect([parseAmount('1'), parseAmount('100')]).toEqual([1, 100]);
  expect(() => parseAmount('1.5')).toThrow('Use a number');
});

test('Platforms add up, with commas and without', () => {
  const before = parsePlatforms('linux/amd64, linux/arm/v7');
  expect(parsePlatforms('windows/amd64', before)).toEqual([
    'linux/amd64',
    'linux/arm/v7',
    'windows/amd64',
  ]);
});

test.each(['x.test', 'x.test:5000', '10.0.0.1:5000', '[fd00::1]', '[fd00::1]:5000', 'X.test'])(
  'A host may be %s',
  (host) => {
    expect(parseRegistry(host, ['before.test'])).toEqual(['before.test', host]);
    expect(parseRealm(host, ['before.test'])).toEqual(['before.test', host]);
  },
);

test.each(['', 'x.test:', 'x.test:port', 'robot@x.test', 'fd00::1', 'x.test:500000', '*.x.test'])(
  '%j is no host',
  (text) => {
    expect(() => parseRegistry(text)).toThrow('Use host or host:port');
    expect(() => parseRealm(text)).toThrow('Use host or host:port');
  },
);
