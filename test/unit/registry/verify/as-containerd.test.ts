// What verify says where it is containerd, and no specification, that decides. Each verdict is one of containerd 2.4.2, which
// was asked by CRI's PullImage, in both of its ways to pull.

import { describe, expect, test } from '@jest/globals';
import type { FakeReply } from '../../fakes/fake-system.ts';
import {
  deployment,
  DIGEST,
  fakeCluster,
  INDEX_TYPE,
  manifestReply,
  pullSecret,
  type FakeCluster,
  type Instead,
} from './fake-cluster.ts';

const IMAGE = 'r.test/team/app:1';
const SECRET = pullSecret('a');
const POD = deployment('web', [IMAGE], { secrets: ['a'] });
const WHOLE = { 'docker-content-digest': DIGEST, 'content-length': '500' };
const PUBLIC = { 'r.test': { isPublic: true } };

/** A world with other answers, and what verify says in it. */
async function verdict(answers: Readonly<Record<string, Instead>>, world = fakeCluster()) {
  world.answer(answers);
  const image = await world.verifyOne([POD, SECRET]);
  return { ...image, world };
}

function challenged(...challenges: readonly string[]): FakeReply {
  return { status: 401, headers: { 'www-authenticate': challenges }, address: 'public' };
}

/** Answers as they come, and then as the world does. */
function asked(world: FakeCluster): string[] {
  return world.asked().filter((line) => line !== 'GET r.test/v2/');
}

describe('A registry that answers 405 to HEAD', () => {
  test('is asked by GET', async () => {
    const answers = {
      'HEAD r.test/v2/team': { status: 405 },
      'GET r.test/v2/team': manifestReply(),
    };
    const { world, ...image } = await verdict(answers);
    expect(image).toMatchObject({ status: 'pullable', mediaType: INDEX_TYPE });
    expect(asked(world).slice(-2)).toEqual([
      'HEAD r.test/v2/team/app/manifests/1 u',
      'GET r.test/v2/team/app/manifests/1 u',
    ]);
  });

  test('and to GET says neither yes nor no', async () => {
    const answers = {
      'HEAD r.test/v2/team': { status: 405 },
      'GET r.test/v2/team': { status: 405 },
    };
    expect(await verdict(answers)).toMatchObject({ status: 'unreachable' });
  });
});

describe('A manifest', () => {
  test.each([
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.oci.image.manifest.v1+json; charset=utf-8',
    'application/vnd.docker.distribution.manifest.v2+json',
    'application/vnd.docker.distribution.manifest.list.v2+json',
  ])('of the type %s is taken', async (type) => {
    const headers = { ...WHOLE, 'content-type': type };
    expect(await verdict({ 'HEAD r.test': { headers } })).toMatchObject({
      status: 'pullable',
      mediaType: type.split(';')[0],
    });
  });

  test.each([
    ['application/vnd.docker.distribution.manifest.v1+prettyjws'],
    ['application/vnd.docker.distribution.manifest.v1+json'],
    ['text/plain'],
    ['text/plain; charset=utf-8'],
    ['application/json'],
    ['application/vnd.oci.image.manifest.v1+json ; charset=utf-8'],
    ['Application/vnd.oci.image.manifest.v1+json'],
  ])('of the type %s is not', async (type) => {
    const headers = { ...WHOLE, 'content-type': type };
    const seen = JSON.stringify(type.replace(/;.*/, ''));
    const { world, ...image } = await verdict({ 'HEAD r.test': { headers } });
    expect(image).toMatchObject({
      status: 'unsupported',
      message: `containerd, which pulls on a node, cannot pull a manifest of the media type ${seen}`,
      mediaType: type.replace(/ ?;.*/, ''),
      accepted: { position: 1 },
    });
    expect(image.hint).toContain('OCI image');
    expect(asked(world).filter((line) => line.startsWith('GET r.test'))).toEqual([]);
  });

  test('of no type is not', async () => {
    const image = await verdict({ 'HEAD r.test': { headers: WHOLE } });
    expect(image).toMatchObject({
      status: 'unsupported',
      message:
        'the registry names no media type for the manifest, without which containerd cannot pull it',
    });
    expect(image).not.toHaveProperty('mediaType');
  });

  test.each(Object.keys(WHOLE))(
    'whose HEAD has no %s is of the type that GET says',
    async (name) => {
      const headers: Record<string, string> = { ...WHOLE, 'content-type': 'text/plain' };
      delete headers[name];
      const answers = { 'HEAD r.test': { headers }, 'GET r.test/v2/team': manifestReply() };
      expect(await verdict(answers)).toMatchObject({ status: 'pullable', mediaType: INDEX_TYPE });
      const refused = { 'HEAD r.test': { headers }, 'GET r.test/v2/team': { status: 403 } };
      expect(await verdict(refused)).toMatchObject({
        status: 'unsupported',
        mediaType: 'text/plain',
      });
    },
  );
});

