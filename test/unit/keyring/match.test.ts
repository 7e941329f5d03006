import { describe, expect, test } from '@jest/globals';
import {
  endsAtSegment,
  matchesImage,
  matchTarget,
  mismatch,
  type Mismatch,
} from '../../../src/keyring/match.ts';
import { registryPattern } from '../../../src/keyring/registry-key.ts';

describe('a pattern matches an image', () => {
  test.each([
    ['gcr.io', 'gcr.io/a'],
    ['gcr.io:', 'gcr.io/a'],
    ['gcr.io/a', 'gcr.io/ab'],
    ['*.gcr.io', 'eu.gcr.io/a'],
    ['*.pkg.dev', 'us-docker.pkg.dev/acme/app'],
    ['*', 'localhost/a'],
    ['gcr.io:5000/a', 'gcr.io:5000/a/b'],
    ['*.gcr.io:80', 'eu.gcr.io:80/a'],
    ['g*.io', 'gcr.io/a'],
    ['[::1]:5000', '[::1]:5000/a'],
  ])('%s, %s', (pattern, image) => {
    expect(matchesImage(pattern, image)).toBe(true);
  });
});

describe('a pattern does not match an image, for the first reason of these', () => {
  test.each<[string, string, Mismatch]>([
    ['gcr.io:443', 'gcr.io/a', 'port-differs'],
    ['gcr.io:05000', 'gcr.io:5000/a', 'port-differs'],
    ['*', 'gcr.io/a', 'label-count-differs'],
    ['gcr.io.', 'gcr.io/a', 'label-count-differs'],
    ['*.pkg.dev', 'docker.us-east1.rep.pkg.dev/acme/app', 'label-count-differs'],
    ['gcr.io/b', 'gcr.io/a', 'path-differs'],
    ['quay.io/b', 'gcr.io/a', 'path-differs'],
    ['gcr.io/*', 'gcr.io/a', 'path-differs'],
    ['GCR.io', 'gcr.io/a', 'host-differs'],
  ])('%s, %s: %s', (pattern, image, reason) => {
    expect(matchesImage(pattern, image)).toBe(false);
    const [parsed, target] = [registryPattern(pattern), matchTarget(image)];
    if (parsed === undefined || target === undefined) throw new Error('not parsed');
    expect(mismatch(parsed, target)).toBe(reason);
  });
});

test('what cannot be parsed matches nothing, and is no error', () => {
  expect(matchesImage('%zz', 'gcr.io/a')).toBe(false);
  expect(matchesImage('gcr.io', 'a b')).toBe(false);
  expect(matchTarget('a b')).toBeUndefined();
});

test('what is no text is the caller’s mistake', () => {
  const call = matchesImage as (pattern: unknown, image: unknown) => boolean;
  expect(() => call(undefined, 'gcr.io/a')).toThrow(TypeError);
  expect(() => call('gcr.io', 5)).toThrow(TypeError);
});

test.each<[string, string, boolean]>([
  ['', '/a', true],
  ['/a', '/a', true],
  ['/a/', '/a/b', true],
  ['/a', '/a/b', true],
  ['/a', '/ab', false],
])('whether %p ends at a segment of %p: %p', (prefix, path, expected) => {
  expect(endsAtSegment(prefix, path)).toBe(expected);
});
