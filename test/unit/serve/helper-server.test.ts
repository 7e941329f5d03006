import { expect, test } from '@jest/globals';
import { imageOfServer, isHubImage } from '../../../src/serve/helper-server.ts';

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
])('%s is asked for as %s', (server, image) => {
  expect(imageOfServer(server)).toBe(image);
});

test.each([
  'https://index.docker.io/v1/access-token',
  'ghcr.io/acme',
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
  expect(isHubImage('docker.io/a')).toBe(true);
  expect(isHubImage('docker.io.test/a')).toBe(false);
});
