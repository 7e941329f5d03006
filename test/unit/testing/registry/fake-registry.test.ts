import { describe, expect, test } from '@jest/globals';
import { createKeyring, createPullSecret } from '../../../../src/index.ts';
import { authorize, registryFetch, verifyImages } from '../../../../src/registry/index.ts';
import {
  startFakeRegistry,
  type FakeRegistry,
} from '../../../../src/testing/registry/fake-registry.ts';
import { createTestCertificate } from '../../../../src/testing/tls/certificates.ts';
import { ask } from '../client.ts';

const IMAGES = {
  'shop/web:1.0': ['linux/amd64', 'linux/arm64', 'linux/arm/v7'],
  'shop/web:1.1': ['linux/amd64'],
  'shop/web:latest': ['linux/amd64'],
  'open/tool:1': ['linux/amd64'],
};
const USERS = { robot: 'hunter2', guest: 'guest' };

function keyringFor(
  { host }: FakeRegistry,
  ...accounts: string[]
): ReturnType<typeof createKeyring> {
  const pullSecrets = accounts.map((account, index) => {
    const [username = '', password = ''] = account.split(':');
    return createPullSecret({ name: `s${index}`, server: host, username, password });
  });
  return createKeyring({ dockerConfig: false, providers: [], pullSecrets });
}

