import { describe, expect, test } from '@jest/globals';
import {
  describeSource,
  printableData,
  shortPath,
  table,
  wrap,
} from '../../../../src/cli/render/text.ts';
import { namespaced } from '../../../../src/credential/describe-source.ts';

const system = { workingDirectory: () => '/home/user/cwd', homeDirectory: () => '/home/user' };

describe('wrap', () => {
  test.each([
    ['- ', 'one two three', 9, '- one two\n  three\n'],
    ['- ', 'one', 2, '- one\n'],
    ['', 'a  b', 80, 'a  b\n'],
    ['', '', 80, '\n'],
  ])('begins with %j, and breaks %j at %d', (first, text, width, expected) => {
    expect(wrap(first, text, width)).toBe(expected);
  });

  test('paints each line', () => {
    expect(wrap('', 'one two', 3, (line) => `<${line}>`)).toBe('<one>\n<two>\n');
  });
});

describe('table', () => {
  test('lines its cells up', () => {
    const rows = [
      ['a', 'bbb', 'c'],
      ['aa', 'b', 'c'],
    ];
    expect(table(rows, '  ', 80)).toBe('  a   bbb  c\n  aa  b    c\n');
  });

  test('puts the last cells below where it is too wide', () => {
    expect(table([['1.', 'user', 'far away']], '', 12)).toBe('1.  user\n    far away\n');
  });

  test('may be empty, and its rows of several lengths', () => {
    expect(table([], '', 80)).toBe('');
    expect(table([['a'], []], '', 80)).toBe('a\n\n');
    expect(table([['aaaa', 'b'], []], '', 4)).toBe('aaaa\n      b\n\n      \n');
  });
});

test.each([
  ['/home/user/cwd/config.json', 'config.json'],
  ['/home/user/cwd/..config', '..config'],
  ['/home/user/.docker/config.json', '~/.docker/config.json'],
  ['/home/user', '/home/user'],
  ['/etc/config.json', '/etc/config.json'],
  ['$DOCKER_AUTH_CONFIG', '$DOCKER_AUTH_CONFIG'],
])('The path %s is shown as %s', (path, expected) => {
  expect(shortPath(path, system)).toBe(expected);
});

test('Without a home, a path is shown as it is', () => {
  expect(shortPath('/a/b', { ...system, homeDirectory: () => '' })).toBe('/a/b');
});

test.each([
  [{ kind: 'pull-secret', namespace: '', name: '' }, 'secret (no name)'],
  [{ kind: 'docker-config', path: '/etc/c.json' }, '/etc/c.json'],
  [
    { kind: 'credential-helper', helper: 'pass', path: '/etc/c.json' },
    'helper pass, named by /etc/c.json',
  ],
  [{ kind: 'provider', provider: 'vault' }, 'provider vault'],
  [
    { kind: 'service-account', provider: 'vault', namespace: 'shop', name: 'web' },
    'provider vault for service account shop/web',
  ],
] as const)('The source %j is described as %s', (source, expected) => {
  expect(describeSource(source, system)).toBe(expected);
});

test('A name has its namespace before it where there is one', () => {
  expect(namespaced({ namespace: 'shop', name: 'web' })).toBe('shop/web');
  expect(namespaced({ name: 'web' })).toBe('web');
});

test('Plain data is made printable to its depth', () => {
  const value = { a: ['\u001b[1m', { b: 'x\ny' }], c: 1, d: null, e: undefined };
  expect(printableData(value)).toEqual({
    a: [String.raw`\u{1b}[1m`, { b: String.raw`x\u{a}y` }],
    c: 1,
    d: null,
    e: undefined,
  });
});
