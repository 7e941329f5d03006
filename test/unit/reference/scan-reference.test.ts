import { describe, expect, test } from '@jest/globals';
import { isIdentifier, scanReference } from '../../../src/reference/scan-reference.ts';
import { amount } from '../fakes/amount.ts';
import { seeded } from '../fakes/random.ts';

const HEX = '0123456789abcdef';
const SHA256 = `sha256:${HEX.repeat(4)}`;

const COMPONENT = 'each component of the repository name must be lower-case letters and digits';
const TAG = 'a tag is 1 to 128 letters';
const DIGEST = 'the digest must be an algorithm, ":" and its hexadecimal digits';

describe('a reference is taken apart without any default', () => {
  test.each<[string, string, string, string]>([
    ['a', 'a', '', ''],
    ['a:b', 'a', 'b', ''],
    [`a:b@${SHA256}`, 'a', 'b', SHA256],
    [`a@${SHA256}`, 'a', '', SHA256],
    ['a.b:80/c:80', 'a.b:80/c', '80', ''],
    ['a:_', 'a', '_', ''],
    [`a:${'x'.repeat(128)}`, 'a', 'x'.repeat(128), ''],
    ['a:A-b.c_D', 'a', 'A-b.c_D', ''],
    [`a@sha384:${HEX.repeat(6)}`, 'a', '', `sha384:${HEX.repeat(6)}`],
    [`h.io/${'a'.repeat(255)}`, `h.io/${'a'.repeat(255)}`, '', ''],
    ['A-b.c/d', 'A-b.c/d', '', ''],
    ['[0:F]:1/a', '[0:F]:1/a', '', ''],
  ])('%s', (text, name, tag, digest) => {
    expect(scanReference(text)).toEqual({ name, tag, digest });
  });
});

describe('a text that is no reference is refused with a phrase', () => {
  test.each<[string, string]>([
    ['', 'the repository name is missing'],
    ['a.b/', 'the repository name is missing'],
    ['a.b/:tag', 'the repository name is missing'],
    ['/a', 'the repository name has an empty component'],
    ['a//b', 'the repository name has an empty component'],
    ['a_b/c/', 'the repository name has an empty component'],
    ['a.b/C', 'the repository name must be lower case'],
    ['a___b', COMPONENT],
    ['a..b', COMPONENT],
    ['a-', COMPONENT],
    ['-a/b', COMPONENT],
    ['a-.b/c', COMPONENT],
    ['.a/b', COMPONENT],
    ['a._b', COMPONENT],
    ['[]/a', COMPONENT],
    ['[::1/a', COMPONENT],
    ['[::1]x/a', COMPONENT],
    ['[::g]/a', COMPONENT],
    ['a b', 'the repository name holds a character that is not allowed there'],
    ['a/b%', 'the repository name holds a character that is not allowed there'],
    ['aé', 'the repository name holds a character that is not allowed there'],
    ['a.b:/c', TAG],
    ['a.b:x/c', TAG],
    ['a:', TAG],
    ['a:.b', TAG],
    ['a:-b', TAG],
    ['a:b:c', TAG],
    ['a:b é', TAG],
    [`a:${'x'.repeat(129)}`, TAG],
    ['a@', DIGEST],
    ['a@sha256', DIGEST],
    [`a@:${HEX.repeat(4)}`, DIGEST],
    ['a@sha256:abc', DIGEST],
    [`a@sha256:${'g'.repeat(64)}`, DIGEST],
    [`a@md5:${HEX.repeat(2)}`, 'the digest algorithm is none of sha256, sha384 and sha512'],
    [`a@sha256:${HEX.repeat(2)}`, 'a sha256 digest has 64 hexadecimal digits'],
    [
      `a@sha256:${HEX.repeat(4).toUpperCase()}`,
      'the hexadecimal digits of a digest must be lower case',
    ],
    [`h.io/${'a'.repeat(256)}`, 'the repository name must not be more than 255 characters'],
  ])('%p', (text, phrase) => {
    expect(scanReference(text)).toEqual(expect.stringContaining(phrase));
  });
});

test.each<[string, boolean]>([
  [HEX.repeat(4), true],
  [HEX.repeat(4).toUpperCase(), false],
  [HEX.repeat(4).slice(1), false],
  [`${HEX.repeat(4).slice(1)}g`, false],
])('whether %s is an identifier: %p', (text, expected) => {
  expect(isIdentifier(text)).toBe(expected);
});

// The grammar as github.com/distribution/reference v0.6.0 writes it (regexp.go), lengths apart.
const DOMAIN_NAME = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = String.raw`(?:${DOMAIN_NAME}(?:\.${DOMAIN_NAME})*|\[(?:[a-fA-F0-9:]+)\])(?::[0-9]+)?`;
const PATH_COMPONENT = '[a-z0-9]+(?:(?:[._]|__|[-]+)[a-z0-9]+)*';
const NAME = String.raw`(?:${HOST}/)?${PATH_COMPONENT}(?:/${PATH_COMPONENT})*`;
const DIGEST_TEXT = String.raw`[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*[:][0-9a-fA-F]{32,}`;
const REFERENCE = new RegExp(
  String.raw`^(${NAME})(?::([\w][\w.-]{0,127}))?(?:@(${DIGEST_TEXT}))?$`,
);

test('the scanner accepts what the regular expression of distribution/reference accepts', () => {
  const random = seeded(11);
  const pieces = [
    'a',
    'B',
    '0',
    '.',
    '-',
    '_',
    '__',
    ':',
    '/',
    '/',
    '[',
    ']',
    '@',
    'a',
    `@${SHA256}`,
  ];
  const rounds = amount(2000, 20_000);
  let accepted = 0;
  for (let round = 0; round < rounds; round += 1) {
    const text = random.text(pieces, 1, 8);
    const parts = REFERENCE.exec(text);
    // The length of a digest is judged behind the expression.
    const match = parts?.[3] === undefined || parts[3] === SHA256 ? parts : null;
    const scanned = scanReference(text);
    const expected = match === null ? 'refused' : [match[1], match[2] ?? '', match[3] ?? ''];
    const actual =
      typeof scanned === 'string' ? 'refused' : [scanned.name, scanned.tag, scanned.digest];
    expect({ text, actual }).toEqual({ text, actual: expected });
    if (match !== null) accepted += 1;
  }
  expect(accepted).toBeGreaterThan(rounds / 40);
});
