// Where a registry may send who asks for a manifest or a blob, and that credentials stay with the registry.

import { describe, expect, test } from '@jest/globals';
import { registryFetch, type RegistryUnavailableError } from '../../../../src/registry/index.ts';
import {
  failure,
  fakeRegistry,
  rejection,
  type FakeRegistry,
  type Instead,
  type RegistryScript,
} from './fake-registry.ts';

const BLOB = 'https://r.test/v2/team/app/blobs/sha256:1';
const STORE = 'https://store.test/abc?signature=1';

const to = (location: string, status = 307): Instead => ({ status, headers: { location } });

function worldWith(answers: readonly Instead[], script: RegistryScript = {}): FakeRegistry {
  const world = fakeRegistry(script);
  world.inject(/store\.test/, [{ body: 'the blob' }], true);
  world.inject(/blobs|manifests/, answers);
  return world;
}

function fetchIn(world: FakeRegistry, options = {}) {
  const { system } = world;
  const fetch = registryFetch(world.keyring('u:p'), { system, retries: 0, ...options });
  return fetch(BLOB, { headers: { range: 'bytes=0-9' } });
}

/** Host and headers of what was asked for behind the token. */
function sent({ system }: FakeRegistry): unknown[] {
  return system.requests.slice(2).map(({ url, headers, addresses }) => ({
    url,
    authorization: headers?.['authorization'],
    range: headers?.['range'],
    addresses,
  }));
}

