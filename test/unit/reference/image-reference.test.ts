import { describe, expect, test } from '@jest/globals';
import { InvalidReferenceError } from '../../../src/errors.ts';
import {
  parseImageReference,
  type ImageReference,
} from '../../../src/reference/image-reference.ts';

const SHA256 = `sha256:${'0123456789abcdef'.repeat(4)}`;
const SHA512 = `sha512:${'0123456789abcdef'.repeat(8)}`;

describe('a reference is completed as the kubelet does it', () => {
  test.each<[string, string, Pick<ImageReference, 'tag' | 'digest'>]>([
    ['nginx', 'docker.io/library/nginx', { tag: 'latest' }],
    ['nginx:1.27', 'docker.io/library/nginx', { tag: '1.27' }],
    [`nginx@${SHA256}`, 'docker.io/library/nginx', { digest: SHA256 }],
    [`nginx:1.27@${SHA512}`, 'docker.io/library/nginx', { tag: '1.27', digest: SHA512 }],
    ['acme/app', 'docker.io/acme/app', { tag: 'latest' }],
    ['docker.io/nginx', 'docker.io/library/nginx', { tag: 'latest' }],
    ['index.docker.io/nginx', 'docker.io/library/nginx', { tag: 'latest' }],
    ['index.docker.io/acme/app', 'docker.io/acme/app', { tag: 'latest' }],
    ['registry-1.docker.io/nginx', 'registry-1.docker.io/nginx', { tag: 'latest' }],
    ['library/nginx', 'docker.io/library/nginx', { tag: 'latest' }],
    ['gcr.io/a', 'gcr.io/a', { tag: 'latest' }],
    ['localhost/a', 'localhost/a', { tag: 'latest' }],
    ['localhost:5000/a:5000', 'localhost:5000/a', { tag: '5000' }],
    ['registry:5000/a', 'registry:5000/a', { tag: 'latest' }],
    ['localhost', 'docker.io/library/localhost', { tag: 'latest' }],
    ['GCR/a', 'GCR/a', { tag: 'latest' }],
    ['[::1]/a', '[::1]/a', { tag: 'latest' }],
    ['[fe80::1]:5000/a/b', '[fe80::1]:5000/a/b', { tag: 'latest' }],
    ['my_registry.io/a', 'my_registry.io/a', { tag: 'latest' }],
    ['a.b/c.d/e-f/g__h/i---j', 'a.b/c.d/e-f/g__h/i---j', { tag: 'latest' }],
  ])('%s', (text, name, suffix) => {
    const slash = name.indexOf('/');
    expect(parseImageReference(text)).toEqual({
      registry: name.slice(0, slash),
      repository: name.slice(slash + 1),
      name,
      ...suffix,
    });
  });
});

describe('a text that is no reference is refused, with the reason', () => {
  test.each<[string, RegExp]>([
    ['', /it is empty/],
    [' nginx', /begins or ends with white space/],
    ['nginx\n', /begins or ends with white space/],
    ['docker.io/', /the repository name/],
    ['NGINX', /must be lower case/],
    ['a'.repeat(64), /64 hexadecimal digits are an image identifier, not a name/],
    ['gcr.io/', /name is missing/],
    ['https://gcr.io/a', /it is a URL, not an image's name: leave https:\/\/ out/],
  ])('%p', (text, reason) => {
    expect(() => parseImageReference(text)).toThrow(InvalidReferenceError);
    expect(() => parseImageReference(text)).toThrow(reason);
  });

  test('while a value that is no text is the caller’s mistake', () => {
    const call = parseImageReference as (value: unknown) => ImageReference;
    for (const value of [undefined, null, 5, {}, ['nginx']]) {
      expect(() => call(value)).toThrow(TypeError);
      expect(() => call(value)).toThrow('An image reference must be a string');
    }
  });
});

test('64 hexadecimal digits may be part of a longer name', () => {
  expect(parseImageReference(`a/${'b'.repeat(64)}`).name).toBe(`docker.io/a/${'b'.repeat(64)}`);
  expect(parseImageReference('A'.repeat(64).concat('/a')).registry).toBe('A'.repeat(64));
});
