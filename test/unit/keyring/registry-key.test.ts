import { describe, expect, test } from '@jest/globals';
import {
  entryName,
  keyText,
  registryKey,
  registryPattern,
  splitHostPort,
} from '../../../src/keyring/registry-key.ts';
import { seeded } from '../fakes/random.ts';

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

describe('a name that is written for a key gives the same key when it is read', () => {
  test.each<[string, string]>([
    ['https://gcr.io/v1/a', 'gcr.io/a'],
    ['gcr.io/v1/v1/a', 'gcr.io/v1/v1/a'],
    ['gcr.io/v2/v2/', 'gcr.io/v1/v2/'],
    ['gcr.io/a/v1/b', 'gcr.io/a/v1/b'],
    ['gcr.io/%2561', 'gcr.io/%2561'],
    ['gcr.io/a%23b%3fc', 'gcr.io/a%23b%3fc'],
    ['gcr.io/ü', 'gcr.io/%c3%bc'],
    ['gcr.io/%ff%0A', 'gcr.io/%ff%0a'],
    ['a%25b', 'a%25b'],
    ['https://https://gcr.io', 'https://https://gcr.io'],
    ['HTTPS://gcr.io', 'HTTPS://gcr.io'],
    ['u:p@gcr.io:80/a@b?c#d', 'gcr.io:80/a@b'],
    ['[fe80::1%25en%201]:80/', '[fe80::1%25en%201]:80'],
  ])('%p is written as %p', (rawKey, name) => {
    const key = registryKey(rawKey)?.key ?? '';
    expect(entryName(key)).toBe(name);
    expect(registryKey(name)?.key).toBe(key);
  });

  test('for random keys', () => {
    const random = seeded(17);
    const hosts = ['gcr.io', '*.io', 'a:80', 'https://', 'HTTP:', '%25', '%FF', '[::1]', 'a:'];
    const pieces = ['/', '/v1/', '/v2', 'a', '%61', '%25', '%23', '%3F', '%', 'ü', '?', '#', '@'];
    for (let round = 0; round < 5000; round += 1) {
      const rawKey = `${random.pick(['', 'https://'])}${random.pick(hosts)}${random.text(pieces, 0, 6)}`;
      const key = registryKey(rawKey)?.key;
      if (key === undefined) continue;
      const again = registryKey(entryName(key))?.key;
      expect({ rawKey, key: again }).toEqual({ rawKey, key });
    }
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
