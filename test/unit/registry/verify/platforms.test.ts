import { describe, expect, test } from '@jest/globals';
import { normalizePlatform } from '../../../../src/registry/verify/platforms.ts';
import { failure } from '../client/fake-registry.ts';
import {
  DIGEST,
  fakeCluster,
  INDEX_TYPE,
  manifestReply,
  type FakeCluster,
} from './fake-cluster.ts';

const IMAGE = 'r.test/team/app:1';
const MANIFEST = `GET r.test/v2/team/app/manifests/${DIGEST}`;
const CONFIG = `sha256:${'c'.repeat(64)}`;
const IMAGE_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const BLOB = `GET r.test/v2/team/app/blobs/${CONFIG}`;

function publicWorld(): FakeCluster {
  return fakeCluster({ 'r.test': { isPublic: true } });
}

function platform(os: unknown, architecture: unknown, variant?: unknown): object {
  return { digest: DIGEST, platform: { os, architecture, variant } };
}

describe('The platforms of an index', () => {
  test('are read by one GET, and without the attestations', async () => {
    const world = publicWorld();
    world.answer({
      [MANIFEST]: {
        body: {
          manifests: [
            platform('linux', 'amd64'),
            platform('linux', 'arm64', 'v8'),
            platform('linux', 'arm', 'v7'),
            platform('unknown', 'unknown'),
            platform('linux', 'amd64', 'v1'),
            platform('windows', 'amd64'),
          ],
        },
      },
    });
    const { images, registries } = await world.verify([IMAGE], { platforms: [] });
    expect(images).toMatchObject([
      { platforms: ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'windows/amd64'], warnings: [] },
    ]);
    expect(world.asked().slice(2)).toEqual([
      'HEAD r.test/v2/team/app/manifests/1',
      `GET r.test/v2/team/app/manifests/${DIGEST}`,
    ]);
    expect(registries).toMatchObject([{ requests: 4 }]);
  });

  test('that names none are not known', async () => {
    const world = publicWorld();
    const odd = [
      {},
      'linux',
      platform('linux', ''),
      platform('linux', undefined, 'v8'),
      platform(7, 'amd64'),
    ];
    world.answer({ [MANIFEST]: { body: { manifests: odd } } });
    const image = await world.verifyOne([IMAGE], { platforms: [] });
    expect(image.status).toBe('pullable');
    expect(image).not.toHaveProperty('platforms');
  });
});

