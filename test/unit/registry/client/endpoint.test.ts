// Where a registry is: by https, and by http only where that was said, or on this machine.

import { describe, expect, test } from '@jest/globals';
import { registryFetch, verifyImages } from '../../../../src/registry/index.ts';
import { failure, fakeRegistry, rejection, untilDone } from './fake-registry.ts';

const OPEN = { challenge: 'none', repositories: { app: ['*'] } } as const;

function worldOf(host: string) {
  const world = fakeRegistry({ ...OPEN, host });
  const answers = (error: Error) => world.inject(/^(?!.*http:)/, [error], true);
  return { ...world, withoutTls: answers };
}

describe('By http is reached', () => {
  test.each([
    'localhost',
    'localhost:5000',
    'registry.localhost:5000',
    '127.0.0.1:5000',
    '127.1.2.3:8080',
    '[::1]:5000',
  ])('what is on this machine: %s', async (host) => {
    const world = worldOf(host);
    world.withoutTls(failure('EPROTO'));
    const { url } = await world.authorize(`${host}/app:1`, world.keyring());
    expect(url).toBe(`http://${host}/v2/app`);
  });

  test.each([
    'EPROTO',
    'ECONNRESET',
    'ECONNREFUSED',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'HPE_INVALID_CONSTANT',
  ])('what is listed, and says %s to https, which is asked once', async (code) => {
    const world = worldOf('r.test:5000');
    world.withoutTls(failure(code));
    const options = { insecureRegistries: ['r.test:5000'], retries: 3 };
    await untilDone(world.system, world.authorize('r.test:5000/app:1', world.keyring(), options));
    expect(world.asked()).toEqual([
      'GET r.test:5000/v2/',
      'GET http://r.test:5000/v2/',
      'HEAD http://r.test:5000/v2/app/manifests/1',
    ]);
  });

  test('by a fetch, what a URL names', async () => {
    const world = worldOf('localhost:5000');
    world.withoutTls(failure('EPROTO'));
    const fetch = registryFetch(world.keyring(), { system: world.system });
    expect((await fetch('http://localhost:5000/v2/app/manifests/1')).status).toBe(200);
  });
});

describe('A host of an image that no connection can be made to is not asked for', () => {
  test.each([
    '127.256.0.1',
    'registry.123',
    '1.2.3.4.5',
    'foo.0x1',
    // A URL takes these for addresses of this machine, and the resolver of a node may not.
    '0x7f.1',
    '127.1:5000',
    'a.b:99999',
    '[127:0:0:1]',
    'xn--a.test',
  ])('%s', async (host) => {
    const world = worldOf(host);
    const keyring = world.keyring('u:p');
    const { system } = world;
    const message = `${host} cannot be asked: it is not a valid host: check the spelling, the IP address and the port`;
    const failed = await rejection(world.authorize(`${host}/app:1`, keyring));
    expect(failed).toMatchObject({ code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE', message });
    const { images } = await verifyImages([`${host}/app:1`], keyring, { system });
    expect(images).toMatchObject([{ status: 'unreachable', message }]);
    expect(world.asked()).toEqual([]);
  });

  test.each(['A.test', 'r.test:443', '[FD00::0:1]:5000'])('but not %s', async (host) => {
    const world = worldOf(host);
    const failed = await rejection(world.authorize(`${host}/app:1`, world.keyring()));
    expect(failed.message).toContain('check the spelling');
  });
});

describe('By http is not reached', () => {
  test.each<[string, string[]]>([
    ['r.test', []],
    ['r.test', ['s.test']],
    ['r.test:5000', ['r.test']],
    ['localhost.test', []],
    ['127.0.0.1.test', []],
    ['128.0.0.1:5000', []],
    ['10.0.0.1:5000', []],
    ['[::2]:5000', []],
  ])('%s, where %j are listed', async (host, insecureRegistries) => {
    const world = worldOf(host);
    world.withoutTls(failure('EPROTO'));
    const failed = world.authorize(`${host}/app:1`, world.keyring(), { insecureRegistries });
    await expect(failed).rejects.toThrow(`${host} cannot be asked: the TLS handshake failed`);
    expect(world.asked()).toEqual([`GET ${host}/v2/`]);
  });

  test.each([
    failure('CERT_HAS_EXPIRED'),
    failure('ERR_TLS_CERT_ALTNAME_INVALID'),
    failure('ENOTFOUND'),
    new Error('of no code'),
  ])('what is listed, and fails otherwise: %p', async (error) => {
    const world = worldOf('r.test');
    world.withoutTls(error);
    const options = { insecureRegistries: ['r.test'] };
    const failed = await rejection(world.authorize('r.test/app:1', world.keyring(), options));
    expect(failed).toMatchObject({ code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE', cause: error });
    expect(world.asked()).toEqual(['GET r.test/v2/']);
  });

  test('what is listed, and speaks https', async () => {
    const world = worldOf('r.test');
    const options = { insecureRegistries: ['r.test'] };
    const { url } = await world.authorize('r.test/app:1', world.keyring(), options);
    expect(url).toBe('https://r.test/v2/app');
  });
});
