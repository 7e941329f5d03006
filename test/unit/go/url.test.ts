import { describe, expect, test } from '@jest/globals';
import { fromByteString, parseSchemeless, toByteString } from '../../../src/go/url.ts';

describe('a URL that Go parses', () => {
  test.each<[string, string, string]>([
    ['gcr.io', 'gcr.io', ''],
    ['gcr.io/a/b', 'gcr.io', '/a/b'],
    ['GCR.io:0443/', 'GCR.io:0443', '/'],
    ['gcr.io:', 'gcr.io:', ''],
    ['*.gcr.io', '*.gcr.io', ''],
    ['user:pw@gcr.io/a@b', 'gcr.io', '/a@b'],
    ['u%20s@gcr.io', 'gcr.io', ''],
    ['gcr.io?x=%zz', 'gcr.io', ''],
    ['gcr.io#a\tb', 'gcr.io', ''],
    ['?a', '', ''],
    ['', '', ''],
    ['gcr.io/%61%2F%25', 'gcr.io', '/a/%'],
    ['a%25b', 'a%b', ''],
    ['a%FFb', 'a\u00FFb', ''],
    ['[::1]:5000/a', '[::1]:5000', '/a'],
    ['[::1]', '[::1]', ''],
    ['[::ffff:1.2.3.4]', '[::ffff:1.2.3.4]', ''],
    ['[fe80::1%25eth0]', '[fe80::1%eth0]', ''],
    ['[fe80::1%25en%201]', '[fe80::1%en 1]', ''],
  ])('%p', (text, host, path) => {
    expect(parseSchemeless(text)).toEqual({ host, path });
  });
});

describe('a URL that Go does not parse', () => {
  test.each([
    'gcr.io/a\tb',
    'gcr.io\u007f',
    'gcr.io#%zz',
    'gcr.io/%z',
    '%67cr.io',
    '%zz',
    'a b',
    'a\\b',
    'a^b',
    'a`b',
    'a{b',
    'a|b',
    'a%b',
    'a:b:c',
    '::1',
    'gcr.io:x',
    'gcr.io:1x/a',
    'us"er@gcr.io',
    'u%zz@gcr.io',
    'a[::1]',
    '[[::1]]',
    '[::1',
    '::1]',
    '[::1]x',
    '[::1]:x',
    '[abc]',
    '[]',
    '[1.2.3.4]',
    '[::1 ]',
    '[::1%25]',
    '[::1%25%zz]',
    '[::1%25a/b]',
    '[::1%25%00]',
    '[::1%25%ff]',
    '[::1%25%2f]',
    '[::1%25a b]',
    '[::%7f%25a]',
    '[::1%a]',
    '[::1%2561%]',
  ])('%p', (text) => {
    expect(parseSchemeless(text)).toBeUndefined();
  });
});

test('a byte string has one character for each byte, and gives the text back', () => {
  expect(toByteString('gcr.io')).toBe('gcr.io');
  expect(toByteString('ü')).toBe('\u00C3\u00BC');
  for (const text of ['gcr.io', 'ü€😀']) expect(fromByteString(toByteString(text))).toBe(text);
  expect(fromByteString('a\u00FF')).toBe('a\uFFFD');
});