describe('A redirect', () => {
  test.each([301, 302, 303, 307, 308])('is followed without credentials (%i)', async (status) => {
    const world = worldWith([to(STORE, status)]);
    const response = await fetchIn(world);
    expect(await response.text()).toBe('the blob');
    const [range, authorization] = ['bytes=0-9', 'Bearer token-1'];
    expect(sent(world)).toEqual([
      { url: BLOB, authorization, range, addresses: undefined },
      { url: STORE, authorization: undefined, range, addresses: ['public'] },
    ]);
  });

  test('within the registry, and back to it, carries them', async () => {
    const world = worldWith([to('../blobs/moved'), to(STORE)]);
    world.inject(/store\.test/, [to('https://r.test/v2/team/app/blobs/back?x=1')]);
    expect(await (await fetchIn(world)).text()).toBe('blobs/back of team/app');
    expect(sent(world)).toMatchObject([
      { url: BLOB, authorization: 'Bearer token-1' },
      { url: 'https://r.test/v2/team/app/blobs/moved', authorization: 'Bearer token-1' },
      { url: STORE, authorization: undefined },
      { url: 'https://r.test/v2/team/app/blobs/back?x=1', authorization: 'Bearer token-1' },
    ]);
  });

  test('to another carries what is wanted, and nothing of who wants it', async () => {
    const world = worldWith([to(STORE), to(STORE)]);
    const fetch = registryFetch(world.keyring('u:p'), { system: world.system, retries: 0 });
    const wanted = {
      accept: 'a/b',
      'accept-language': 'de',
      'if-none-match': '"1"',
      range: 'bytes=0-9',
      'user-agent': 'mine',
    };
    const own = {
      authorization: 'Basic canary',
      cookie: 'session=canary',
      'proxy-authorization': 'Basic canary',
      'x-api-key': 'canary',
      'private-token': 'canary',
    };
    await fetch(BLOB, { headers: { ...wanted, ...own } });
    const [first, second] = world.system.requests.slice(2);
    expect(first?.headers).toMatchObject({ cookie: 'session=canary', 'x-api-key': 'canary' });
    expect(second?.headers).toEqual(wanted);
    expect(second?.url).toBe(STORE);
  });

  test.each([
    'https://r.test:8443/x',
    'https://sub.r.test/x',
    'https://r.test.evil.test/x',
    'https://R.TEST./x',
    '//store.test/x',
  ])('to %s carries none', async (location) => {
    const world = worldWith([to(location)]);
    world.inject(/GET (?!r\.test\/|auth)/, [{}]);
    await fetchIn(world);
    expect(sent(world)[1]).toMatchObject({ authorization: undefined });
  });

  test.each([
    ['http://store.test/x', 'it redirects to http://store.test, which is not https'],
    ['ftp://store.test/x', 'it redirects to ftp://store.test, which is not https'],
    ['file:///canary', 'it redirects to file:, which is not https'],
    ['data:,canary', 'it redirects to data:, which is not https'],
    ['https://u:canary@store.test/x', 'it redirects to store.test with a user name or password'],
    ['https://:canary@store.test/x', 'it redirects to store.test with a user name or password'],
    ['https://[/canary', 'it redirects to an invalid URL'],
  ])('to %s is not followed', async (location, reason) => {
    const world = worldWith([to(location)]);
    const error = await rejection<RegistryUnavailableError>(fetchIn(world));
    expect(error).toMatchObject({ code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE', registry: 'r.test' });
    expect(error.message).toBe(`r.test cannot be asked: ${reason}`);
    expect(sent(world)).toHaveLength(1);
  });

  test.each(['private', 'loopback', 'link-local'] as const)(
    'into a %s network is not followed',
    async (kind) => {
      const world = worldWith([to(STORE), to(STORE)], { addresses: { 'store.test': kind } });
      const error = await rejection(fetchIn(world));
      expect(error.message).toMatch(
        'r.test cannot be asked: its address is in a network that is not allowed',
      );
      const authorized = world.authorize('r.test/team/app', world.keyring('u:p'));
      await expect(authorized).rejects.toThrow('its address is in a network that is not allowed');
      world.inject(/store/, [{}]);
      const patient = worldWith([to(STORE)], { addresses: { 'store.test': kind, 'r.test': kind } });
      expect(await (await fetchIn(patient)).text()).toBe('the blob');
    },
  );

  test('by http is followed where the registry is reached by http', async () => {
    const world = worldWith([to('http://store.test/x')]);
    world.inject(/GET r\.test/, [failure('EPROTO')], true);
    const system = { ...world.system };
    const fetch = registryFetch(world.keyring('u:p'), { system, insecureRegistries: ['r.test'] });
    expect(await (await fetch(BLOB.replace('https', 'http'))).text()).toBe('the blob');
  });

  test('is followed five times', async () => {
    const five = [1, 2, 3, 4, 5].map((step) => to(`/v2/team/app/blobs/${step}`));
    expect((await fetchIn(worldWith(five))).status).toBe(200);
    const six = worldWith([...five, to('/v2/team/app/blobs/6')]);
    await expect(fetchIn(six)).rejects.toThrow('it redirects more than 5 times');
  });

  test.each<Instead>([{ status: 307 }, { status: 300, headers: { location: STORE } }])(
    'that is none is an answer: %j',
    async (answer) => {
      const response = await fetchIn(worldWith([answer]));
      expect(response.status).toBe((answer as { status: number }).status);
    },
  );

  test('is ended when it is followed', async () => {
    const world = worldWith([to(STORE)]);
    const cancelled: string[] = [];
    const system = {
      ...world.system,
      httpStream: async (request: Parameters<typeof world.system.httpStream>[0]) => ({
        ...(await world.system.httpStream(request)),
        cancel: () => void cancelled.push(request.url),
      }),
    };
    await registryFetch(world.keyring('u:p'), { system })(BLOB);
    expect(cancelled).toEqual([BLOB]);
  });

  test('of a manifest is followed to see whether it can be pulled', async () => {
    const world = worldWith([to(STORE)]);
    const { header } = await world.authorize('r.test/team/app:1', world.keyring('u:p'));
    expect(header).toBe('Bearer token-1');
    expect(sent(world)).toMatchObject([
      { url: 'https://r.test/v2/team/app/manifests/1', authorization: 'Bearer token-1' },
      { url: STORE, authorization: undefined, addresses: ['public'] },
    ]);
    expect(world.system.requests.at(-1)?.method).toBe('HEAD');
  });
});
