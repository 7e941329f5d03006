import { describe, expect, test } from '@jest/globals';
import {
  GOOGLE_REGISTRIES,
  mayHaveToken,
} from '../../../../src/providers/gcr/google-registries.ts';
import { matchesImage } from '../../../../src/keyring/match.ts';

const GOOGLE = [
  'container.cloud.google.com/p/i',
  'gcr.io/p/i',
  'eu.gcr.io/p/i',
  'staging-k8s.gcr.io/i',
  'us-docker.pkg.dev/p/r/i',
  'northamerica-northeast1-docker.pkg.dev/p/r/i',
  'docker.us-east1.rep.pkg.dev/p/r/i',
  'docker.me-central2.rep.pkg.dev/p/r/i',
  'docker.partner.goog/p/r/i',
];

const FOREIGN = [
  'evilgcr.io/p/i',
  'gcr.io.evil.example/p/i',
  'a.b.gcr.io/p/i',
  '-.gcr.io/p/i',
  'pkg.dev/p/i',
  'a.b.pkg.dev/p/i',
  'us-docker.pkg.dev.evil.example/p/i',
  'evil.example/gcr.io/p/i',
  'gcr.io@evil.example/p/i',
  'gcr.io:5000/p/i',
  'docker.us-east1.rep.pkg.dev.evil.example/i',
  'evil.us-east1.rep.pkg.dev/i',
  'docker.a.b.goog/i',
  'docker.goog/i',
  'docker.io/library/gcr.io',
  'docker.io/gcr.io',
  'GCR.IO/p/i',
  '%zz',
];

describe('A token of Google may go', () => {
  test.each(GOOGLE)('to %s', (image) => {
    expect(mayHaveToken(image, [])).toBe(true);
    expect(GOOGLE_REGISTRIES.some((pattern) => matchesImage(pattern, image))).toBe(true);
  });

  test.each(FOREIGN)('not to %s', (image) => {
    expect(mayHaveToken(image, [])).toBe(false);
  });

  test('to listed hosts, with their port and no other', () => {
    const hosts = ['mirror.example.com', 'other.example.com:5000', 'gcr.io:5000'];
    const images = ['mirror.example.com/i', 'other.example.com:5000/i', 'gcr.io:5000/i'];
    expect(images.map((image) => mayHaveToken(image, hosts))).toEqual([true, true, true]);
    const others = ['mirror.example.com:5000/i', 'other.example.com/i', 'a.mirror.example.com/i'];
    expect(others.map((image) => mayHaveToken(image, hosts))).toEqual([false, false, false]);
  });
});
