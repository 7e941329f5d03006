// Token servers as containerd 2.4.2 gets on with them, which was asked by CRI's PullImage, in both of its ways to pull.

import { describe, expect, test } from '@jest/globals';
import { Credential } from '../../../../src/index.ts';
import { verifyImages } from '../../../../src/registry/index.ts';
import { fakeRegistry } from '../client/fake-registry.ts';
import type { FakeReply } from '../../fakes/fake-system.ts';
import { deployment, fakeCluster, pullSecret } from './fake-cluster.ts';

const IMAGE = 'r.test/team/app:1';
const SECRET = pullSecret('a');
const POD = deployment('web', [IMAGE], { secrets: ['a'] });
const TOKEN = { body: { token: 'of-u' } };

/** What verify says where a token server answers this to a POST, and to a GET. */
async function server(post: FakeReply, get: FakeReply = {}) {
  const world = fakeCluster();
  world.answer({
    'POST auth.r.test': { address: 'public', ...post },
    'GET auth.r.test': { address: 'public', ...get },
  });
  return world.verifyOne([POD, SECRET]);
}

/** How a token server is asked with an entry: the refresh token of a POST, and Basic. */
async function formsFor(entry: object) {
  const world = fakeCluster();
  world.answer({ 'POST auth.r.test': { status: 404 }, 'GET auth.r.test': { status: 401 } });
  const data = { '.dockerconfigjson': btoa(JSON.stringify({ auths: { 'r.test': entry } })) };
  await world.verifyOne([POD, { ...SECRET, data }]);
  return world.system.requests
    .filter(({ url }) => url.startsWith('https://auth'))
    .map(({ body = '', headers }) => [
      new URLSearchParams(body).get('refresh_token'),
      atob((headers?.['authorization'] ?? '').replace('Basic ', '')),
    ]);
}

describe('A token server', () => {
  test.each([400, 401, 404, 405])('that answers %i to a POST is asked by GET', async (status) => {
    expect(await server({ status }, TOKEN)).toMatchObject({ status: 'pullable' });
  });

  test.each([403, 415, 422])('that answers %i to a POST is not', async (status) => {
    expect(await server({ status }, TOKEN)).toMatchObject({
      status: 'refused',
      candidates: [{ status, message: String(status) }],
    });
  });

  test('that fails, or is no such thing, says nothing of the credential', async () => {
    expect(await server({ status: 408 })).toMatchObject({ status: 'unreachable' });
    expect(await server({ body: '<html>' })).toMatchObject({ status: 'unreachable' });
    expect(await server({ status: 404 }, { status: 404 })).toMatchObject({ status: 'not-found' });
  });

  test.each<[string, FakeReply, FakeReply, string]>([
    ['to a POST', { body: {} }, TOKEN, 'a POST without access_token, which containerd needs'],
    ['to a GET', { status: 404 }, { body: { token: 5 } }, 'without a token'],
  ])('that answers %s without a token refuses', async (_name, post, get, said) => {
    expect(await server(post, get)).toMatchObject({
      status: 'refused',
      candidates: [{ status: 200, message: `its token server auth.r.test answers ${said}` }],
    });
  });

  test('that gives one candidate no token may give the next one one', async () => {
    const world = fakeCluster();
    const pod = deployment('web', [IMAGE], { secrets: ['b', 'a'] });
    world.answer({
      'POST auth.r.test/token [repository:team/app:pull] v:q': { body: {}, address: 'public' },
    });
    const image = await world.verifyOne([pod, SECRET, pullSecret('b', { 'r.test': 'v:q' })]);
    expect(image).toMatchObject({ status: 'pullable', accepted: { position: 2, username: 'u' } });
  });

  test.each<[string, object]>([
    ['a POST without access_token, which containerd needs', { token: 'of-u' }],
    ['an expires_in that containerd cannot read', { access_token: 'of-u', expires_in: '300' }],
    ['an expires_in that containerd cannot read', { access_token: 'of-u', expires_in: 300.5 }],
    ['an issued_at that containerd cannot read', { access_token: 'of-u', issued_at: '' }],
    ['an issued_at that containerd cannot read', { access_token: 'of-u', issued_at: 5 }],
    [
      'an issued_at that containerd cannot read',
      { access_token: 'of-u', issued_at: '2026-01-01T00:00:00' },
    ],
  ])('whose answer has %s keeps a node from it: %j', async (said, body) => {
    const image = await server({ body });
    expect(image).toMatchObject({ status: 'unsupported', accepted: { position: 1 } });
    expect(image.message).toContain(
      `its token server auth.r.test answers ${said.replace(/^an /, 'with an ')}`,
    );
  });

  test.each([
    { expires_in: null, issued_at: null },
    { expires_in: 1e15, issued_at: '0001-01-01T00:00:00Z' },
    { issued_at: '2026-01-01T00:00:00.5+01:00' },
  ])('whose answer has %j does not', async (members) => {
    const body = { access_token: 'of-u', ...members };
    expect(await server({ body })).toMatchObject({ status: 'pullable' });
  });

  test('is given a password without a user name, or an identity token, as a refresh token', async () => {
    expect(await formsFor({ password: 'secret' })).toEqual([
      ['secret', ''],
      [null, ':secret'],
    ]);
  });
});

test('An identity token without a user name is exchanged by POST', async () => {
  const world = fakeRegistry({ identityTokens: { id: 'u' }, token: { access_token: 'x' } });
  world.inject(/HEAD/, [{}]);
  const source = { kind: 'docker-config', path: '/x' } as const;
  const fields = { username: '', password: '', identityToken: 'id', key: 'r.test', source };
  const keyring = {
    lookup: async () => [Credential.from(fields)],
    withPullSecrets: () => keyring,
  };
  await verifyImages([IMAGE], keyring, { system: world.system, retries: 0 });
  expect(world.asked()).toContain('POST auth.test/token [repository:team/app:pull]');
});
