import { expect, test } from '@jest/globals';
import { imageOfServer, isKeyForServer } from '../../../../src/serve/helper/server-image.ts';

test.each([
  ['ghcr.io', 'ghcr.io/docker-credential-keyring'],
  ['https://ghcr.io', 'ghcr.io/docker-credential-keyring'],
  ['https://ghcr.io/v2/', 'ghcr.io/docker-credential-keyring'],
  ['r.test:5000/', 'r.test:5000/docker-credential-keyring'],
  ['localhost', 'localhost/docker-credential-keyring'],
  ['localhost:5000', 'localhost:5000/docker-credential-keyring'],
  ['[::1]:5000', '[::1]:5000/docker-credential-keyring'],
  ['docker.io', 'docker.io/docker-credential-keyring'],
  ['index.docker.io', 'docker.io/docker-credential-keyring'],
  ['https://index.docker.io/v1/', 'docker.io/docker-credential-keyring'],
  ['registry-1.docker.io', 'docker.io/docker-credential-keyring'],
  ['ghcr.io/acme', 'ghcr.io/acme/docker-credential-keyring'],
  ['https://r.test:5000/acme/app/', 'r.test:5000/acme/app/docker-credential-keyring'],
  ['https://r.test:5000/acme/app?foo=bar', 'r.test:5000/acme/app/docker-credential-keyring'],
  ['https://r.test/v2/acme/app#x', 'r.test/acme/app/docker-credential-keyring'],
  // What cannot be an image's path is the server's alone.
  ['https://r.test/Some Path/', 'r.test/docker-credential-keyring'],
  [`https://r.test/${'a'.repeat(300)}`, 'r.test/docker-credential-keyring'],
])('%s is asked for as %s', (server, image) => {
  expect(imageOfServer(server)).toBe(image);
});

test.each([
  'https://index.docker.io/v1/access-token',
  'https://index.docker.io/v1/refresh-token',
  'docker.io/library',
  'ftp://r.test:5000',
  '/r.test',
  '*.test',
  'user@r.test',
  'myhost',
  'r_1.test:x',
  'not a host.test',
  '%',
  '',
])('there is no image on %j', (server) => {
  expect(imageOfServer(server)).toBeUndefined();
});

test('Docker Hub is known by its images', () => {
  expect(isKeyForServer('index.docker.io', 'docker.io/a')).toBe(true);
  expect(isKeyForServer('index.docker.io', 'docker.io.test/a')).toBe(false);
});

test.each([
  ['r.test', 'r.test', true],
  ['r.test', 'r.test/acme', true],
  ['r.test/acme', 'r.test/acme', true],
  ['*.test/acme/', 'r.test/acme/app', true],
  ['r.test/acme', 'r.test', false],
  ['r.test/d', 'r.test', false],
  ['r.test/ac', 'r.test/acme', false],
  ['index.docker.io', 'docker.io', true],
  ['index.docker.io', 'localhost', false],
])('Whether the key %s is for the server %s: %p', (key, server, isFor) => {
  expect(isKeyForServer(key, String(imageOfServer(server)))).toBe(isFor);
});
