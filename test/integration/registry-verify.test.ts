// verifyImages against Debian's docker-registry: manifests whose pods can pull, or not, and the requests that it takes.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import { createKeyring, type DockerKeyring } from '../../src/index.ts';
import { parseManifests } from '../../src/kubernetes/index.ts';
import {
  verifyImages,
  type VerifiedImage,
  type VerifyProgress,
  type VerifyReport,
} from '../../src/registry/index.ts';
import { printed } from './registry/clients.ts';
import { manifestsFor } from './registry/manifests.ts';
import { PLATFORMS } from './registry/push-images.ts';
import type { Registry } from './registry/start-registry.ts';
import {
  PASSWORDS,
  SECRET_WORD,
  startRegistryWorld,
  type RegistryWorld,
} from './registry/world.ts';

let world: RegistryWorld;
let ca: string;
let basic: Registry;
let bearer: Registry;
let nowhere: string;
let objects: Record<string, unknown>[];
let keyring: DockerKeyring;

beforeAll(async () => {
  world = await startRegistryWorld();
  ({ ca } = world.authority);
  basic = world.registries.basic.http;
  bearer = world.registries.bearer.https;
  await world.tokens.http.port.shut();
  nowhere = `localhost:${world.tokens.http.port.port}`;
  objects = await parseManifests(manifestsFor({ basic, bearer, nowhere }));
}, 600_000);
afterAll(() => world.close());

beforeEach(async () => {
  keyring = createKeyring({ dockerConfig: false, providers: [] });
  await Promise.all([basic.requests(), bearer.requests()]);
});

function findIn({ images }: VerifyReport, image: string): VerifiedImage | undefined {
  return images.find((one) => one.image === image);
}

describe('the images of manifests', () => {
  let report: VerifyReport;
  let requests: string[];
  const progress: VerifyProgress[] = [];

  beforeAll(async () => {
    const nodes = createKeyring({ dockerConfig: false, providers: [] });
    report = await verifyImages(objects, nodes, {
      ca,
      retries: 0,
      onProgress: (one) => void progress.push(one),
    });
    requests = [...(await basic.requests()), ...(await bearer.requests())];
  });

  test.each([
    ['team/multi:1', 'Deployment web', 'init container migrate'],
    ['team/app:1', 'Deployment web', 'container web'],
  ])('with the secret that the pod names: %s', async (image, use, part) => {
    const [kind, name] = use.split(' ');
    const verified = findIn(report, `${basic.host}/${image}`);
    expect(verified).toMatchObject({
      status: 'pullable',
      registry: basic.host,
      accepted: { position: 1, source: { name: 'basic' }, username: 'ada', status: 200 },
      usedBy: [{ kind, namespace: 'shop', name, part }],
      warnings: [],
    });
    expect(verified?.digest).toBe(await digestByCrane(basic, image));
  });

  test.each([
    ['team/other:1', 'CronJob', 'container job'],
    ['team/multi:1', 'Pod', 'container server'],
    ['team/copied:1', 'Pod', 'volume model'],
  ])('with the second secret of a service account: %s', async (image, kind, part) => {
    const verified = findIn(report, `${bearer.host}/${image}`);
    expect(verified).toMatchObject({
      status: 'pullable',
      candidates: [
        { position: 1, source: { name: 'old' }, outcome: 'refused', status: 401 },
        { position: 2, source: { name: 'bearer' }, outcome: 'accepted', status: 200 },
      ],
      accepted: { position: 2 },
      usedBy: [{ kind, part }],
      warnings: [{ code: 'credential-refused' }],
    });
    expect(verified?.digest).toBe(await digestByCrane(bearer, image));
  });

  test('that nobody lets the pod pull are refused, with each secret', () => {
    expect(findIn(report, `${bearer.host}/team/app:latest`)).toMatchObject({
      status: 'refused',
      candidates: [
        { source: { name: 'old' }, outcome: 'refused', status: 401 },
        { source: { name: 'eve' }, outcome: 'refused', status: 401 },
      ],
      warnings: [{ code: 'latest-tag' }],
    });
  });

  test('that are not there, cannot be asked about or are no images are told apart', () => {
    expect(findIn(report, `${basic.host}/team/app:none`)).toMatchObject({
      status: 'not-found',
      candidates: [{ source: { name: 'basic' }, outcome: 'not-found', status: 404 }],
    });
    expect(findIn(report, `${nowhere}/team/app:1`)).toMatchObject({ status: 'unreachable' });
    expect(findIn(report, `${bearer.host}/Team/app`)).toMatchObject({ status: 'invalid-name' });
  });

  test('are in the report each once, which says that not all can be pulled', () => {
    expect(report.ok).toBe(false);
    expect(report.images).toHaveLength(9);
    expect(report.registries.map(({ registry }) => registry).toSorted()).toEqual(
      [basic.host, bearer.host, nowhere].toSorted(),
    );
    expect(progress.map(({ done }) => done)).toEqual(report.images.map((_, index) => index + 1));
    expect(progress.every(({ total }) => total === 9)).toBe(true);
  });

  test('leave a secret over that nobody uses', () => {
    expect(report.warnings).toHaveLength(1);
    expect(report.warnings).toMatchObject([
      { code: 'pull-secret-unused', message: expect.stringContaining('shop/unused') },
    ]);
  });

  test('take HEADs of manifests and nothing else', () => {
    expect(requests.length).toBeGreaterThan(5);
    const kinds = new Set(
      requests.map((line) => line.replace(/ \S+\/manifests\/\S+ \d+$/, ' manifest')),
    );
    expect(kinds).toEqual(new Set(['GET /v2/ 401', 'HEAD manifest']));
  });

  test('are reported without any secret', () => {
    const shown = `${inspect(report, { depth: 9 })}${JSON.stringify(report)}`;
    expect(shown).not.toContain(SECRET_WORD);
    expect(shown).not.toMatch(/eyJ|Bearer |Basic /);
  });
});

