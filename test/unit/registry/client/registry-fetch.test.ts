import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import {
  createRegistrySession,
  registryFetch,
  type RegistryFetch,
  type RegistryFetchOptions,
} from '../../../../src/registry/index.ts';
import { inOrder } from '../../fakes/in-order.ts';
import {
  fakeRegistry,
  rejection,
  type FakeRegistry,
  type RegistryScript,
} from './fake-registry.ts';

const BASE = 'https://r.test/v2/team/app';
const URL_OF_MANIFEST = `${BASE}/manifests/1`;
const PING = 'GET r.test/v2/';
const SCOPE = '[repository:team/app:pull]';

function setUp(
  script: RegistryScript = {},
  entries: readonly (string | object)[] = ['u:p'],
  options: RegistryFetchOptions = {},
): FakeRegistry & { readonly fetch: RegistryFetch } {
  const world = fakeRegistry(script);
  const { system } = world;
  const fetch = registryFetch(world.keyring(...entries), { system, retries: 0, ...options });
  return { ...world, fetch };
}

describe('A fetch', () => {
  test('lets itself in, and gives what the registry answers', async () => {
    const { fetch, asked } = setUp();
    const response = await fetch(URL_OF_MANIFEST);
    expect(response).toBeInstanceOf(Response);
    expect([response.status, response.ok]).toEqual([200, true]);
    expect(response.headers.get('docker-content-digest')).toBe('sha256:1');
    expect(await response.text()).toBe('manifests/1 of team/app');
    expect(asked()).toEqual([
      PING,
      `GET auth.test/token ${SCOPE} u:p`,
      'GET r.test/v2/team/app/manifests/1 token-1',
    ]);
    await fetch(`${BASE}/blobs/sha256:1`);
    expect(asked()).toEqual(['GET r.test/v2/team/app/blobs/sha256:1 token-1']);
  });

  test('of content that is stored asks for no encoding of it', async () => {
    const { fetch, system } = setUp();
    await fetch(URL_OF_MANIFEST, { headers: { 'accept-encoding': 'gzip', accept: 'a/b' } });
    expect(system.requests.at(-1)?.headers).toMatchObject({ accept: 'a/b' });
    expect(system.requests.at(-1)?.headers).not.toHaveProperty('accept-encoding');
  });

  test.each([199, 600, 999])('of an answer that has the status %d fails', async (status) => {
    const { fetch, inject } = setUp();
    inject(/manifests/, [{ status }], true);
    expect(await rejection(fetch(URL_OF_MANIFEST))).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      reason: `it answers ${status}`,
      status,
    });
  });

  test('by HEAD has no body', async () => {
    const { fetch, asked } = setUp();
    const response = await fetch(URL_OF_MANIFEST, { method: 'head' });
    expect([response.status, response.body]).toEqual([200, null]);
    expect(asked().at(-1)).toBe('HEAD r.test/v2/team/app/manifests/1 token-1');
  });

  test('asks for manifests of all types, and as the caller wants otherwise', async () => {
    const { fetch, system } = setUp();
    const sent = async (...request: Parameters<RegistryFetch>) => {
      await fetch(...request);
      return system.requests.at(-1)?.headers;
    };
    expect(await sent(URL_OF_MANIFEST)).toEqual({
      accept:
        'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json',
      authorization: 'Bearer token-1',
      'user-agent': 'docker-keyring',
    });
    const own = { accept: 'text/plain', range: 'bytes=0-9', 'user-agent': 'mine' };
    const headers = { ...own, Authorization: 'Bearer mine', Host: 'evil.test' };
    expect(await sent(new URL(URL_OF_MANIFEST), { headers })).toEqual({
      ...own,
      authorization: 'Bearer token-1',
    });
    expect(await sent(new Request(`${BASE}/blobs/sha256:1`, { headers: { range: 'x' } }))).toEqual({
      range: 'x',
      authorization: 'Bearer token-1',
      'user-agent': 'docker-keyring',
    });
  });

  test.each([
    [`${BASE}/tags/list?n=5&last=a%2Fb`, SCOPE, '/v2/team/app/tags/list?n=5&last=a%2Fb'],
    [`${BASE}/referrers/sha256:1`, SCOPE, '/v2/team/app/referrers/sha256:1'],
    ['https://r.test/v2/_catalog?n=5', '[registry:catalog:*]', '/v2/_catalog?n=5'],
    ['https://r.test/v2/', undefined, '/v2/'],
    ['https://r.test/v2/team/app/manifests/manifests/1#x', undefined, undefined],
  ])('of %s asks for the scope that is right', async (url, scope, path) => {
    const { fetch, asked, system } = setUp({
      repositories: { 'team/app': ['u'], 'team/app/manifests': ['u'] },
    });
    expect((await fetch(url)).status).toBe(200);
    const given = scope ?? (path === undefined ? '[repository:team/app/manifests:pull]' : '');
    expect(asked()[1]).toBe(`GET auth.test/token ${given} u:p`.replace('  ', ' '));
    const last = new URL(system.requests.at(-1)?.url ?? '');
    expect(last.pathname + last.search).toBe(path ?? '/v2/team/app/manifests/manifests/1');
  });

  test.each([404, 416, 400, 500, 503, 429, 304, 204])(
    'gives an answer of status %i as it is',
    async (status) => {
      const { fetch, inject } = setUp();
      inject(/manifests/, [{ status, body: 'words', headers: { 'x-words': ['a', 'b'] } }], true);
      const response = await fetch(URL_OF_MANIFEST);
      expect(response.status).toBe(status);
      expect(response.headers.get('x-words')).toBe('a, b');
      expect(await response.text()).toBe(status === 304 || status === 204 ? '' : 'words');
    },
  );

  test('rejects when it is not let in, or nothing answers', async () => {
    const refused = setUp({}, ['u:old', 'v:q']);
    expect(await rejection(refused.fetch(URL_OF_MANIFEST))).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_AUTH',
      image: 'r.test/team/app',
      attempts: [{ status: 401 }, { status: 401 }],
    });
    const unasked = setUp({ challenge: 'Negotiate' });
    expect(await rejection(unasked.fetch(URL_OF_MANIFEST))).toMatchObject({
      attempts: [{ status: undefined, message: expect.stringContaining('negotiate') }],
    });
    const away = setUp({ host: 'elsewhere.test' });
    expect(await rejection(away.fetch(URL_OF_MANIFEST))).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      registry: 'r.test',
    });
    const unsafe = setUp({ realm: 'http://auth.test/token' });
    expect(await rejection(unsafe.fetch(URL_OF_MANIFEST))).toMatchObject({
      code: 'ERR_KEYRING_REALM_UNSAFE',
    });
  });

  test('goes without a credential where there is none, and where it is asked for', async () => {
    const script = { repositories: { 'team/app': ['*'] } };
    expect((await setUp(script, []).fetch(URL_OF_MANIFEST)).status).toBe(200);
    await rejection(setUp(script, ['u:old']).fetch(URL_OF_MANIFEST));
    const { fetch, asked } = setUp(script, ['u:old'], { anonymous: true });
    expect((await fetch(URL_OF_MANIFEST)).status).toBe(200);
    expect(asked().at(-1)).toBe('GET r.test/v2/team/app/manifests/1 token-1');
  });

  test('renews a token that ended before its time', async () => {
    const { fetch, asked, revoke } = setUp();
    await fetch(URL_OF_MANIFEST);
    revoke();
    asked();
    expect((await fetch(URL_OF_MANIFEST)).status).toBe(200);
    expect(asked()).toEqual([
      'GET r.test/v2/team/app/manifests/1 token-1',
      `GET auth.test/token ${SCOPE} u:p`,
      'GET r.test/v2/team/app/manifests/1 token-2',
    ]);
  });

  test('ends when its signal is aborted', async () => {
    const { fetch, inject } = setUp();
    const caller = new AbortController();
    const { signal } = caller;
    inject(/auth/, [
      () => {
        caller.abort(new Error('enough'));
        return { status: 401 };
      },
    ]);
    await expect(fetch(URL_OF_MANIFEST, { signal })).rejects.toThrow('enough');
    await expect(fetch(new Request(URL_OF_MANIFEST, { signal }))).rejects.toThrow('enough');
  });
});

