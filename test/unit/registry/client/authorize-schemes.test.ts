// How a credential is used: Basic, a token got by GET or by POST, a registry token as it is.

import { describe, expect, test } from '@jest/globals';
import type { RegistryAuthError } from '../../../../src/registry/index.ts';
import { fakeRegistry, rejection } from './fake-registry.ts';

const IMAGE = 'r.test/team/app:1';
const PING = 'GET r.test/v2/';
const MANIFEST = 'HEAD r.test/v2/team/app/manifests/1';
const SCOPE = '[repository:team/app:pull]';
const BASIC = { challenge: 'Basic realm="r"' } as const;

describe('A registry that asks for Basic', () => {
  test('is sent user name and password', async () => {
    const world = fakeRegistry(BASIC);
    const keyring = world.keyring('u:p');
    const authorization = await world.authorize(IMAGE, keyring);
    expect(authorization).toMatchObject({
      header: 'Basic dTpw',
      scheme: 'basic',
      expiresAt: undefined,
      credential: { username: 'u' },
    });
    expect(world.asked()).toEqual([PING, `${MANIFEST} u:p`]);
  });

  test('is asked without a header where there is no credential', async () => {
    const world = fakeRegistry(BASIC);
    const ofNobody = world.authorize(IMAGE, world.keyring());
    await expect(ofNobody).rejects.toThrow('no credentials: 401');
    const ofEmpty = world.authorize(IMAGE, world.keyring({}));
    await expect(ofEmpty).rejects.toThrow('(empty, r.test): 401');
    expect(world.asked()).toEqual([PING, MANIFEST, PING, MANIFEST]);
  });

  test('is not sent an identity token, but a password that stands beside one', async () => {
    const world = fakeRegistry({ ...BASIC, users: { u: 'p', '': 'p' } });
    const keyring = world.keyring({ identitytoken: 'id' }, { username: 'u', identitytoken: 'id' });
    const error = await rejection<RegistryAuthError>(world.authorize(IMAGE, keyring));
    const message = 'it takes user names and passwords only, and this is an identity token';
    expect(error.attempts).toMatchObject([{ message }, { message }]);
    expect(error.status).toBeUndefined();
    expect(world.asked()).toEqual([PING]);
    const both = world.keyring({ username: 'u', password: 'p', identitytoken: 'id' });
    expect(await world.authorize(IMAGE, both)).toMatchObject({ header: 'Basic dTpw' });
  });
});

