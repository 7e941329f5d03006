import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { HUB_KEY } from '../../../src/reference/docker-hub.ts';
import { matchLabel } from '../../../src/go/glob.ts';
import { matchesImage, matchTarget, mismatch } from '../../../src/keyring/match.ts';
import { buildRegistryIndex, findKeys } from '../../../src/keyring/registry-index.ts';
import { entryName, registryKey } from '../../../src/keyring/registry-key.ts';

const RUNS = { numRuns: 1000 };

/** Texts of these pieces. */
function textOf(pieces: readonly string[], maxLength: number): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...pieces), { maxLength }).map((parts) => parts.join(''));
}

const LABELS = ['a', 'b', '*', 'a*', '*b', '*a*', 'ab', 'aab'];
const PATHS = ['', '/', '/a', '/a/', '/ab', '/a/b', '/v1/', '/v2/a', '/%61', '/a%3Fx', '/a%23y'];
const PORTS = ['', '', ':', ':80', ':5000'];

const longHost = fc
  .tuple(fc.constantFrom('a.', '*.', 'a*.'), fc.integer({ min: 126, max: 130 }))
  .map(([label, count]) => `${label.repeat(count)}b`);
const host = fc.oneof(
  { weight: 9, arbitrary: fc.array(fc.constantFrom(...LABELS), { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: longHost.map((text) => [text]) },
);
const key = fc
  .tuple(fc.constantFrom('', 'https://', 'http://'), host, fc.constantFrom(...PORTS, ...PORTS))
  .chain(([scheme, labels, port]) =>
    fc.constantFrom(...PATHS).map((path) => `${scheme}${labels.join('.')}${port}${path}`),
  );
const image = fc
  .tuple(host, fc.constantFrom('', ':80', ':5000'), fc.constantFrom('/a', '/ab', '/a/b'))
  .map(([labels, port, path]) => `${labels.join('.').replaceAll('*', 'b')}${port}${path}`);

/** As the kubelet finds them: all keys, one after the other. */
function naiveKeys(rawKeys: readonly string[], name: string): string[] {
  const target = matchTarget(name);
  const matching = rawKeys.flatMap((rawKey) => {
    const parsed = registryKey(rawKey);
    const pattern = parsed?.pattern;
    const isMatch =
      pattern !== undefined && target !== undefined && mismatch(pattern, target) === undefined;
    return isMatch ? [parsed?.key as string] : [];
  });
  return [...new Set(matching)].toSorted((a, b) => (a < b ? 1 : -1));
}

test('the index finds what a walk over all keys finds, in the kubelet’s order', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 12 }), image, (rawKeys, name) => {
      const entries = rawKeys
        .filter((rawKey) => registryKey(rawKey)?.key !== HUB_KEY)
        .map((rawKey, entry) => ({ rawKey, entry }));
      const found = findKeys(buildRegistryIndex(entries), name, 'prefix');
      expect(found.map((slot) => slot.key)).toEqual(naiveKeys(rawKeys, name));
    }),
    RUNS,
  );
});

test('every entry is under the key that its name normalises to', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 12 }), image, (rawKeys, name) => {
      const entries = rawKeys.map((rawKey) => ({ rawKey, entry: rawKey }));
      for (const slot of findKeys(buildRegistryIndex(entries), name, 'prefix')) {
        expect(slot.entries).toEqual(
          rawKeys.filter((rawKey) => registryKey(rawKey)?.key === slot.key),
        );
      }
    }),
    RUNS,
  );
});

describe('a key', () => {
  test('can be written as a name that gives the same key', () => {
    fc.assert(
      fc.property(fc.oneof(key, fc.string({ unit: 'binary', maxLength: 20 })), (rawKey) => {
        const parsed = registryKey(rawKey);
        if (parsed?.pattern === undefined) return;
        expect(registryKey(entryName(parsed.key))?.key).toBe(parsed.key);
      }),
      RUNS,
    );
  });

  test('of any text is read without an error, and matches or not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), image, (text, name) => {
        expect(typeof matchesImage(text, name)).toBe('boolean');
        registryKey(text);
      }),
      RUNS,
    );
  });
});

/** The rules of filepath.Match as they are written down, without any thought of time. */
function naiveMatch(pattern: string, label: string): boolean {
  if (pattern === '') return label === '';
  const rest = pattern.slice(1);
  if (pattern.startsWith('*')) {
    return naiveMatch(rest, label) || (label !== '' && naiveMatch(pattern, label.slice(1)));
  }
  return label.startsWith(pattern.charAt(0)) && naiveMatch(rest, label.slice(1));
}

test('a label matches a pattern as the rules say', () => {
  fc.assert(
    fc.property(textOf(['a', 'b', '*'], 9), textOf(['a', 'b'], 12), (pattern, label) => {
      expect(matchLabel(pattern, label)).toBe(naiveMatch(pattern, label));
    }),
    RUNS,
  );
});

test('a class matches one character of its ranges', () => {
  const bounds = fc.tuple(fc.constantFrom('a', 'b', 'c', ':'), fc.constantFrom('a', 'b', 'c', ':'));
  const label = textOf(['a', 'b', 'c', ':', 'x'], 3);
  fc.assert(
    fc.property(fc.constantFrom('', 'x', '*'), bounds, label, (before, [low, high], text) => {
      const expression = `^${before.replace('*', '.*')}[\u0000${low <= high ? `${low}-${high}` : ''}]$`;
      expect(matchLabel(`${before}[${low}-${high}]`, text)).toBe(new RegExp(expression).test(text));
    }),
    RUNS,
  );
});