describe('A challenge', () => {
  test.each([
    ['Bearer realm = "https://auth.r.test/token"', 'no realm'],
    ['Bearer , realm="https://auth.r.test/token"', 'no realm'],
    [', Bearer realm="https://auth.r.test/token"', 'neither Basic nor Bearer'],
    ['Negotiate, Bearer realm="https://auth.r.test/token"', 'neither Basic nor Bearer'],
  ])('that only others can read keeps a node from it: %s', async (challenge, found) => {
    const { world, ...image } = await verdict({ 'GET r.test/v2/': challenged(challenge) });
    const message = `containerd, which pulls on a node, finds ${found} in its WWW-Authenticate header`;
    expect(image).toMatchObject({
      status: 'unsupported',
      message,
      candidates: [{ position: 1, outcome: 'refused', message }],
    });
    expect(image.hint).toContain('Bearer realm="https://…"');
    expect(asked(world).filter((line) => line.includes('auth.r.test'))).toEqual([]);
  });

  test('whose realm containerd reads as something else is followed there', async () => {
    const challenge = 'Bearer realm=https://auth.r.test/token';
    expect(await verdict({ 'GET r.test/v2/': challenged(challenge) })).toMatchObject({
      status: 'unsupported',
      message:
        'No credential of r.test is sent to its token server: its realm is not an http or https URL',
    });
  });

  test('of two in one header is the first', async () => {
    const challenge = 'Basic realm="r", Bearer realm="https://auth.r.test/token"';
    const { world } = await verdict({ 'GET r.test/v2/': challenged(challenge) });
    expect(asked(world)[0]).toBe('HEAD r.test/v2/team/app/manifests/1 u:p');
  });
});

describe('A manifest that is given to everybody can be pulled', () => {
  const OPEN = { 'HEAD r.test/v2/team/app/manifests/1': manifestReply() };

  test.each<[string, Readonly<Record<string, Instead>>]>([
    ['gives no token', { 'POST auth.r.test': { body: {} } }],
    ['is down', { 'POST auth.r.test': new Error('down') }],
    ['refuses', { 'POST auth.r.test': { status: 403 } }],
  ])('though the token server %s', async (_name, answers) => {
    const image = await verdict({ ...answers, ...OPEN });
    expect(image).toMatchObject({
      status: 'pullable',
      message: 'a node can pull it without credentials',
      digest: DIGEST,
      warnings: [],
    });
    expect(image.candidates).toEqual([
      { position: 1, outcome: 'accepted', status: 200, message: 'accepted' },
    ]);
  });

  test('though the realm of an https registry is http, to which nothing is sent', async () => {
    const http = challenged('Bearer realm="http://auth.r.test/token"');
    const { world, ...image } = await verdict({ 'GET r.test/v2/': http, ...OPEN });
    expect(image.status).toBe('pullable');
    expect(asked(world)).toEqual(['HEAD r.test/v2/team/app/manifests/1']);
  });

  test('but not by who fails at the manifest itself', async () => {
    const { world, ...image } = await verdict({ 'HEAD r.test': { status: 500 } });
    expect(image.status).toBe('unreachable');
    expect(asked(world).filter((line) => line.startsWith('HEAD'))).toHaveLength(1);
  });

  test('also by a registry that asks for nothing at all', async () => {
    const world = fakeCluster(PUBLIC);
    const open = { status: 200, address: 'public' } as const;
    expect(await verdict({ 'GET r.test/v2/': open, ...OPEN }, world)).toMatchObject({
      status: 'pullable',
    });
  });
});

test('An http realm of an https registry is asked where it is trusted, and told otherwise', async () => {
  const http = challenged('Bearer realm="http://auth.r.test/token"');
  const world = fakeCluster();
  world.answer({ 'GET r.test/v2/': http });
  expect(await world.verifyOne([POD, SECRET])).toMatchObject({
    status: 'unreachable',
    hint: 'containerd, which pulls on a node, would send it there',
  });
  const trustedRealms = ['auth.r.test'];
  expect(await world.verifyOne([POD, SECRET], { trustedRealms })).toMatchObject({
    status: 'pullable',
  });
});
