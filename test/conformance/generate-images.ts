import type { World } from './generate-names.ts';
import { makeRepository } from './generate-names.ts';
import { mutated } from './mutate.ts';
import type { Random } from './random.ts';

const HEX_DIGITS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

const WHOLE_IMAGES = [
  '',
  ':',
  '@',
  '/',
  'nginx',
  'nginx:',
  'library/nginx',
  'docker.io/nginx',
  'docker.io',
  'docker.io/',
  'docker.io/library/nginx',
  'index.docker.io/nginx',
  'index.docker.io/library/nginx',
  'localhost/a',
  'localhost:5000/a',
  'localhost',
  'localhost:5000',
  'Gcr/a',
  '[A]/x',
  '[::1]/a',
  '[::1]:5000/a',
  '[fe80::1%eth0]/a',
  '[::1]',
  'gcr.io',
  'gcr.io/',
  'gcr.io//a',
  'gcr.io/a/',
  'GCR.IO/A',
  'ROOT',
  'https://gcr.io/a',
  'user:pw@gcr.io/a',
  'my_registry.io/a',
  'test_com/foo',
  'a..b/c',
  'a.-b/c',
  'gcr.io:x/a',
  'gcr.io:/a',
  'gcr.io:5000',
  'a__b',
  'a___b',
  'a--b/c',
  'a.b-',
  '-a',
  'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'nginx@sha256',
  'nginx@md5:d41d8cd98f00b204e9800998ecf8427e',
  'nginx@sha256:abc',
];

/** An image as a container may name it, often near to the world's keys, and often not valid. */
export function makeImage(random: Random, world: World): string {
  if (random.chance(0.06)) return random.pick(WHOLE_IMAGES);
  if (random.chance(0.02)) return longName(random);
  const image = makeRepository(random, world) + makeTag(random) + makeDigest(random);
  return random.chance(0.05) ? mutated(random, image) : image;
}

/** An image for a lookup: mostly valid, because the kubelet looks nothing up for others. */
export function makePlausibleImage(random: Random, world: World): string {
  if (random.chance(0.15)) return makeImage(random, world);
  return (
    makeRepository(random, world) + random.pick(['', '', ':1.0', ':latest', `@${digest(random)}`])
  );
}

function makeTag(random: Random): string {
  return random.weighted<() => string>([
    [10, () => ''],
    [4, () => ':1.0'],
    [3, () => ':latest'],
    [1, () => ':LATEST'],
    [1, () => ':_x-Y.z'],
    [0.3, () => `:${'t'.repeat(127 + random.below(3))}`],
    [0.2, () => ':.x'],
    [0.2, () => ':'],
    [0.2, () => ':é'],
  ])();
}

function makeDigest(random: Random): string {
  if (!random.chance(0.15)) return '';
  if (random.chance(0.6)) return `@${digest(random)}`;
  const algorithm = random.pick(['sha256', 'sha256', 'sha384', 'sha512', 'md5', 'SHA256']);
  const digits = (HEX_DIGITS[algorithm] ?? 64) + random.pick([0, 0, -1, 1, 2]);
  const alphabet = random.chance(0.5) ? '0123456789abcdefABCDEFg' : '0123456789abcdef';
  return `@${algorithm}:${hex(random, digits, alphabet)}`;
}

function digest(random: Random): string {
  const algorithm = random.pick(['sha256', 'sha256', 'sha384', 'sha512']);
  return `${algorithm}:${hex(random, HEX_DIGITS[algorithm] ?? 0, '0123456789abcdef')}`;
}

function hex(random: Random, length: number, alphabet: string): string {
  return random.times(length, () => random.pick(Array.from(alphabet))).join('');
}

/** Names about the limits: 64 hexadecimal digits, 255 characters with and without library/ and domain. */
function longName(random: Random): string {
  if (random.chance(0.3)) {
    const name = hex(random, 63 + random.below(3), '0123456789abcdef');
    return random.pick(['', '', 'docker.io/', 'library/', 'gcr.io/']) + name;
  }
  const prefix = random.pick(['', 'library/', 'docker.io/', 'gcr.io/', 'x/', 'localhost/']);
  const length = random.pick([255, 255 - 'library/'.length]) + random.below(5) - 2;
  const total = length - (random.chance(0.5) ? prefix.length : 0);
  return `${prefix}${'a'.repeat(Math.max(1, total))}${random.pick(['', ':tag'])}`;
}
