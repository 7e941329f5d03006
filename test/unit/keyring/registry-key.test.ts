import { describe, expect, test } from '@jest/globals';
import {
  keyText,
  registryKey,
  registryPattern,
  splitHostPort,
} from '../../../src/keyring/registry-key.ts';

describe('a name is normalised as the kubelet does it', () => {
  test.each<[string, string]>([
    ['gcr.io', 'gcr.io'],
    ['https://gcr.io', 'gcr.io'],
    ['http://gcr.io/', 'gcr.io'],
    ['https://index.docker.io/v1/', 'index.docker.io'],
    ['gcr.io/v2/a', 'gcr.io/a'],
    ['gcr.io/v1', 'gcr.io/v1'],
    ['gcr.io/v1/v1/x', 'gcr.io/v1/x'],
    ['gcr.io/v3/', 'gcr.io/v3/'],
    ['gcr.io//', 'gcr.io//'],
    ['gcr.io:80/a', 'gcr.io:80/a'],
    ['gcr.io:', 'gcr.io:'],
    ['http://a.b:1/v1/', 'a.b:1'],
    ['HTTPS://gcr.io', 'HTTPS://gcr.io'],
    ['https://https://gcr.io', 'https://gcr.io'],
    ['user:pw@gcr.io/a?b#c', 'gcr.io/a'],
    ['http://gcr.io?x', 'gcr.io'],
    ['gcr.io/%61', 'gcr.io/a'],
    ['gcr.io/%2561', 'gcr.io/%61'],
    ['*.gcr.io', '*.gcr.io'],
    ['[::1]:5000', '[::1]:5000'],
    ['', ''],
    ['/', ''],
    ['gcr.io/ü', 'gcr.io/ü'],
  ])('%p', (rawKey, key) => {
    expect(keyText(registryKey(rawKey)?.key ?? 'ignored')).toBe(key);
  });

  test.each(['gcr.io#%zz', 'a b', 'a:b:c', '[a-z]cr.io'])('%p is ignored', (rawKey) => {
    expect(registryKey(rawKey)).toBeUndefined();
  });
});

describe('a key is parsed a second time', () => {
  test.each<[string, string]>([
    ['gcr.io/%2561', '/a'],
    ['gcr.io/a%3Fb', '/a'],
    ['gcr.io/a%23b', '/a'],
  ])('%p has the path %p', (rawKey, path) => {
    expect(registryKey(rawKey)?.pattern?.path).toBe(path);
  });

  test.each(['gcr.io/%25zz', 'gcr.io/a%0A'])('%p can never match', (rawKey) => {
    expect(registryKey(rawKey)).toMatchObject({ pattern: undefined });
  });

  test('and says whether its host is a glob', () => {
    expect(registryKey('*.gcr.io')?.pattern?.isGlob).toBe(true);
    expect(registryKey('gcr.io')?.pattern?.isGlob).toBe(false);
    expect(registryKey('[::1]')?.pattern).toEqual({
      host: '[::1]',
      port: '',
      path: '',
      isGlob: true,
    });
    expect(registryPattern('[::1]:80')).toMatchObject({ host: '::1', port: '80', isGlob: false });
    expect(registryPattern('a b')).toBeUndefined();
  });
});

test.each<[string, string, string]>([
  ['gcr.io', 'gcr.io', ''],
  ['gcr.io:', 'gcr.io', ''],
  ['gcr.io:80', 'gcr.io', '80'],
  ['[::1]:80', '::1', '80'],
  ['[::1]', '[::1]', ''],
  ['[a]]:80', '[a]]:80', ''],
])('%p is split into %p and %p', (authority, host, port) => {
  expect(splitHostPort(authority)).toEqual([host, port]);
});
