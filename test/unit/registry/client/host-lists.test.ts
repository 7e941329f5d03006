// Lists of registries and token servers: what would match nothing is a mistake, and is never repeated.

import { describe, expect, test } from '@jest/globals';
import { createRegistrySession } from '../../../../src/registry/index.ts';
import { failure, fakeRegistry } from './fake-registry.ts';

/** They would match nothing. */
const USELESS = [
  '',
  ' r.test',
  'r.test:',
  'r.test:500000',
  'r.test:port',
  '"r.test"',
  '*.r.test',
  '10.0.0.0/8',
  'r.test/path',
  'fd00::1',
  '1200:0000:AB00:1234:0000:2552:7777:1313:8080',
  '127.256.0.1',
  '0x7f.1',
  'https://u:SECRET@r.test',
  'u:SECRET@r.test',
];

describe.each(['insecureRegistries', 'trustedRealms'])('%s', (name) => {
  test.each(USELESS)('does not hold %j', (host) => {
    const message = `createRegistrySession: ${name} must be an array of hosts, such as registry.lan:5000`;
    expect(() => createRegistrySession({ [name]: ['r.test', host] })).toThrow(
      new TypeError(message),
    );
  });
});

test.each(['mytest-.com', 'registry', 'auth_server:5000/'])('No image is at %s', (host) => {
  expect(() => createRegistrySession({ insecureRegistries: [host] })).toThrow(TypeError);
});

test.each([
  ['R.test:5000', 'r.test:5000'],
  ['r.test:5000', 'R.test:5000'],
  ['docker.io', 'docker.io'],
  ['index.docker.io', 'docker.io'],
])('A registry that is listed as %s is reached by http as %s', async (listed, name) => {
  const host = name === 'docker.io' ? 'registry-1.docker.io' : name.toLowerCase();
  const world = fakeRegistry({ challenge: 'none', repositories: { 'team/app': ['*'] }, host });
  world.inject(/^(?!.*http:)/, [failure('EPROTO')], true);
  const options = { insecureRegistries: [listed] };
  const { url } = await world.authorize(`${name}/team/app:1`, world.keyring(), options);
  expect(url.toLowerCase()).toBe(`http://${host}/v2/team/app`);
});

test.each(['auth', 'auth_server:5001', 'AUTH.test', '[fd00::1]:443', 'auth.test:443'])(
  'A realm may be trusted as %s',
  (host) => {
    expect(createRegistrySession({ trustedRealms: [host] }).kind).toBe('registry-session');
  },
);
