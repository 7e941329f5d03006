// Registries as they are: what each does in its own way, and that nothing is made wrong of it.

import { describe, expect, test } from '@jest/globals';
import { registryFetch } from '../../../../src/registry/index.ts';
import { bearer, fakeRegistry, rejection, type FakeRegistry } from './fake-registry.ts';

const DENIED = { errors: [{ code: 'DENIED', message: 'denied' }] };

describe('Docker Hub', () => {
  const script = {
    host: 'registry-1.docker.io',
    name: 'docker.io',
    repositories: { 'library/nginx': ['*'], 'acme/app': ['u'] },
    ...bearer('https://auth.docker.io/token', 'registry.docker.io'),
  };

  test.each(['nginx', 'docker.io/nginx', 'index.docker.io/library/nginx'])(
    'is asked for %s at a host of its own',
    async (image) => {
      const world = fakeRegistry(script);
      const authorization = await world.authorize(image, world.keyring());
      expect(authorization).toMatchObject({
        registry: 'docker.io',
        url: 'https://registry-1.docker.io/v2/library/nginx',
      });
      expect(world.asked()).toEqual([
        'GET registry-1.docker.io/v2/',
        'GET auth.docker.io/token [repository:library/nginx:pull]',
        'HEAD registry-1.docker.io/v2/library/nginx/manifests/latest token-1',
      ]);
    },
  );

  test('says in a form of its own that a password is wrong, and 429 when it is enough', async () => {
    const world = fakeRegistry(script);
    const body = { details: 'incorrect username or password' };
    world.inject(/ u:old/, [{ status: 401, body }]);
    const refused = world.authorize('acme/app', world.keyring('u:old'));
    await expect(refused).rejects.toThrow('401 (incorrect username or password)');
    const enough = { errors: [{ code: 'TOOMANYREQUESTS', message: 'You have reached …' }] };
    world.inject(/HEAD/, [{ status: 429, body: enough }]);
    expect(await rejection(world.authorize('acme/app', world.keyring('u:p')))).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      status: 429,
    });
  });
});

describe('GitHub (ghcr.io)', () => {
  const SCOPE = 'scope="repository:user/image:pull"';
  const ghcr = (): FakeRegistry => {
    const realm = 'https://ghcr.io/token';
    const repositories = { 'acme/app': ['u'], 'acme/public': ['*'] };
    const world = fakeRegistry({ host: 'ghcr.io', realm, token: {}, repositories });
    const challenge = `Bearer realm="${realm}",service="ghcr.io",${SCOPE}`;
    const challenged = { status: 401, headers: { 'www-authenticate': challenge } };
    world.inject(/v2\/$/, [challenged], true);
    world.inject(
      /token \[repository:acme\/app:pull\]( x:y)?$/,
      [{ status: 403, body: DENIED }],
      true,
    );
    return world;
  };

  test('names a repository that is nobody’s, and is asked for the right one', async () => {
    const world = ghcr();
    const { expiresAt } = await world.authorize('ghcr.io/acme/app:1', world.keyring('x:y', 'u:p'));
    expect(expiresAt).toEqual(new Date('2026-01-01T00:01:00Z'));
    expect(world.asked()).toEqual([
      'GET ghcr.io/v2/',
      'GET ghcr.io/token [repository:acme/app:pull] x:y',
      'GET ghcr.io/token [repository:acme/app:pull] u:p',
      'HEAD ghcr.io/v2/acme/app/manifests/1 token-1',
    ]);
  });

  test('refuses by 403 at its token server, private images and unknown ones alike', async () => {
    const world = ghcr();
    const refused = world.authorize('ghcr.io/acme/app:1', world.keyring());
    expect(await rejection(refused)).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_AUTH',
      attempts: [{ status: 403, message: '403 (DENIED: denied)' }],
    });
    expect((await world.authorize('ghcr.io/acme/public', world.keyring())).scheme).toBe('bearer');
  });
});

describe('GitLab', () => {
  test('has its token server at another host, whose tokens name no end', async () => {
    const world = fakeRegistry({
      host: 'registry.gitlab.com',
      repositories: { 'acme/app': ['u'] },
      token: {},
      ...bearer('https://gitlab.com/jwt/auth', 'container_registry'),
    });
    const keyring = world.keyring('x:y', 'u:p');
    const denied = { errors: [{ code: 'DENIED', message: 'HTTP Basic: Access denied' }] };
    world.inject(/ x:y/, [{ status: 403, body: denied }]);
    const { credential } = await world.authorize('registry.gitlab.com/acme/app', keyring);
    expect(credential?.username).toBe('u');
    expect(world.system.requests[2]?.url).toBe(
      'https://gitlab.com/jwt/auth?service=container_registry&scope=repository%3Aacme%2Fapp%3Apull&client_id=docker-keyring',
    );
  });
});

describe('Harbor', () => {
  test('gives a token to whoever has an account, and refuses it at the manifest', async () => {
    const world = fakeRegistry({
      host: 'harbor.test',
      users: { robot$shop: 'p', u: 'p' },
      repositories: { 'shop/app': ['u'] },
      token: { expires_in: 1800, issued_at: '2026-01-01T00:00:00Z' },
      ...bearer('https://harbor.test/service/token', 'harbor-registry'),
    });
    const keyring = world.keyring('robot$shop:p', 'u:p');
    const { credential, expiresAt } = await world.authorize('harbor.test/shop/app:1', keyring);
    expect(credential?.username).toBe('u');
    expect(expiresAt).toEqual(new Date('2026-01-01T00:30:00Z'));
    expect(world.asked().slice(1, 3)).toEqual([
      'GET harbor.test/service/token [repository:shop/app:pull] robot$shop:p',
      'HEAD harbor.test/v2/shop/app/manifests/1 token-1',
    ]);
  });
});

describe('Quay', () => {
  test('takes an OAuth token as the password of nobody', async () => {
    const world = fakeRegistry({
      host: 'quay.io',
      users: { $oauthtoken: 'p' },
      repositories: { 'acme/app': ['$oauthtoken'] },
      ...bearer('https://quay.io/v2/auth', 'quay.io'),
    });
    const wrong = { error: 'Invalid Username or Password', status: 401 };
    world.inject(/ x:y/, [{ status: 401, body: wrong }]);
    const keyring = world.keyring('x:y');
    await expect(world.authorize('quay.io/acme/app', keyring)).rejects.toThrow(
      '401 (Invalid Username or Password)',
    );
    const { header } = await world.authorize('quay.io/acme/app', world.keyring('$oauthtoken:p'));
    expect(header).toBe('Bearer token-1');
  });
});

describe('registry.k8s.io', () => {
  test('is open, and has its manifests elsewhere', async () => {
    const world = fakeRegistry({ host: 'registry.k8s.io', challenge: 'none' });
    const location = 'https://europe-docker.pkg.dev/v2/k8s/images/pause/manifests/3.9';
    world.inject(/registry\.k8s\.io.*manifests/, [{ status: 307, headers: { location } }], true);
    world.inject(/pkg\.dev/, [{ body: 'the manifest' }], true);
    const keyring = world.keyring();
    const { scheme } = await world.authorize('registry.k8s.io/pause:3.9', keyring);
    expect(scheme).toBe('none');
    const { system } = world;
    const fetch = registryFetch(keyring, { system });
    const response = await fetch('https://registry.k8s.io/v2/pause/manifests/3.9');
    expect(await response.text()).toBe('the manifest');
  });
});
