// A fetch over real connections: schemes, certificates, bodies that are large, late or given up.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createKeyring, type DockerKeyring } from '../../../../src/index.ts';
import { createPullSecret } from '../../../../src/kubernetes/index.ts';
import { authorize, registryFetch } from '../../../../src/registry/index.ts';
import {
  createTestCertificate,
  startFakeServer,
  type FakeHandler,
  type FakeServer,
  type FakeServerOptions,
} from '../../../../src/testing/index.ts';
import { inOrder } from '../../fakes/in-order.ts';
import { settle } from '../../fakes/upstream.ts';
import { withoutProxies } from '../../system/environment.ts';
import { rejection } from './fake-registry.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const TOKEN = 'Bearer the-token';
const MANIFEST = '/v2/team/app/manifests/1';
const LARGE = Buffer.alloc(5 * 1024 * 1024, 'x');

let restoreEnvironment: () => void;
const servers: FakeServer[] = [];

beforeAll(() => {
  restoreEnvironment = withoutProxies();
});

afterAll(() => restoreEnvironment());

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(handle: FakeHandler, options?: FakeServerOptions): Promise<FakeServer> {
  const server = await startFakeServer(handle, options);
  servers.push(server);
  return server;
}

/** A registry that has its own token server, and answers who has a token as it is told. */
async function startRegistry(
  answer: FakeHandler = ({ path }) => ({ body: path }),
  options?: FakeServerOptions,
): Promise<FakeServer> {
  const registry: FakeServer = await start((request) => {
    const { authorization } = request.headers;
    if (request.path === '/token') {
      return authorization === `Basic ${Buffer.from('u:p').toString('base64')}`
        ? { body: { token: 'the-token', expires_in: 300 } }
        : { status: 401 };
    }
    if (authorization === TOKEN) return answer(request);
    const challenge = `Bearer realm="${registry.url}/token",service="s"`;
    return { status: 401, headers: { 'www-authenticate': challenge } };
  }, options);
  return registry;
}

function keyringFor({ host }: FakeServer, password: string = 'p'): DockerKeyring {
  const secret = createPullSecret({ name: 's', server: host, username: 'u', password });
  return createKeyring({ pullSecrets: [secret], dockerConfig: false, providers: [] });
}

describe('A registry on this machine', () => {
  test('is reached by http', async () => {
    const registry = await startRegistry();
    const fetch = registryFetch(keyringFor(registry));
    const response = await fetch(`${registry.url}${MANIFEST}`);
    expect([response.status, await response.text()]).toEqual([200, MANIFEST]);
    const authorization = await authorize(`${registry.host}/team/app:1`, keyringFor(registry));
    expect(authorization).toMatchObject({
      header: TOKEN,
      url: `${registry.url}/v2/team/app`,
      registry: registry.host,
    });
  });

  test('is not reached by http where the URL says https', async () => {
    const registry = await startRegistry();
    const fetch = registryFetch(keyringFor(registry));
    const failed = rejection(fetch(`https://${registry.host}${MANIFEST}`));
    expect(await failed).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      reason: 'it does not speak https, and the URL says https',
    });
  });

  test('is reached by https where it can be, with a certificate that is trusted', async () => {
    const tls = await createTestCertificate(['localhost', '127.0.0.1']);
    const registry = await startRegistry(undefined, { tls });
    const trusting = registryFetch(keyringFor(registry), { ca: tls.ca });
    const response = await trusting(`http://${registry.host}${MANIFEST}`);
    expect(await response.text()).toBe(MANIFEST);
    const distrusting = registryFetch(keyringFor(registry));
    const error = await rejection(distrusting(`${registry.url}${MANIFEST}`));
    expect(error).toMatchObject({ code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE' });
    expect(error.message).toContain('its certificate is not trusted');
  });

  test('may send to a store that breaks off, whose path is not told', async () => {
    const store = createServer((_request, response) => {
      response.setHeader('content-length', '100');
      response.write('a part', () => response.destroy());
    });
    await once(store.listen(0, '127.0.0.1'), 'listening');
    const { port } = store.address() as AddressInfo;
    const location = `http://127.0.0.1:${port}/signed-path?signature=signed`;
    const registry = await startRegistry(() => ({ status: 307, headers: { location } }));
    try {
      const response = await registryFetch(keyringFor(registry))(`${registry.url}${MANIFEST}`);
      const error = await rejection(response.text());
      expect(error).toMatchObject({
        code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
        reason: 'the connection was closed before the answer was complete (ECONNRESET)',
      });
      expect(inspect(error, { depth: 9 })).not.toContain('signed');
    } finally {
      store.close();
    }
  });

  test('that is down says so', async () => {
    const registry = await startRegistry();
    await registry.close();
    const fetch = registryFetch(keyringFor(registry), { retries: 0 });
    await expect(fetch(`${registry.url}${MANIFEST}`)).rejects.toThrow('nothing listens there');
  });

  test('that refuses is told with what it said', async () => {
    const registry = await startRegistry();
    const refused = authorize(`${registry.host}/team/app`, keyringFor(registry, 'wrong'));
    expect(await rejection(refused)).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_AUTH',
      attempts: [{ status: 401, message: '401' }],
    });
  });
});

