import { describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../../../src/index.ts';
import { providerOf } from '../../fakes/keyring-inputs.ts';
import { failure } from '../client/fake-registry.ts';
import { deployment, fakeCluster, pullSecret, type Instead } from './fake-cluster.ts';

const IMAGE = 'r.test/team/app:1';
const SECRET = pullSecret('a');
const POD = deployment('web', [IMAGE], { secrets: ['a'] });

describe('An image is not verified', () => {
  const moved = { location: 'http://elsewhere.test/' };
  test.each<[string, string, Instead, string | RegExp]>([
    ['whose registry does not answer', 'GET r.test', failure('ECONNREFUSED'), 'ECONNREFUSED'],
    ['whose registry fails', 'GET r.test', { status: 503 }, 'it answers 503'],
    ['whose manifest fails', 'HEAD r.test', { status: 500 }, 'it answers 500'],
    [
      'whose manifest is answered with neither yes nor no',
      'HEAD r.test',
      { status: 409 },
      'it answers 409 to a question for the manifest',
    ],
    [
      'whose manifest is elsewhere in the clear',
      'HEAD r.test',
      { status: 307, headers: moved },
      'it redirects to http://elsewhere.test, which is not https',
    ],
    [
      'whose token server does not answer',
      'POST auth.r.test',
      failure('ENOTFOUND'),
      /its token server auth\.r\.test: .*ENOTFOUND/,
    ],
    [
      'whose token server fails',
      'POST auth.r.test',
      { status: 502 },
      'its token server auth.r.test: it answers 502',
    ],
  ])('%s', async (_name, start, instead, reason) => {
    const world = fakeCluster();
    world.answer({ [start]: instead });
    const report = await world.verify([POD, SECRET]);
    expect(report).toMatchObject({ ok: false, images: [{ status: 'unreachable' }] });
    expect(report.images[0]?.message).toMatch(reason);
    expect(report.images[0]).not.toHaveProperty('hint');
  });
});

test('A registry that wants a long rest is not waited for', async () => {
  const world = fakeCluster();
  world.answer({ 'HEAD r.test': { status: 429, headers: { 'retry-after': '120' } } });
  expect(await world.verifyOne([POD, SECRET], { retries: 3 })).toMatchObject({
    status: 'unreachable',
    message: 'r.test cannot be asked: it answers 429: too many requests, and asks to wait 120 s',
  });
});

test('A try that fails is the last, and stands behind those before it', async () => {
  const world = fakeCluster();
  world.answer({ 'HEAD r.test': { status: 500 } });
  const secrets = [pullSecret('a', { 'r.test': 'u:old' }), pullSecret('b'), pullSecret('c')];
  const pod = deployment('web', [IMAGE], { secrets: ['a', 'b', 'c'] });
  const image = await world.verifyOne([pod, ...secrets]);
  const message = 'r.test cannot be asked: it answers 500';
  expect(image).toMatchObject({ status: 'unreachable', message });
  expect(image.candidates).toMatchObject([
    { position: 1, outcome: 'refused', status: 401 },
    { position: 2, outcome: 'failed', message, username: 'u' },
  ]);
  expect(image.candidates).toHaveLength(2);
});

test('A token server that must not get credentials is told, with what it may mean', async () => {
  const world = fakeCluster();
  const challenge = 'Bearer realm="http://auth.r.test/token"';
  world.answer({ 'GET r.test/v2/': { status: 401, headers: { 'www-authenticate': challenge } } });
  expect(await world.verifyOne([POD, SECRET])).toMatchObject({
    status: 'unreachable',
    message:
      'No credential of r.test is sent to its token server auth.r.test: its realm is http, and the registry is reached by https; if that is right, trust it by trustedRealms (--trusted-realm)',
    hint: 'containerd, which pulls on a node, would send it there',
    candidates: [{ position: 1, outcome: 'failed' }],
  });
});

describe('A lookup that fails', () => {
  test('leaves the image unverified, and the others as they are', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true }, 'q.test': { isPublic: true } });
    const provider = providerOf('broken', () => Promise.reject(new Error('no luck')), ['r.test']);
    const { system } = world;
    const keyring = createKeyring({
      system,
      dockerConfig: false,
      providers: [provider],
      onProviderError: 'throw',
    });
    const report = await world.verify([IMAGE, 'q.test/app:1'], {}, keyring);
    expect(report.images).toMatchObject([
      { status: 'unreachable', message: expect.stringContaining('no luck'), candidates: [] },
      { status: 'pullable' },
    ]);
  });

  test('may be of a keyring of other making', async () => {
    const world = fakeCluster();
    const broken = { lookup: () => Promise.reject(new RangeError('beyond')) };
    const keyring = { ...broken, withPullSecrets: () => broken };
    expect(await world.verifyOne([IMAGE], {}, keyring)).toMatchObject({
      status: 'unreachable',
      message: 'it could not be verified: RangeError: beyond',
    });
  });
});

test('What is not known of a pod is no reason that a registry does not answer', async () => {
  const world = fakeCluster({});
  const image = await world.verifyOne([deployment('web', [IMAGE])]);
  expect(image).toMatchObject({ status: 'unreachable' });
  expect(image).not.toHaveProperty('hint');
});