const basic = (account: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(account).toString('base64')}`,
});

describe.each(['basic', 'bearer'] as const)('A fake registry with %s authentication', (auth) => {
  const options = { images: IMAGES, users: USERS, auth };

  test('lets the right credential pull, and no other', async () => {
    await using registry = await startFakeRegistry(options);
    const image = `${registry.host}/shop/web:1.0`;
    const authorization = await authorize(
      image,
      keyringFor(registry, 'robot:old', 'robot:hunter2'),
    );
    expect(authorization).toMatchObject({ scheme: auth, credential: { password: 'hunter2' } });
    const refused = authorize(image, keyringFor(registry, 'robot:old', 'nobody:x'));
    await expect(refused).rejects.toMatchObject({ code: 'ERR_KEYRING_REGISTRY_AUTH' });
    const without = authorize(image, keyringFor(registry));
    await expect(without).rejects.toMatchObject({ code: 'ERR_KEYRING_REGISTRY_AUTH' });
  });

  test('serves a whole image, whose digests are right', async () => {
    await using registry = await startFakeRegistry(options);
    const keyring = keyringFor(registry, 'robot:hunter2');
    const image = `${registry.host}/shop/web`;
    const platforms = ['linux/amd64', 'linux/arm64'];
    const inputs = [
      `${image}:1.0`,
      `${image}:1.1`,
      `${image}@${registry.digestOf('shop/web:1.1')}`,
    ];
    const { images } = await verifyImages(inputs, keyring, { platforms });
    expect(images.map(({ status, platforms: found }) => [status, found])).toEqual([
      ['pullable', IMAGES['shop/web:1.0']],
      ['pullable', ['linux/amd64']],
      ['pullable', ['linux/amd64']],
    ]);
    const fetch = registryFetch(keyring);
    const manifest = await fetch(`${registry.url}/v2/shop/web/manifests/1.1`);
    const { layers } = (await manifest.json()) as { layers: { digest: string; size: number }[] };
    const [layer] = layers;
    const blob = await fetch(`${registry.url}/v2/shop/web/blobs/${layer?.digest}`);
    expect((await blob.arrayBuffer()).byteLength).toBe(layer?.size);
    const absent = await fetch(`${registry.url}/v2/shop/web/blobs/sha256:0`);
    expect([absent.status, await absent.json()]).toEqual([
      404,
      { errors: [{ code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' }] },
    ]);
  });

  test('lets each repository be pulled by whom its access names', async () => {
    const access = { 'shop/web': ['robot'], 'open/tool': ['*'] };
    await using registry = await startFakeRegistry({ ...options, access });
    const status = async (image: string, ...accounts: string[]): Promise<string | undefined> => {
      const inputs = [`${registry.host}/${image}`];
      const { images } = await verifyImages(inputs, keyringFor(registry, ...accounts));
      return images[0]?.status;
    };
    expect(await status('shop/web:1.0', 'robot:hunter2')).toBe('pullable');
    expect(await status('shop/web:1.0', 'guest:guest')).toBe('refused');
    expect(await status('shop/other:1.0', 'robot:hunter2')).toBe('refused');
    expect(await status('open/tool:1')).toBe('pullable');
    expect(await status('open/tool:2')).toBe('not-found');
  });
});

describe('A fake registry', () => {
  test('is open without users, and knows its tags', async () => {
    await using registry = await startFakeRegistry({ images: IMAGES });
    const tags = `${registry.url}/v2/shop/web/tags/list`;
    const all = await ask(tags);
    expect(JSON.parse(all.body)).toEqual({ name: 'shop/web', tags: ['1.0', '1.1', 'latest'] });
    const first = await ask(`${tags}?n=2`);
    expect(first.headers['link']).toBe('</v2/shop/web/tags/list?n=2&last=1.1>; rel="next"');
    const second = await ask(`${tags}?n=2&last=1.1`);
    expect(JSON.parse(second.body)).toEqual({ name: 'shop/web', tags: ['latest'] });
    expect(second.headers['link']).toBeUndefined();
    expect((await ask(`${tags}?n=2&last=z`)).body).toBe('{"name":"shop/web","tags":[]}');
    expect((await ask(`${registry.url}/v2/nothing/tags/list`)).status).toBe(404);
    expect(registry.digestOf('shop/web:2')).toBeUndefined();
  });

  test('without images has none', async () => {
    await using registry = await startFakeRegistry();
    expect((await ask(`${registry.url}/v2/`)).status).toBe(200);
    expect((await ask(`${registry.url}/v2/a/manifests/1`)).status).toBe(404);
    expect((await ask(`${registry.url}/v1/`)).status).toBe(404);
    expect((await ask(`${registry.url}/v2/`, { method: 'PUT' })).status).toBe(405);
  });

  test('issues tokens by every grant, and refuses wrong credentials', async () => {
    const identityTokens = { 'refresh-1': 'robot' };
    await using registry = await startFakeRegistry({
      images: IMAGES,
      users: USERS,
      identityTokens,
    });
    const post = (fields: Record<string, string>): ReturnType<typeof ask> =>
      ask(`${registry.url}/token`, { method: 'POST', body: String(new URLSearchParams(fields)) });
    const password = { grant_type: 'password', username: 'robot' };
    const refresh = { grant_type: 'refresh_token' };
    const answers = await Promise.all([
      post({ ...password, password: 'hunter2' }),
      post({ ...password, password: 'wrong' }),
      post({ grant_type: 'password' }),
      post({ ...refresh, refresh_token: 'refresh-1' }),
      post({ ...refresh, refresh_token: 'toString' }),
      post(refresh),
      ask(`${registry.url}/token`, { headers: basic('robot:hunter2') }),
      ask(`${registry.url}/token`, { headers: basic('toString') }),
      ask(`${registry.url}/token?scope=registry:catalog:*`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([
      200, 401, 401, 200, 401, 401, 200, 401, 200,
    ]);
    expect(registry.tokens).toHaveLength(4);
  });

  test('takes no token that has expired, was revoked, or is for another repository', async () => {
    let nowMs = Date.UTC(2026, 0, 1);
    const world = { images: IMAGES, users: USERS, tokenSeconds: 60, now: () => nowMs };
    await using registry = await startFakeRegistry(world);
    const tokenFor = async (repository: string): Promise<Record<string, string>> => {
      const scope = `scope=repository:${repository}:pull`;
      const headers = basic('robot:hunter2');
      const { body } = await ask(`${registry.url}/token?${scope}`, { headers });
      return { authorization: `Bearer ${(JSON.parse(body) as { token: string }).token}` };
    };
    const pull = async (headers: Record<string, string>): Promise<number | undefined> =>
      (await ask(`${registry.url}/v2/shop/web/manifests/1.0`, { headers })).status;
    const token = await tokenFor('shop/web');
    expect([await pull(token), await pull(await tokenFor('open/tool'))]).toEqual([200, 401]);
    expect([await pull(basic('robot:hunter2')), await pull({ authorization: 'x' })]).toEqual([
      401, 401,
    ]);
    nowMs += 60_000;
    expect(await pull(token)).toBe(401);
    const next = await tokenFor('shop/web');
    registry.revokeTokens();
    expect(await pull(next)).toBe(401);
    expect((await ask(`${registry.url}/v2/`, { headers: await tokenFor('shop/web') })).status).toBe(
      200,
    );
    expect((await ask(`${registry.url}/v2/`)).status).toBe(401);
  });

  test('meets the faults that a test injects, and speaks TLS', async () => {
    const tls = await createTestCertificate(['127.0.0.1']);
    await using registry = await startFakeRegistry({ images: IMAGES, users: USERS, tls });
    registry.inject(
      { kind: 'status', status: 503 },
      { times: 1, when: ({ path }) => path === '/v2/' },
    );
    const keyring = keyringFor(registry, 'robot:hunter2');
    const options = { ca: tls.ca };
    const { url } = await authorize(`${registry.host}/shop/web:1.0`, keyring, options);
    expect(url).toBe(`${registry.url}/v2/shop/web`);
    expect(registry.requests.filter(({ path }) => path === '/v2/')).toHaveLength(2);
  });
});