describe('The platform of an image without index', () => {
  test('is read of its configuration, with the same token', async () => {
    const world = publicWorld();
    world.answer({
      'HEAD r.test': manifestReply({ headers: { 'content-type': IMAGE_TYPE } }),
      [MANIFEST]: { body: { config: { digest: CONFIG } } },
      [BLOB]: { body: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
    });
    expect(await world.verifyOne([IMAGE], { platforms: [] })).toMatchObject({
      platforms: ['linux/arm64'],
    });
    const [head, manifest, blob] = world.system.requests.slice(-3);
    expect(blob?.url).toBe(`https://r.test/v2/team/app/blobs/${CONFIG}`);
    expect(blob?.headers?.['authorization']).toBe('Bearer of-');
    expect(manifest?.headers?.['authorization']).toBe('Bearer of-');
    expect(head?.headers?.['authorization']).toBe('Bearer of-');
  });

  test.each([{ body: {} }, { status: 404 }])(
    'is not known of %j as configuration',
    async (blob) => {
      const world = publicWorld();
      world.answer({
        'HEAD r.test': manifestReply({ headers: { 'content-type': IMAGE_TYPE } }),
        [MANIFEST]: { body: { config: { digest: CONFIG } } },
        [BLOB]: blob,
      });
      expect(await world.verifyOne([IMAGE], { platforms: [] })).not.toHaveProperty('platforms');
    },
  );
});

/** What containerd 2.4.2 made of each of them was tried (docs/decisions/0035). */
describe('A manifest that containerd cannot read', () => {
  const config = { digest: CONFIG };
  const manifests = [platform('linux', 'amd64')];
  const image = 'application/vnd.docker.distribution.manifest.v2+json';
  const list = 'application/vnd.docker.distribution.manifest.list.v2+json';

  test.each([
    ['no JSON', IMAGE_TYPE, 'not json', 'is not a JSON object'],
    ['no JSON, an index', INDEX_TYPE, '<html>', 'is not a JSON object'],
    ['an array', IMAGE_TYPE, '[]', 'is not a JSON object'],
    ['null', IMAGE_TYPE, 'null', 'is not a JSON object'],
    ['empty', IMAGE_TYPE, '', 'is not a JSON object'],
    ['without a configuration', IMAGE_TYPE, { layers: [] }, 'names no configuration'],
    ['with a configuration that has no digest', image, { config: {} }, 'names no configuration'],
    [
      'with a digest that is a path',
      image,
      { config: { digest: 'sha256:../../../v2/x' } },
      'names no configuration',
    ],
    [
      'an index of the wrong type',
      IMAGE_TYPE,
      { manifests },
      'is an index, but its media type is that of one image',
    ],
    [
      'an index and an image',
      IMAGE_TYPE,
      { config, manifests: [] },
      'is an index, but its media type is that of one image',
    ],
    [
      'an image that calls itself an index',
      image,
      { config, mediaType: list },
      'is an index, but its media type is that of one image',
    ],
    [
      'an image of the wrong type',
      list,
      { config },
      'is the manifest of one image, but its media type is that of an index',
    ],
    [
      'layers in an index',
      INDEX_TYPE,
      { manifests, layers: [] },
      'is the manifest of one image, but its media type is that of an index',
    ],
    [
      'an index that calls itself an image',
      INDEX_TYPE,
      { manifests, mediaType: image },
      'is the manifest of one image, but its media type is that of an index',
    ],
    ['an index of nothing', INDEX_TYPE, { manifests: [] }, 'names no image'],
    ['an index without a list', INDEX_TYPE, {}, 'names no image'],
    ['of schema 1', IMAGE_TYPE, { config, fsLayers: [{}] }, 'is of Docker schema 1'],
  ])('is one that is %s', async (_name, type, body, problem) => {
    const world = publicWorld();
    world.answer({
      'HEAD r.test': manifestReply({ headers: { 'content-type': type } }),
      [MANIFEST]: { body },
    });
    const found = await world.verifyOne([IMAGE], { platforms: ['linux/amd64'] });
    expect(found).toMatchObject({
      status: 'unsupported',
      message: `its manifest ${problem}: containerd, which pulls on a node, cannot read it`,
      hint: 'push the image again',
      warnings: [],
    });
    expect(found).not.toHaveProperty('platforms');
    expect(world.asked().at(-1)).toBe(MANIFEST);
  });

  test('is not read where its media type is none that containerd takes', async () => {
    const world = publicWorld();
    const headers = { 'content-type': 'text/plain', 'content-length': '3' };
    world.answer({ 'HEAD r.test': manifestReply({ headers }) });
    const found = await world.verifyOne([IMAGE], { platforms: [] });
    expect(found).toMatchObject({ status: 'unsupported', mediaType: 'text/plain' });
    expect(world.asked()).not.toContain(MANIFEST);
  });

  test('is asked for only where platforms are', async () => {
    const world = publicWorld();
    world.answer({ [MANIFEST]: { body: 'not json' } });
    expect(await world.verifyOne([IMAGE])).toMatchObject({ status: 'pullable' });
    expect(world.asked()).not.toContain(MANIFEST);
  });
});

describe('Platforms that cannot be read', () => {
  test.each([
    ['refused', { status: 429 }],
    ['not found', { status: 404, body: { manifests: [platform('linux', 'arm64')] } }],
    ['not answered', failure('ECONNRESET')],
  ])('for a GET that is %s do not keep a node from pulling', async (_name, instead) => {
    const world = publicWorld();
    world.answer({ [MANIFEST]: instead });
    const image = await world.verifyOne([IMAGE], { platforms: ['linux/arm64'] });
    expect(image).toMatchObject({
      status: 'pullable',
      warnings: [{ code: 'platform-missing', message: 'the registry does not tell its platforms' }],
    });
    expect(image).not.toHaveProperty('platforms');
  });

  test('are not asked for where nobody may pull', async () => {
    const world = publicWorld();
    world.answer({ 'HEAD r.test': { status: 404 } });
    const image = await world.verifyOne([IMAGE], { platforms: ['linux/arm64'] });
    expect(image).toMatchObject({ status: 'not-found', warnings: [] });
    expect(world.asked().filter((line) => line.startsWith('GET r.test/v2/team'))).toEqual([]);
  });
});

test('Where the registry names no digest, the manifest is asked for by its tag', async () => {
  const world = publicWorld();
  world.answer({
    'HEAD r.test': manifestReply({ headers: { 'docker-content-digest': [] } }),
    'GET r.test/v2/team/app/manifests/1': { body: { manifests: [platform('linux', 's390x')] } },
  });
  const image = await world.verifyOne([IMAGE], { platforms: ['linux/s390x'] });
  expect(image).toMatchObject({ platforms: ['linux/s390x'], warnings: [] });
});

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['Linux/X86_64', 'linux/amd64'],
  ['linux/x86-64/v1', 'linux/amd64'],
  ['linux/amd64/v3', 'linux/amd64/v3'],
  ['linux/aarch64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm64/8', 'linux/arm64'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/arm/7', 'linux/arm/v7'],
  ['linux/arm/v6', 'linux/arm/v6'],
  ['linux/armhf', 'linux/arm/v7'],
  ['linux/i386', 'linux/386'],
  ['windows/amd64', 'windows/amd64'],
])('The platform %s is %s', (text, normal) => {
  expect(normalizePlatform(text)).toBe(normal);
});