describe('A body', () => {
  test('is read as it comes, whatever its size', async () => {
    const registry = await startRegistry(() => ({ body: LARGE }));
    const response = await registryFetch(keyringFor(registry))(
      `${registry.url}/v2/team/app/blobs/sha256:1`,
    );
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
    }
    expect(chunks.length).toBeGreaterThan(1);
    expect(Buffer.concat(chunks).equals(LARGE)).toBe(true);
  });

  test('of a blob store comes without the registry seeing it, nor the store the token', async () => {
    const store = await start(({ headers, query }) => ({
      body: `${headers['authorization']} ${headers['range']} ${query.get('sig')}`,
    }));
    const registry = await startRegistry(() => ({
      status: 307,
      headers: { location: `${store.url}/blob?sig=1` },
    }));
    const fetch = registryFetch(keyringFor(registry));
    const headers = { range: 'bytes=0-1' };
    const response = await fetch(`${registry.url}/v2/team/app/blobs/sha256:1`, { headers });
    expect(await response.text()).toBe('undefined bytes=0-1 1');
    expect(store.requests).toHaveLength(1);
  });

  test('that is given up ends the connection', async () => {
    const registry = await startRegistry(() => ({ body: LARGE }));
    const response = await registryFetch(keyringFor(registry))(
      `${registry.url}/v2/team/app/blobs/sha256:1`,
    );
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
    await reader?.cancel();
    expect(await reader?.read()).toEqual({ done: true, value: undefined });
  });

  test('that breaks off says so to who reads it', async () => {
    const registry = await startRegistry(() => ({ body: LARGE }));
    registry.inject({ kind: 'reset' }, { when: ({ path }) => path.includes('/blobs/') });
    const response = await registryFetch(keyringFor(registry))(
      `${registry.url}/v2/team/app/blobs/sha256:1`,
    );
    const error = await rejection(response.arrayBuffer());
    expect(error.message).toContain('the connection was closed before the answer was complete');
  });

  test('ends with the signal of the request, which nobody else holds any more', async () => {
    const registry = await startRegistry(() => ({ body: LARGE }));
    registry.inject(
      { kind: 'drip', chunkBytes: 10, delayMs: 20 },
      { when: ({ path }) => path.includes('/blobs/') },
    );
    const caller = new AbortController();
    const { signal } = caller;
    const response = await registryFetch(keyringFor(registry))(
      `${registry.url}/v2/team/app/blobs/sha256:1`,
      { signal },
    );
    const reader = response.body?.getReader();
    await reader?.read();
    const readOn = async (): Promise<void> => {
      const { done } = (await reader?.read()) ?? { done: true };
      return done ? undefined : readOn();
    };
    const reading = rejection(readOn());
    await inOrder([1, 2, 3], async () => {
      collectGarbage();
      await settle();
    });
    caller.abort(new Error('enough'));
    expect((await reading).message).toBe('enough');
  });

  test('that does not come is not waited for beyond the deadline', async () => {
    const registry = await startRegistry();
    registry.inject({ kind: 'hang' }, { when: ({ path }) => path.includes('/manifests/') });
    const fetch = registryFetch(keyringFor(registry), { timeoutMs: 100 });
    const error = await rejection(fetch(`${registry.url}${MANIFEST}`));
    expect(error).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      reason: 'there was no answer within 100 ms',
    });
  });

  test('of an answer of 500 is asked for again, and given in the end', async () => {
    const registry = await startRegistry(() => ({ status: 500, body: 'broken' }));
    const fetch = registryFetch(keyringFor(registry), { retries: 1 });
    const response = await fetch(`${registry.url}${MANIFEST}`);
    expect([response.status, await response.text()]).toEqual([500, 'broken']);
    expect(registry.requests.filter(({ path }) => path === MANIFEST)).toHaveLength(2);
  });
});