describe('Docker Hub', () => {
  test.each(['docker.io', 'index.docker.io', 'registry-1.docker.io'])(
    'is one registry with one API, also as %s',
    async (host) => {
      const world = fakeRegistry({
        host: 'registry-1.docker.io',
        repositories: { 'library/nginx': ['u'] },
      });
      const { system } = world;
      const [credential] = await world.keyring('u:p').lookup('registry-1.docker.io/a');
      const images: string[] = [];
      const lookup = async (image: string) => {
        images.push(image);
        return credential === undefined ? [] : [credential];
      };
      const response = await registryFetch(
        { lookup },
        { system },
      )(`https://${host}/v2/library/nginx/manifests/latest`);
      expect(response.status).toBe(200);
      expect(images).toEqual(['docker.io/library/nginx']);
      expect(world.asked()[2]).toBe(
        'GET registry-1.docker.io/v2/library/nginx/manifests/latest token-1',
      );
    },
  );
});

describe('A mistake of the caller is a TypeError that says what to do', () => {
  test.each<[unknown, unknown, string]>([
    [URL_OF_MANIFEST, { method: 'POST' }, 'registryFetch: only GET and HEAD, and not POST'],
    [URL_OF_MANIFEST, { redirect: 'manual' }, "registryFetch: redirect can only be 'follow'"],
    ['https://r.test/', {}, 'registryFetch: the URL must be of a registry: https://HOST/v2/'],
    ['https://r.test/v2/team/app', {}, 'the URL must be of a registry'],
    ['https://r.test/v2/team/app/manifests/a/b', {}, 'the URL must be of a registry'],
    ['https://r.test/v2/team/app/blobs/uploads/', {}, 'the URL must be of a registry'],
    ['https://registry/v2/app/manifests/1', {}, 'the URL must be of a registry'],
    ['not a URL', {}, 'the URL must be of a registry'],
    ['https://u:canary@[/v2/app/manifests/1', {}, 'the URL must be of a registry'],
    ['https://u:canary@r.test/v2/app/manifests/1', {}, 'must not hold a user name or password'],
    ['https://canary@r.test/v2/app/manifests/1', {}, 'must not hold a user name or password'],
    [new URL('https://:canary@r.test/v2/app/manifests/1'), {}, 'a user name or password'],
  ])('%s %j', async (input, init, message) => {
    const { fetch, asked } = setUp();
    const error = await rejection(fetch(input as string, init as RequestInit));
    expect(error.name).toBe('TypeError');
    expect(error.message).toContain(message);
    expect(inspect(error)).not.toContain('canary');
    expect(asked()).toEqual([]);
  });

  test('in the options, at once', async () => {
    const world = fakeRegistry();
    const make = registryFetch as (...all: unknown[]) => RegistryFetch;
    const signal = AbortSignal.abort();
    expect(() => make(world.keyring(), { signal })).toThrow(
      'registryFetch: there is no option "signal"',
    );
    expect(() => make({})).toThrow('registryFetch: the keyring must have lookup()');
    expect(() => make(world.keyring(), { session: {} })).toThrow('session must come from');
    const session = createRegistrySession({ system: world.system });
    const fetches = [
      make(world.keyring('u:p'), { session }),
      make(world.keyring('u:p'), { session }),
    ];
    await inOrder(fetches, (fetch) => fetch(URL_OF_MANIFEST));
    expect(world.asked()).toHaveLength(4);
  });
});
