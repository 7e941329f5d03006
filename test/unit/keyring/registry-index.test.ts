import { describe, expect, test } from '@jest/globals';
import {
  endsAtSegment,
  matchTarget,
  mismatch,
  type PathMatching,
} from '../../../src/keyring/match.ts';
import {
  buildRegistryIndex,
  findKeys,
  mayBeDockerHub,
} from '../../../src/keyring/registry-index.ts';
import { HUB_KEY } from '../../../src/reference/docker-hub.ts';
import { keyText, registryKey, registryPattern } from '../../../src/keyring/registry-key.ts';
import { seeded, type Random } from '../fakes/random.ts';

/** Entries numbered in their order: `gcr.io=0,2` is a key with its entries. */
function find(
  rawKeys: readonly string[],
  image: string,
  pathMatching: PathMatching = 'prefix',
): string[] {
  const entries = rawKeys.map((rawKey, entry) => ({ rawKey, entry }));
  const found = findKeys(buildRegistryIndex(entries), image, pathMatching);
  return found.map((slot) => `${keyText(slot.key)}=${slot.entries.join(',')}`);
}

describe('findKeys gives the keys that match', () => {
  test.each<[string, string[], string, string[]]>([
    [
      'from the last to the first by their bytes, not by length',
      ['*.io', 'gcr.io', 'gcr.io/a', 'g*.io'],
      'gcr.io/a',
      ['gcr.io/a=2', 'gcr.io=1', 'g*.io=3', '*.io=0'],
    ],
    [
      'with the entries of one key in their order',
      ['gcr.io', 'quay.io', 'https://gcr.io/v1/', 'http://gcr.io'],
      'gcr.io/a',
      ['gcr.io=0,2,3'],
    ],
    [
      'as two keys where a port’s colon differs',
      ['gcr.io', 'gcr.io:'],
      'gcr.io/a',
      ['gcr.io:=1', 'gcr.io=0'],
    ],
    [
      'as many keys as there are ways to write one',
      ['gcr.io/a', 'gcr.io/%2561', 'gcr.io:/a', 'gcr.io/a%23x', 'gcr.io/a%3Fx'],
      'gcr.io/a',
      ['gcr.io:/a=2', 'gcr.io/a?x=4', 'gcr.io/a#x=3', 'gcr.io/a=0', 'gcr.io/%61=1'],
    ],
    [
      'of the whole path and of parts of it',
      ['g.io/a/b', 'g.io/a', 'g.io/ab', 'g.io'],
      'g.io/a/b',
      ['g.io/a/b=0', 'g.io/a=1', 'g.io=3'],
    ],
    ['of an address with its port', ['[::1]:80', '[::1]'], '[::1]:80/a', ['[::1]:80=0']],
    ['of no address without a port, which is a class', ['[::1]'], '[::1]/a', []],
    ['for no image whose address Go cannot parse', ['*', '[A]:1'], '[A]/a', []],
    ['of a host that begins with a dot', ['*.a', '.a', 'b*.a'], '.a/b', ['.a=1', '*.a=0']],
    [
      'of no host with a label more, be it an empty one',
      ['*', '*.', '*.?x'],
      'localhost/a',
      ['*=0'],
    ],
    [
      'of hosts with more labels than a name of the DNS has',
      [`*.${'a.'.repeat(127)}b`, `*.${'a.'.repeat(126)}c.b`, `*.${'a.'.repeat(128)}b`],
      `x.${'a.'.repeat(127)}b/a`,
      [`*.${'a.'.repeat(127)}b=0`],
    ],
    ['none of an empty config', [], 'gcr.io/a', []],
    ['none that Go cannot parse', ['a b', 'gcr.io/%25zz'], 'gcr.io/a', []],
  ])('%s', (_name, keys, image, found) => {
    expect(find(keys, image)).toEqual(found);
  });

  test('whose path ends at a segment, where only these count', () => {
    const keys = ['g.io/a', 'g.io/ab', 'g.io/a/', 'g.io'];
    expect(find(keys, 'g.io/ab', 'segment')).toEqual(['g.io/ab=1', 'g.io=3']);
    expect(find(keys, 'g.io/a/b', 'segment')).toEqual(['g.io/a/=2', 'g.io/a=0', 'g.io=3']);
  });
});