test('platforms are those that were pushed, and no layer is read for them', async () => {
  const images = ['team/multi:1', 'team/app:1', 'team/copied:1'].map(
    (image) => `${basic.host}/${image}`,
  );
  const { host } = basic;
  const auth = { [host]: { username: 'ada', password: PASSWORDS.ada } };
  const node = createKeyring({
    dockerConfig: false,
    providers: [
      {
        name: 'node',
        matchImages: [host],
        provide: () => Promise.resolve({ auth, cacheKeyType: 'Registry' }),
      },
    ],
  });
  const report = await verifyImages(images, node, { platforms: ['linux/arm64'] });
  expect(report.images.map(({ platforms }) => platforms?.toSorted())).toEqual([
    [...PLATFORMS],
    ['linux/amd64'],
    ['linux/amd64'],
  ]);
  expect(report.images.map(({ warnings }) => warnings.map(({ code }) => code))).toEqual([
    [],
    ['platform-missing'],
    ['platform-missing'],
  ]);
  const requests = await basic.requests();
  expect(requests.filter((line) => /^GET \S+\/manifests\//.test(line))).toHaveLength(3);
  expect(requests.join('\n')).not.toContain(world.images.layer.digest);
  // The configurations of the two that have no index.
  expect(requests.filter((line) => line.includes('/blobs/'))).toHaveLength(2);
});

test('an image is public for who has no credentials, or was refused and may do without', async () => {
  const image = `${bearer.host}/public/tool:1`;
  expect(await verifyImages([image], keyring, { ca })).toMatchObject({
    ok: true,
    images: [{ candidates: [{ position: 1, outcome: 'accepted' }], accepted: { position: 1 } }],
  });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'tool', namespace: 'shop' },
    spec: { imagePullSecrets: [{ name: 'old' }], containers: [{ name: 'tool', image }] },
  };
  const inputs = [...objects.filter(({ kind }) => kind === 'Secret'), pod];
  expect(await verifyImages(inputs, keyring, { ca })).toMatchObject({
    images: [{ status: 'refused', candidates: [{ source: { name: 'old' } }] }],
  });
  expect(await verifyImages(inputs, keyring, { ca, anonymous: true })).toMatchObject({
    images: [{ status: 'pullable', accepted: { position: 2 } }],
  });
});

test('a registry of an unknown authority cannot be asked, and refuses nobody', async () => {
  const report = await verifyImages(objects, keyring, { retries: 0 });
  const own = report.images.filter(({ registry }) => registry === bearer.host);
  expect(own.map(({ status }) => status)).toEqual(own.map(() => 'unreachable'));
  expect(own.length).toBeGreaterThan(2);
});

function digestByCrane({ host }: Registry, image: string): Promise<string> {
  const login = { host, username: 'ada', password: PASSWORDS.ada };
  return printed(world.clients.crane(['digest', `${host}/${image}`], login));
}
