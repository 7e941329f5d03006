// registryFetch against Debian's docker-registry: manifests, blobs and parts of them, and blobs that another server has.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { listTags, registryFetch, type RegistryFetch } from '../../src/registry/index.ts';
import type { FakeServer } from '../../src/testing/fake-server.ts';
import { ask } from './registry/ask.ts';
import { startBlobStore } from './registry/blob-store.ts';
import { startRegistry, type Registry } from './registry/start-registry.ts';
import {
  keyringOf,
  PASSWORDS,
  secretFor,
  startRegistryWorld,
  type RegistryWorld,
  type Scheme,
  type Way,
} from './registry/world.ts';

const KINDS: readonly (readonly [Scheme, Way])[] = [
  ['basic', 'http'],
  ['basic', 'https'],
  ['bearer', 'http'],
  ['bearer', 'https'],
];

let world: RegistryWorld;

beforeAll(async () => {
  world = await startRegistryWorld();
}, 600_000);
afterAll(() => world.close());

/** With two pull secrets, the second of which is right. */
function fetchFor(registry: Registry): RegistryFetch {
  const keyring = keyringOf(
    secretFor('old', registry, ['ada', 'hunter2-of-yesterday']),
    secretFor('new', registry, ['ada', PASSWORDS.ada]),
  );
  return registryFetch(keyring, { ca: world.authority.ca });
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

describe.each(KINDS)('a registry that wants %s auth by %s', (scheme, way) => {
  let registry: Registry;
  let fetch: RegistryFetch;

  beforeAll(() => {
    registry = world.registries[scheme][way];
    fetch = fetchFor(registry);
  });

  test('gives a manifest, whole and its head', async () => {
    const url = `${registry.url}/v2/team/multi/manifests/1`;
    const manifest = await fetch(url);
    expect(manifest.status).toBe(200);
    expect(manifest.headers.get('content-type')).toMatch(/index|manifest\.list/);
    expect(digestOf(await bytesOf(manifest))).toBe(world.images.digests['team/multi:1']);
    const head = await fetch(new URL(url), { method: 'HEAD' });
    expect(head.headers.get('docker-content-digest')).toBe(world.images.digests['team/multi:1']);
    expect(await bytesOf(head)).toHaveLength(0);
  });

  test('lists its tags, page by page', async () => {
    const keyring = keyringOf(secretFor('new', registry, ['ada', PASSWORDS.ada]));
    const options = { ca: world.authority.ca };
    const image = `${new URL(registry.url).host}/team/multi`;
    const { tags } = (await (await fetch(`${registry.url}/v2/team/multi/tags/list`)).json()) as {
      tags: string[];
    };
    expect(tags).toContain('1');
    const listed = await listTags(image, keyring, options);
    expect(listed.toSorted()).toEqual(tags.toSorted());
    const paged = await listTags(image, keyring, { ...options, pageSize: 1 });
    expect(paged.toSorted()).toEqual(tags.toSorted());
    const nobody = keyringOf(secretFor('old', registry, ['ada', 'hunter2-of-yesterday']));
    await expect(listTags(image, nobody, options)).rejects.toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_AUTH',
    });
  });

  test('gives a manifest of another repository in the format that is asked for', async () => {
    const accept = 'application/vnd.oci.image.manifest.v1+json';
    const request = new Request(`${registry.url}/v2/team/copied/manifests/1`, {
      headers: { accept },
    });
    const response = await fetch(request);
    expect(response.headers.get('content-type')).toBe(accept);
    expect(digestOf(await bytesOf(response))).toBe(world.images.digests['team/copied:1']);
  });

  test('gives a blob, whole and a part of it', async () => {
    const { digest, bytes } = world.images.layer;
    const url = `${registry.url}/v2/team/app/blobs/${digest}`;
    const whole = await bytesOf(await fetch(url));
    expect([whole.length, digestOf(whole)]).toEqual([bytes, digest]);
    const part = await fetch(url, { headers: { range: 'bytes=1000-1999' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 1000-1999/${bytes}`);
    expect((await bytesOf(part)).equals(whole.subarray(1000, 2000))).toBe(true);
  });

  test('lists tags, and says 404 of what it does not have', async () => {
    const tags = await fetch(`${registry.url}/v2/team/multi/tags/list?n=2`);
    expect(await tags.json()).toMatchObject({ name: 'team/multi', tags: expect.any(Array) });
    const missing = await fetch(`${registry.url}/v2/team/app/manifests/none`);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ errors: [{ code: 'MANIFEST_UNKNOWN' }] });
  });

  test('refuses all credentials in an error that names each', async () => {
    const keyring = keyringOf(
      secretFor('old', registry, ['ada', 'hunter2-of-yesterday']),
      secretFor('nobody', registry, ['mallory', 'hunter2-of-mallory']),
    );
    const refusing = registryFetch(keyring, { ca: world.authority.ca });
    await expect(refusing(`${registry.url}/v2/team/app/manifests/1`)).rejects.toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_AUTH',
      attempts: [{ source: { name: 'old' } }, { source: { name: 'nobody' } }],
    });
  });
});

describe.each(KINDS)('a registry that wants %s auth by %s and has a blob store', (scheme, way) => {
  let store: FakeServer;
  let registry: Registry;
  let fetch: RegistryFetch;

  beforeAll(async () => {
    const { directory, certificate, tokens } = world;
    const tls = way === 'https' ? { tls: certificate } : {};
    store = await startBlobStore(directory, tls.tls);
    const who = scheme === 'basic' ? { users: PASSWORDS } : { tokens: tokens[way] };
    registry = await startRegistry({ directory, ...who, ...tls, blobStore: `${store.url}/` });
    fetch = fetchFor(registry);
  });
  afterAll(async () => {
    await registry.close();
    await store.close();
  });

  test('sends on to it, whole and in part, and no credentials go there', async () => {
    const { digest, bytes } = world.images.layer;
    const url = `${registry.url}/v2/team/app/blobs/${digest}`;
    const whole = await bytesOf(await fetch(url));
    expect([whole.length, digestOf(whole)]).toEqual([bytes, digest]);
    const part = await fetch(url, { headers: { range: 'bytes=0-99' } });
    expect(part.status).toBe(206);
    expect((await bytesOf(part)).equals(whole.subarray(0, 100))).toBe(true);
    expect(store.requests.map(({ headers }) => headers['range'])).toEqual([
      undefined,
      'bytes=0-99',
    ]);
    for (const { headers, rawHeaders } of store.requests) {
      expect(headers).not.toHaveProperty('authorization');
      expect(headers).not.toHaveProperty('cookie');
      expect(rawHeaders.join(' ')).not.toMatch(/basic|bearer|hunter2/i);
    }
  });

  test('really sends on, which is what the test above lives by', async () => {
    const { digest } = world.images.layer;
    const url = `${registry.url}/v2/team/app/blobs/${digest}`;
    const authorization =
      scheme === 'basic'
        ? `Basic ${Buffer.from(`ada:${PASSWORDS.ada}`).toString('base64')}`
        : `Bearer ${world.tokens[way].registryToken('ada', 'team/app')}`;
    const answer = await ask(url, { ca: world.authority.ca, headers: { authorization } });
    expect(answer.status).toBe(307);
    expect(answer.headers.location).toMatch(store.url);
  });
});

test('a registry by TLS that sends on to a blob store by http is not followed', async () => {
  const { directory, certificate } = world;
  const store = await startBlobStore(directory);
  const users = PASSWORDS;
  const options = { directory, users, tls: certificate, blobStore: `${store.url}/` };
  const registry = await startRegistry(options);
  try {
    const url = `${registry.url}/v2/team/app/blobs/${world.images.layer.digest}`;
    await expect(fetchFor(registry)(url)).rejects.toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      message: expect.stringContaining('which is not https'),
    });
    expect(store.requests).toEqual([]);
  } finally {
    await registry.close();
    await store.close();
  }
});
