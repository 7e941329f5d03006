import { describe, expect, test } from '@jest/globals';
import {
  DIGEST,
  deployment,
  fakeCluster,
  INDEX_TYPE,
  pullSecret,
  serviceAccount,
} from './fake-cluster.ts';

const IMAGE = 'r.test/team/app:1';
const SOURCE = { kind: 'pull-secret', namespace: 'shop' };

/** A pod with these secrets, and a service account without any. */
function pod(...secrets: readonly string[]): object[] {
  return [serviceAccount('default'), deployment('web', [IMAGE], { secrets })];
}

describe('An image that a node can pull', () => {
  test('is told with the candidate that is accepted, and those before it', async () => {
    const world = fakeCluster({ 'r.test': { users: { v: 'q', u: 'p' }, pullers: ['u'] } });
    const report = await world.verify([
      ...pod('a', 'b', 'c', 'd'),
      pullSecret('a', { 'r.test': 'x:y' }),
      pullSecret('b', { 'r.test': 'v:q' }),
      pullSecret('c', { 'r.test': 'u:p' }),
      pullSecret('d', { 'r.test': 'z:z' }),
    ]);
    const accepted = {
      position: 3,
      source: { ...SOURCE, name: 'c' },
      key: 'r.test',
      username: 'u',
      outcome: 'accepted',
      status: 200,
      message: 'accepted',
    };
    expect(report.ok).toBe(true);
    expect(report.images).toMatchObject([
      {
        image: IMAGE,
        registry: 'r.test',
        status: 'pullable',
        message: 'a node can pull it with this credential',
        candidates: [
          {
            position: 1,
            source: { ...SOURCE, name: 'a' },
            key: 'r.test',
            username: 'x',
            outcome: 'refused',
            status: 401,
            message: '401 (UNAUTHORIZED: wrong password)',
          },
          { position: 2, username: 'v', outcome: 'refused', status: 401, message: '401' },
          accepted,
        ],
        accepted,
        digest: DIGEST,
        mediaType: INDEX_TYPE,
        usedBy: [{ kind: 'Deployment', namespace: 'shop', name: 'web', part: 'container c1' }],
      },
    ]);
    expect(report.images[0]).not.toHaveProperty('hint');
    expect(report.images[0]).not.toHaveProperty('platforms');
    expect(report.registries).toEqual([{ registry: 'r.test', images: 1, requests: 6 }]);
  });

  test('may need no credentials', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const image = await world.verifyOne([IMAGE]);
    expect(image).toMatchObject({
      status: 'pullable',
      message: 'a node can pull it without credentials',
      usedBy: [],
    });
    const candidate = { position: 1, outcome: 'accepted', status: 200, message: 'accepted' };
    expect(image.accepted).toEqual(candidate);
    expect(image.candidates).toEqual([candidate]);
  });

  test('may be named by its digest, which is told where the registry says none', async () => {
    const world = fakeCluster();
    world.answer({ 'HEAD r.test/v2/team/app/manifests': {} });
    const secrets = [pullSecret('a')];
    const objects = [deployment('web', [`r.test/team/app@${DIGEST}`], { secrets: ['a'] })];
    const image = await world.verifyOne([...objects, ...secrets]);
    expect(image).toMatchObject({ status: 'pullable', digest: DIGEST, warnings: [] });
    expect(image).not.toHaveProperty('mediaType');
    expect(world.asked().at(-1)).toBe(`HEAD r.test/v2/team/app/manifests/${DIGEST} u`);
  });
});

