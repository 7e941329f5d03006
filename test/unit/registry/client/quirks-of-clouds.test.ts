// The registries of clouds as they are, as in quirks.test.ts.

import { describe, expect, test } from '@jest/globals';
import { createKeyring, type DockerKeyring } from '../../../../src/index.ts';
import { registryFetch } from '../../../../src/registry/index.ts';
import { providerOf } from '../../fakes/keyring-inputs.ts';
import { bearer, fakeRegistry, rejection, type FakeRegistry } from './fake-registry.ts';

/** A provider whose passwords are `token-1`, `token-2`, …, for user `u`. */
function provided({ system }: FakeRegistry, host: string): DockerKeyring {
  let given = 0;
  const provider = providerOf(
    'cloud',
    async () => {
      given += 1;
      const auth = { [host]: { username: 'u', password: `token-${given}` } };
      const expiresAt = new Date(system.now() + 3_600_000);
      return { auth, cacheKeyType: 'Registry', expiresAt };
    },
    [host],
  );
  return createKeyring({ system, dockerConfig: false, providers: [provider] });
}

describe('Amazon ECR', () => {
  const HOST = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

  test('takes Basic, and says 403 of a password that has ended', async () => {
    const world = fakeRegistry({
      host: HOST,
      users: { u: 'token-2' },
      repositories: { app: ['u'] },
      challenge: `Basic realm="https://${HOST}/",service="ecr.amazonaws.com"`,
    });
    const message = 'Your authorization token has expired. Reauthenticate and try again.';
    world.inject(/ u:token-1/, [{ status: 403, body: { errors: [{ code: 'DENIED', message }] } }]);
    const { credential } = await world.authorize(`${HOST}/app:1`, provided(world, HOST));
    expect(credential?.password).toBe('token-2');
    expect(world.asked()).toEqual([
      `GET ${HOST}/v2/`,
      `HEAD ${HOST}/v2/app/manifests/1 u:token-1`,
      `HEAD ${HOST}/v2/app/manifests/1 u:token-2`,
    ]);
  });
});

describe.each(['public.ecr.aws', 'ecr-public.aws.com'])('Amazon ECR Public (%s)', (host) => {
  const script = {
    host,
    repositories: { 'acme/app': ['u'] },
    ...bearer(`https://${host}/token/`, host),
  };
  const MANIFEST = `HEAD ${host}/v2/acme/app/manifests/1`;

  test('says 400, and asks for nothing, where a token has ended: it is renewed', async () => {
    const world = fakeRegistry(script);
    const keyring = world.keyring('u:p');
    const image = `${host}/acme/app:1`;
    await world.authorize(image, keyring);
    world.revoke();
    world.asked();
    world.inject(/ token-1/, [{ status: 400 }], true);
    expect((await world.authorize(image, keyring, { fresh: true })).header).toBe('Bearer token-2');
    expect(world.asked()).toEqual([
      `${MANIFEST} token-1`,
      `GET ${host}/token/ [repository:acme/app:pull] u:p`,
      `${MANIFEST} token-2`,
    ]);
  });

  test('says 400 of a password that has ended: it is got anew', async () => {
    const world = fakeRegistry({ ...script, users: { u: 'token-2' } });
    world.inject(/ u:token-1/, [{ status: 400, body: 'no' }]);
    const { credential } = await world.authorize(`${host}/acme/app:1`, provided(world, host));
    expect(credential?.password).toBe('token-2');
  });

  test('has refused by 400, as others have not', async () => {
    const world = fakeRegistry(script);
    world.inject(/HEAD/, [{ status: 400 }], true);
    const refused = world.authorize(`${host}/acme/app:1`, world.keyring('u:p'));
    expect(await rejection(refused)).toMatchObject({ attempts: [{ status: 400 }] });
    const other = fakeRegistry();
    other.inject(/manifests/, [{ status: 400 }], true);
    const { system } = other;
    const fetch = registryFetch(other.keyring('u:p'), { system });
    expect((await fetch('https://r.test/v2/team/app/manifests/1')).status).toBe(400);
  });
});

describe.each([
  ['gcr.io', 'https://gcr.io/v2/token', 405],
  ['europe-docker.pkg.dev', 'https://europe-docker.pkg.dev/v2/token', 404],
])('Google (%s)', (host, realm, status) => {
  const image = `${host}/acme/app:1`;
  const worldWith = (): FakeRegistry => {
    const repositories = { 'acme/app': ['_json_key'] };
    const users = { _json_key: 'p' };
    const world = fakeRegistry({ host, users, repositories, ...bearer(realm, host) });
    world.inject(/POST/, [{ status, body: 'no' }], true);
    return world;
  };

  test('knows no POST at its token server', async () => {
    const world = worldWith();
    const both = { username: '_json_key', password: 'p', identitytoken: 'id' };
    await world.authorize(image, world.keyring(both));
    expect(world.asked().map((line) => line.split(' ')[0])).toEqual(['GET', 'POST', 'GET', 'HEAD']);
  });

  test('says 401 of a manifest without asking for anything', async () => {
    const world = worldWith();
    const keyring = world.keyring('_json_key:p');
    await world.authorize(image, keyring);
    world.inject(/HEAD .* token-1/, [{ status: 401 }]);
    const { header } = await world.authorize(image, keyring, { fresh: true });
    expect(header).toBe('Bearer token-2');
    world.inject(/HEAD/, [{ status: 401 }, { status: 401 }]);
    expect(await rejection(world.authorize(image, keyring, { fresh: true }))).toMatchObject({
      attempts: [{ status: 401, message: '401' }],
    });
  });
});

describe('Azure', () => {
  const HOST = 'acme.azurecr.io';
  const NOBODY = '00000000-0000-0000-0000-000000000000';
  const worldWith = (): FakeRegistry => {
    const world = fakeRegistry({
      host: HOST,
      identityTokens: { 'refresh-token': NOBODY },
      repositories: { app: ['u', NOBODY] },
      ...bearer(`https://${HOST}/oauth2/token`, HOST),
    });
    world.inject(/POST/, [
      ({ body = '' }) =>
        new URLSearchParams(body).get('refresh_token') === 'refresh-token'
          ? { body: { access_token: 'of-azure' } }
          : {
              status: 400,
              body: { errors: [{ code: 'UNAUTHORIZED', message: 'no refresh_token' }] },
            },
    ]);
    world.inject(/ of-azure$/, [{}]);
    return world;
  };

  test('exchanges a refresh token by POST', async () => {
    const world = worldWith();
    const keyring = world.keyring({ username: NOBODY, identitytoken: 'refresh-token' });
    const { header } = await world.authorize(`${HOST}/app:1`, keyring);
    expect(header).toBe('Bearer of-azure');
    expect(world.asked()[1]).toBe(`POST ${HOST}/oauth2/token [repository:app:pull]`);
  });

  test('is sent a password by GET: it says 400 to one that is posted', async () => {
    const world = worldWith();
    const { header } = await world.authorize(`${HOST}/app:1`, world.keyring('u:p'));
    expect(header).toBe('Bearer token-1');
    expect(world.asked()[1]).toBe(`GET ${HOST}/oauth2/token [repository:app:pull] u:p`);
  });
});