describe('A registry that asks for a token', () => {
  test('has one got by GET, with who asks and what for', async () => {
    const world = fakeRegistry({ realm: 'https://auth.test/token?account=a&service=old' });
    const { header, expiresAt } = await world.authorize(IMAGE, world.keyring('u:p'));
    expect([header, expiresAt]).toEqual(['Bearer token-1', new Date('2026-01-01T00:05:00Z')]);
    expect(world.system.requests[1]).toMatchObject({
      method: 'GET',
      url: 'https://auth.test/token?account=a&service=svc&scope=repository%3Ateam%2Fapp%3Apull&client_id=docker-keyring',
      headers: {
        authorization: 'Basic dTpw',
        accept: 'application/json',
        'user-agent': 'docker-keyring',
      },
      timeoutMs: 30_000,
      maxBytes: 131_072,
    });
  });

  test('without a service has one got without', async () => {
    const world = fakeRegistry({ challenge: 'Bearer realm="https://auth.test/token"' });
    await world.authorize(IMAGE, world.keyring('u:p'));
    expect(world.system.requests[1]?.url).not.toContain('service');
    const ofToken = fakeRegistry({
      challenge: 'Bearer realm="https://auth.test/token"',
      identityTokens: { id: 'u' },
    });
    await ofToken.authorize(IMAGE, ofToken.keyring({ identitytoken: 'id' }));
    expect(ofToken.system.requests[1]?.body).toContain('service=&');
  });

  test('has one got by POST where the credential is an identity token', async () => {
    const world = fakeRegistry({ identityTokens: { id: 'u' } });
    await world.authorize(IMAGE, world.keyring({ username: '<token>', identitytoken: 'id' }));
    const [, sent] = world.system.requests;
    expect(sent).toMatchObject({
      method: 'POST',
      url: 'https://auth.test/token',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'service=svc&client_id=docker-keyring&scope=repository%3Ateam%2Fapp%3Apull&grant_type=refresh_token&refresh_token=id',
    });
    expect(sent?.headers).not.toHaveProperty('authorization');
    expect(world.asked()).toEqual([PING, `POST auth.test/token ${SCOPE}`, `${MANIFEST} token-1`]);
  });

  test('and refuses an identity token is told so', async () => {
    const world = fakeRegistry();
    const refused = world.authorize(IMAGE, world.keyring({ identitytoken: 'id' }));
    await expect(refused).rejects.toThrow('401 (UNAUTHORIZED: incorrect username or password)');
  });

  test.each([404, 405])('and knows no POST (%i) has one got by GET', async (status) => {
    const world = fakeRegistry();
    world.inject(/POST/, [{ status, body: 'no' }], true);
    const keyring = world.keyring({ username: 'u', password: 'p', identitytoken: 'id' });
    await world.authorize(IMAGE, keyring);
    expect(world.asked()).toEqual([
      PING,
      `POST auth.test/token ${SCOPE}`,
      `GET auth.test/token ${SCOPE} u:p`,
      `${MANIFEST} token-1`,
    ]);
    const lone = { username: 'u', identitytoken: 'id' };
    const error = await rejection<RegistryAuthError>(world.authorize(IMAGE, world.keyring(lone)));
    const message = `${status}: its token server takes no identity tokens`;
    expect(error.attempts).toMatchObject([{ status, message }]);
  });

  test('is sent a registry token as it is', async () => {
    const world = fakeRegistry();
    const keyring = world.keyring({ registrytoken: 'rt' });
    await expect(world.authorize(IMAGE, keyring)).rejects.toThrow('401');
    expect(world.asked()).toEqual([PING, `${MANIFEST} rt`]);
    world.inject(/ rt$/, [{ status: 200 }]);
    world.system.advance(60_000);
    expect(await world.authorize(IMAGE, keyring)).toMatchObject({
      header: 'Bearer rt',
      scheme: 'bearer',
      expiresAt: undefined,
    });
  });

  test.each([
    [{ token: 'a' }, 'a'],
    [{ access_token: 'a' }, 'a'],
    [{ token: 'a', access_token: 'b' }, 'b'],
    [{ token: 'a', access_token: '' }, 'a'],
  ])('takes one in either form: %j', async (body, token) => {
    const world = fakeRegistry();
    world.inject(/auth/, [{ body }]);
    world.inject(/HEAD/, [{}]);
    const { header } = await world.authorize(IMAGE, world.keyring('u:p'));
    expect(header).toBe(`Bearer ${token}`);
  });

  test.each<[unknown]>([
    [{}],
    [{ token: 5 }],
    [{ token: 'a\r\nb: c' }],
    [{ token: 'é' }],
    ['no JSON'],
    [[]],
    ['null'],
  ])('and is given none is no refusal: %j', async (body) => {
    const world = fakeRegistry();
    world.inject(/auth/, [{ body }]);
    const error = await rejection(world.authorize(IMAGE, world.keyring('u:p')));
    expect(error).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      reason: 'its token server auth.test answers with something without a token',
      status: 200,
    });
  });

  test.each([
    [400, { error: 'invalid_grant', error_description: 'it ended' }, 'invalid_grant: it ended'],
    [400, { error: 'invalid_client' }, 'invalid_client'],
    [400, { error: 'unauthorized_client' }, 'unauthorized_client'],
    [400, { error: 'access_denied' }, 'access_denied'],
    [401, { details: 'wrong password' }, 'wrong password'],
    [403, { errors: [{ code: 'DENIED', message: 'no' }] }, 'DENIED: no'],
  ])('is refused by its token server with %i %j', async (status, body, words) => {
    const world = fakeRegistry();
    world.inject(/auth/, [{ status, body }]);
    const error = await rejection<RegistryAuthError>(world.authorize(IMAGE, world.keyring('u:p')));
    expect(error.attempts).toMatchObject([{ status, message: `${status} (${words})` }]);
  });

  test.each([
    [400, { error: 'invalid_scope' }, '400 (invalid_scope)'],
    [400, 'bad', '400'],
    [418, '', '418'],
    [302, '', '302, and no redirect is followed there'],
    [399, '', '399, and no redirect is followed there'],
    [201, { token: 'a' }, '201'],
  ])('is not refused by its token server with %i %j', async (status, body, words) => {
    const world = fakeRegistry();
    const headers = { location: 'https://auth.test/elsewhere' };
    world.inject(/auth/, [{ status, body, headers }]);
    const error = await rejection(world.authorize(IMAGE, world.keyring('u:p', 'v:q')));
    expect(error).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      message: `r.test cannot be asked: its token server auth.test answers ${words}`,
      status,
    });
    expect(world.asked()).toHaveLength(2);
  });
});