describe('An image whose candidates are refused', () => {
  test('is told with what was said of each, and is not tried without, as by a kubelet', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const [a, b] = [pullSecret('a', { 'r.test': 'u:old' }), pullSecret('b', { 'r.test': 'x:y' })];
    const report = await world.verify([...pod('a', 'b', 'a'), a, b]);
    const message = '401 (UNAUTHORIZED: wrong password)';
    expect(report.ok).toBe(false);
    expect(report.images).toMatchObject([
      {
        status: 'refused',
        message: 'the registry refused every credential; a node does not try without',
        hint: 'make sure that the image exists, that the accounts may pull it, and that their passwords are current',
        candidates: [
          { position: 1, outcome: 'refused', status: 401, message },
          { position: 2, outcome: 'refused', status: 401, message },
          { position: 3, outcome: 'refused', message: 'the same as candidate 1' },
        ],
        warnings: [],
      },
    ]);
    expect(report.images[0]).not.toHaveProperty('accepted');
    expect(world.asked().filter((line) => line.startsWith('HEAD'))).toEqual([]);
  });

  test('is tried without at last when that is wanted', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const inputs = [...pod('a'), pullSecret('a', { 'r.test': 'u:old' })];
    const image = await world.verifyOne(inputs, { anonymous: true });
    expect(image).toMatchObject({
      status: 'pullable',
      message:
        'it can be pulled without credentials, which a kubelet does not try when it has some',
      candidates: [{ outcome: 'refused' }, { position: 2, outcome: 'accepted' }],
    });
  });

  test('has a hint where one of them is empty', async () => {
    const world = fakeCluster();
    const image = await world.verifyOne([...pod('a'), pullSecret('a', { 'r.test': ':' })]);
    expect(image).toMatchObject({
      status: 'refused',
      hint: 'remove the empty entry if the image is public',
      candidates: [{ username: '', outcome: 'refused', status: 401 }],
    });
  });

  test('may have none, and not be public', async () => {
    const world = fakeCluster();
    expect(await world.verifyOne([IMAGE])).toMatchObject({
      status: 'refused',
      message: 'the registry refuses anonymous pulls, and there is no credential for the image',
      hint: 'check the spelling; docker-keyring explain shows which entries there are and why none matches',
      candidates: [{ position: 1, outcome: 'refused', status: 401, message: '401' }],
    });
  });

  test('may have a secret for which a kubelet fails every pull', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    const secret = { ...pullSecret('a'), data: { '.dockerconfigjson': 'e3==' } };
    const image = await world.verifyOne([...pod('a'), secret]);
    expect(image).toMatchObject({
      status: 'refused',
      message: expect.stringContaining('Pull secret shop/a'),
      hint: 'a kubelet fails every pull of such a pod; docker-keyring secret validate finds what is wrong',
      candidates: [],
    });
  });
});

describe('An image that is not found', () => {
  test('is told, whoever was let in', async () => {
    const world = fakeCluster({ 'r.test': { isPublic: true } });
    world.answer({ 'HEAD r.test/v2/team/app/manifests': { status: 404 } });
    expect(await world.verifyOne([IMAGE])).toMatchObject({
      status: 'not-found',
      message: 'the registry has no such image, or hides it from these credentials',
      hint: 'check the spelling and the tag; some registries say this to everybody who may not pull',
      candidates: [{ position: 1, outcome: 'not-found', status: 404, message: '404' }],
    });
  });

  test('by one candidate may be found by the next', async () => {
    const world = fakeCluster({ 'r.test': { users: { v: 'q', u: 'p' } } });
    world.answer({
      'HEAD r.test/v2/team/app/manifests/1 v': { status: 404, body: 'not for you' },
    });
    const secrets = [pullSecret('a', { 'r.test': 'v:q' }), pullSecret('b')];
    expect(await world.verifyOne([...pod('a', 'b'), ...secrets])).toMatchObject({
      status: 'pullable',
      candidates: [{ outcome: 'not-found', status: 404 }, { outcome: 'accepted' }],
      warnings: [],
    });
  });

  test('by one candidate and refused to another is not found', async () => {
    const world = fakeCluster();
    world.answer({ 'HEAD r.test/v2/team/app/manifests/1 u': { status: 404 } });
    const secrets = [pullSecret('a'), pullSecret('b', { 'r.test': 'x:y' })];
    expect(await world.verifyOne([...pod('a', 'b'), ...secrets])).toMatchObject({
      status: 'not-found',
      candidates: [{ outcome: 'not-found' }, { outcome: 'refused', status: 401 }],
    });
  });
});

describe('A name that is none', () => {
  test('is told, and nobody is asked', async () => {
    const world = fakeCluster();
    const report = await world.verify(['R.test/App:1', '', ' nginx']);
    expect(report).toMatchObject({ ok: false, registries: [] });
    expect(report.images).toMatchObject([
      { image: 'R.test/App:1', status: 'invalid-name', candidates: [], warnings: [] },
      { image: '', status: 'invalid-name' },
      {
        image: ' nginx',
        message: 'Invalid image reference " nginx": it begins or ends with white space',
      },
    ]);
    expect(report.images[0]).not.toHaveProperty('registry');
    expect(world.asked()).toEqual([]);
  });

  test('is told without what looks like a secret', async () => {
    const world = fakeCluster();
    const name = 'https://robot:hunter2@r.test/app';
    const report = await world.verify([name, deployment('web', [name])]);
    expect(report.images).toMatchObject([
      { image: 'https://[redacted]@r.test/app', status: 'invalid-name', usedBy: [] },
      { image: 'https://[redacted]@r.test/app', usedBy: [{ name: 'web' }] },
    ]);
    expect(JSON.stringify(report)).not.toContain('hunter2');
  });
});