describe('the Docker Hub fallback', () => {
  test.each<[string[], string, string[]]>([
    [['index.docker.io'], 'docker.io/library/nginx', ['index.docker.io=0']],
    [['https://index.docker.io/v1/', 'index.docker.io'], 'docker.io/a/b', ['index.docker.io=0,1']],
    [['index.docker.io', 'docker.io'], 'docker.io/a/b', ['docker.io=1']],
    [['index.docker.io', '*.io'], 'docker.io/a/b', ['*.io=1']],
    [['index.docker.io/library'], 'docker.io/library/nginx', []],
    [['registry-1.docker.io'], 'docker.io/library/nginx', []],
    [['index.docker.io'], 'localhost/a', ['index.docker.io=0']],
    [['index.docker.io'], 'Gcr/a', ['index.docker.io=0']],
    [['index.docker.io'], '[A]/a', ['index.docker.io=0']],
    [['index.docker.io'], 'localhost:5000/a', []],
    [['index.docker.io'], 'gcr.io/a', []],
  ])('of %p for %p is %p', (keys, image, found) => {
    expect(find(keys, image)).toEqual(found);
  });

  test('is needed by exactly these registries', () => {
    expect(['docker.io', 'a', 'a.b', 'a:1'].map(mayBeDockerHub)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('takes part in segment matching', () => {
    expect(find(['index.docker.io', 'docker.io/lib'], 'docker.io/library/a', 'segment')).toEqual([
      'index.docker.io=0',
    ]);
  });
});

const LABELS = ['', 'a', 'b', 'ab', 'ba', 'aab', '*', 'a*', '*b', 'a*b', '*a*', '**', 'b*a', 'a-b'];
const PORTS = ['', '', '', ':', ':80', ':8'];
const PATHS = ['', '', '/', '/a', '/a/', '/a/b', '/ab', '/aa', '/b/a/b', '/%61', '/a%23b', '//'];
const SPECIAL = [
  '[::1]',
  '[::1]:80',
  '[::a]:80/a',
  '[a::]',
  'index.docker.io',
  'docker.io',
  '*.io/a',
  '%25zz',
  'localhost',
  'a%FFb.a',
  'a/%FF',
];

describe('the index gives what a scan of all keys gives', () => {
  test.each([1, 2, 3, 4])('for random keys and images, seed %i', (seed) => {
    const random = seeded(seed);
    const differences: object[] = [];
    let count = 0;
    for (let round = 0; round < 150; round += 1) {
      const keys = Array.from({ length: 1 + random.below(40) }, () => randomKey(random));
      const index = buildRegistryIndex(keys.map((rawKey, entry) => ({ rawKey, entry })));
      for (let lookup = 0; lookup < 20; lookup += 1) {
        const image = randomImage(random);
        const pathMatching = random.pick(['prefix', 'segment'] as const);
        const found = findKeys(index, image, pathMatching).map(({ key, entries }) => [
          key,
          entries,
        ]);
        const expected = scan(keys, image, pathMatching);
        const isSame = JSON.stringify(found) === JSON.stringify(expected);
        if (!isSame) differences.push({ keys, image, pathMatching, found, expected });
        count += found.length;
      }
    }
    expect(differences).toEqual([]);
    expect(count).toBeGreaterThan(500);
  });
});

function randomKey(random: Random): string {
  if (random.below(8) === 0) return random.pick(SPECIAL);
  const labels = Array.from({ length: 1 + random.below(3) }, () => random.pick(LABELS));
  const scheme = random.pick(['', '', 'https://', 'http://']);
  return scheme + labels.join('.') + random.pick(PORTS) + random.pick(PATHS);
}

function randomImage(random: Random): string {
  if (random.below(8) === 0) {
    return random.pick(['[::1]/a', '[::1]:80/a', '[a]/x', 'docker.io/library/a', 'x.io/a']);
  }
  const labels = Array.from({ length: 1 + random.below(3) }, () => random.text(['a', 'b'], 1, 3));
  const path = random.pick(['/a', '/ab', '/a/b', '/b/a/b/c', '/aa', '/aab']);
  return labels.join('.') + random.pick(['', '', ':80', ':8']) + path;
}

/** keyring.go, Lookup, as it is written there: every key, one after the other. */
function scan(
  rawKeys: readonly string[],
  image: string,
  pathMatching: PathMatching,
): [string, number[]][] {
  const byKey = new Map<string, number[]>();
  for (const [entry, rawKey] of rawKeys.entries()) {
    const key = registryKey(rawKey)?.key;
    if (key !== undefined) byKey.set(key, [...(byKey.get(key) ?? []), entry]);
  }
  const sorted = [...byKey].toSorted(([one], [other]) => (one < other ? 1 : -1));
  const found = sorted.filter(([key]) => matches(key, image, pathMatching));
  const hub = byKey.get(HUB_KEY);
  if (found.length > 0 || hub === undefined) return found;
  return mayBeDockerHub(image.slice(0, image.indexOf('/'))) ? [[HUB_KEY, hub]] : [];
}

function matches(key: string, image: string, pathMatching: PathMatching): boolean {
  const pattern = registryPattern(key);
  const target = matchTarget(image);
  if (pattern === undefined || target === undefined) return false;
  if (mismatch(pattern, target) !== undefined) return false;
  return pathMatching === 'prefix' || endsAtSegment(pattern.path, target.path);
}
