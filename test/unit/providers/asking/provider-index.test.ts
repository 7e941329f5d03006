import { describe, expect, test } from '@jest/globals';
import { matchesImage } from '../../../../src/index.ts';
import { createProviderIndex } from '../../../../src/providers/asking/provider-index.ts';
import { providerOf } from '../../fakes/keyring-inputs.ts';

const PATTERNS = [
  ['*.r.test', 'r.test:5000'],
  ['index.docker.io', 'docker.io'],
  ['r.test/team', '*.*'],
  ['%zz', '[A]', '', 'r.test/v1/x', 'https://r.test'],
  ['r.test', 'r.test', '*.test'],
];
const IMAGES = [
  'r.test/a',
  'r.test/team/a',
  'r.test/teams',
  'r.test/v1/x',
  'x.r.test/a',
  'r.test:5000/a',
  'docker.io/library/nginx',
  'localhost/a',
  '[A]/a',
  '[::1]:5000/a',
];

describe('the providers for an image', () => {
  const providers = PATTERNS.map((patterns, index) => providerOf(`p${index}`, {}, patterns));
  const index = createProviderIndex(providers);

  test.each(IMAGES)('are those of which a pattern matches: %s', (image) => {
    const expected = providers.filter(({ matchImages }) =>
      matchImages.some((pattern) => matchesImage(pattern, image)),
    );
    expect(index.providersFor(image)).toEqual(expected);
  });

  test('are none where there are none', () => {
    expect(createProviderIndex([]).providersFor('r.test/a')).toEqual([]);
    const hosts = createProviderIndex([providerOf('p', {}, ['r.test'])]);
    expect(hosts.providersFor('r.test/a')).toHaveLength(1);
    expect(hosts.providersFor('other.test/a')).toEqual([]);
  });
});