describe('A registry that asks for nothing', () => {
  const open = { challenge: 'none', repositories: { 'team/app': ['*'] } } as const;

  test('needs no header, and is given none', async () => {
    const world = fakeRegistry(open);
    const authorization = await world.authorize(IMAGE, world.keyring('u:p'));
    expect(authorization).toMatchObject({
      header: undefined,
      scheme: 'none',
      credential: undefined,
      expiresAt: undefined,
    });
    expect(world.asked()).toEqual([PING, MANIFEST]);
  });

  test('but for some repositories is asked with what it asks for there', async () => {
    const world = fakeRegistry();
    world.inject(/v2\/$/, [{ status: 200 }]);
    const { header } = await world.authorize(IMAGE, world.keyring('u:p'));
    expect(header).toBe('Bearer token-1');
    expect(world.asked()).toEqual([
      PING,
      MANIFEST,
      `GET auth.test/token ${SCOPE} u:p`,
      `${MANIFEST} token-1`,
    ]);
    const basic = fakeRegistry(BASIC);
    basic.inject(/v2\/$/, [{ status: 404 }]);
    expect(await basic.authorize(IMAGE, basic.keyring('u:p'))).toMatchObject({ scheme: 'basic' });
  });

  test('and refuses all the same has refused', async () => {
    const world = fakeRegistry(open);
    world.inject(/HEAD/, [{ status: 403 }, { status: 401 }, { status: 401 }]);
    const error = await rejection(world.authorize(IMAGE, world.keyring('u:p')));
    expect(error).toMatchObject({ attempts: [{ status: 403, message: '403' }] });
    const again = await rejection(world.authorize(IMAGE, world.keyring('u:p')));
    expect(again).toMatchObject({ attempts: [{ status: 401, message: '401' }] });
  });
});

test.each([400, 409, 418, 304])(
  'an answer of %i says neither that a header works nor that it does not',
  async (status) => {
    const world = fakeRegistry();
    world.inject(/HEAD/, [{ status }]);
    const error = await rejection(world.authorize(IMAGE, world.keyring('u:p', 'v:q')));
    expect(error).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      message: `r.test cannot be asked: it answers ${status} to a question for the manifest`,
      status,
    });
  },
);

test('a registry token is sent once, whatever scope the registry names', async () => {
  const world = fakeRegistry();
  world.inject(/HEAD/, [
    { status: 401, headers: { 'www-authenticate': 'Bearer realm="https://a.test",scope="other"' } },
  ]);
  const error = await rejection(world.authorize(IMAGE, world.keyring({ registrytoken: 'T' })));
  expect(error).toMatchObject({ code: 'ERR_KEYRING_REGISTRY_AUTH' });
  expect(world.asked()).toEqual(['GET r.test/v2/', 'HEAD r.test/v2/team/app/manifests/1 T']);
});
