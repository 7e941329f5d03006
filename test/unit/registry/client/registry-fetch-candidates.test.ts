// In which order a fetch tries candidates, whom it believes, and what becomes of answers that are not handed on.

import { describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../../../src/index.ts';
import { registryFetch, type RegistryFetch } from '../../../../src/registry/index.ts';
import type { RegistryKeyring } from '../../../../src/registry/client/options.ts';
import { secretOf } from '../../fakes/keyring-inputs.ts';
import { settle, upstream } from '../../fakes/upstream.ts';
import {
  fakeRegistry,
  rejection,
  type FakeRegistry,
  type RegistryScript,
} from './fake-registry.ts';

const URL_OF_MANIFEST = 'https://r.test/v2/team/app/manifests/1';
const MANIFEST = 'GET r.test/v2/team/app/manifests/1';
const BASIC = { challenge: 'Basic', users: { u: 'p', v: 'q', w: 'r' } } as const;
const MISSING = { status: 404, body: 'no such thing' };

interface Setup extends FakeRegistry {
  readonly fetch: RegistryFetch;
  /** What was asked for, for each answer that was ended before its end. */
  readonly cancelled: string[];
}

function setUp(
  keyringOf: (world: FakeRegistry) => RegistryKeyring,
  script: RegistryScript = BASIC,
  anonymous: boolean = false,
): Setup {
  const world = fakeRegistry(script);
  const cancelled: string[] = [];
  const system = {
    ...world.system,
    httpStream: async (request: Parameters<typeof world.system.httpStream>[0]) => {
      const stream = await world.system.httpStream(request);
      const header = request.headers?.['authorization'] ?? 'nobody';
      return { ...stream, cancel: () => void cancelled.push(header.replace('Basic ', '')) };
    },
  };
  const fetch = registryFetch(keyringOf(world), { system, retries: 0, anonymous });
  return { ...world, fetch, cancelled };
}

const brokenOff = () => Promise.reject(new Error('broken off'));
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('Who was let in', () => {
  test('is let in first the next time, for five minutes', async () => {
    const { fetch, asked, system } = setUp(({ keyring }) => keyring('x:y', 'u:p', 'z:z'));
    await fetch(URL_OF_MANIFEST);
    expect(asked().slice(1)).toEqual([`${MANIFEST} x:y`, `${MANIFEST} u:p`]);
    await fetch(URL_OF_MANIFEST);
    expect(asked()).toEqual([`${MANIFEST} u:p`]);
    await fetch('https://r.test/v2/other/manifests/1');
    expect(asked()).toEqual([
      'GET r.test/v2/other/manifests/1 x:y',
      'GET r.test/v2/other/manifests/1 u:p',
      'GET r.test/v2/other/manifests/1 z:z',
    ]);
    system.advance(5 * 60_000);
    await fetch(URL_OF_MANIFEST);
    expect(asked()).toEqual([`${MANIFEST} x:y`, `${MANIFEST} u:p`]);
  });

  test('gives way to the others when it is refused', async () => {
    const { fetch, asked, inject } = setUp(({ keyring }) => keyring('x:y', 'u:p', 'v:q'));
    await fetch(URL_OF_MANIFEST);
    asked();
    inject(/ u:p/, [{ status: 401 }]);
    inject(/ v:q/, [{ status: 200 }]);
    expect((await fetch(URL_OF_MANIFEST)).status).toBe(200);
    expect(asked()).toEqual([`${MANIFEST} u:p`, `${MANIFEST} x:y`, `${MANIFEST} v:q`]);
  });

  test('is told the truth when there is nothing, and no other is asked', async () => {
    const { fetch, asked, inject } = setUp(({ keyring }) => keyring('x:y', 'u:p', 'v:q'));
    await fetch(URL_OF_MANIFEST);
    asked();
    inject(/ u:p/, [MISSING, MISSING]);
    const response = await fetch(URL_OF_MANIFEST);
    expect([response.status, await response.text()]).toEqual([404, 'no such thing']);
    expect((await fetch(URL_OF_MANIFEST)).status).toBe(404);
    expect(asked()).toEqual([`${MANIFEST} u:p`, `${MANIFEST} u:p`]);
  });

  test('may be nobody', async () => {
    const script = { repositories: { 'team/app': ['*'] } };
    const { fetch, asked, inject } = setUp(({ keyring }) => keyring({}), script);
    await fetch(URL_OF_MANIFEST);
    inject(/manifests/, [MISSING]);
    asked();
    expect((await fetch(URL_OF_MANIFEST)).status).toBe(404);
    expect(asked()).toEqual([`${MANIFEST} token-1`]);
  });

  test('is who was got anew, where a provider had to be asked again', async () => {
    const script = { challenge: 'Basic', users: { u: 'token-2' } };
    const { fetch, asked } = setUp(
      ({ system }) =>
        createKeyring({
          system,
          dockerConfig: false,
          providers: [upstream(system, { lifeMs: 3_600_000 })],
          pullSecrets: [secretOf('s', { 'r.test': 'x' })],
        }),
      script,
    );
    await fetch(URL_OF_MANIFEST);
    expect(asked().slice(1)).toEqual([
      `${MANIFEST} x:p`,
      `${MANIFEST} u:token-1`,
      `${MANIFEST} u:token-2`,
    ]);
    await fetch(URL_OF_MANIFEST);
    expect(asked()).toEqual([`${MANIFEST} u:token-2`]);
  });
});

describe('An answer that is not handed on is ended', () => {
  test('of who was refused, and one that the caller gives up', async () => {
    const { fetch, cancelled } = setUp(({ keyring }) => keyring('x:y', 'y:z', 'u:p'));
    await (await fetch(URL_OF_MANIFEST)).text();
    expect(cancelled).toEqual([base64('x:y'), base64('y:z')]);
    await (await fetch(URL_OF_MANIFEST)).body?.cancel();
    expect(cancelled.slice(2)).toEqual([base64('u:p')]);
  });

  test('of HEAD by its own end, so that the connection serves others', async () => {
    const { fetch, cancelled, system, inject } = setUp(({ keyring }) => keyring('u:p'));
    inject(/HEAD/, [{}]);
    await fetch(URL_OF_MANIFEST, { method: 'HEAD' });
    await settle();
    expect([cancelled, system.openStreams()]).toEqual([[], 0]);
  });

  test('of HEAD that has a body all the same', async () => {
    const { fetch, cancelled, inject } = setUp(({ keyring }) => keyring('u:p'));
    inject(/HEAD/, [{ body: 'more than allowed' }]);
    await fetch(URL_OF_MANIFEST, { method: 'HEAD' });
    await settle();
    expect(cancelled).toEqual([base64('u:p')]);
  });

  test('of HEAD whose connection breaks off, without a word', async () => {
    const world = fakeRegistry(BASIC);
    const system = {
      ...world.system,
      httpStream: async (request: Parameters<typeof world.system.httpStream>[0]) => {
        const stream = await world.system.httpStream(request);
        return { ...stream, body: { [Symbol.asyncIterator]: () => ({ next: brokenOff }) } };
      },
    };
    const fetch = registryFetch(world.keyring('u:p'), { system, retries: 0 });
    expect((await fetch(URL_OF_MANIFEST, { method: 'HEAD' })).status).toBe(200);
    await settle();
  });

  test('of who was told that there is nothing, when the caller gives up', async () => {
    const { fetch, cancelled, inject } = setUp(({ keyring }) => keyring('u:p', 'v:q'));
    const controller = new AbortController();
    inject(/ u:p/, [MISSING], true);
    inject(/ v:q/, [
      () => {
        controller.abort(new Error('enough'));
        throw new Error('away');
      },
    ]);
    const error = await rejection(fetch(URL_OF_MANIFEST, { signal: controller.signal }));
    expect([error.message, cancelled]).toEqual(['enough', [base64('u:p')]]);
  });

  test('of who was told that there is nothing, but for the first', async () => {
    const { fetch, cancelled, inject } = setUp(({ keyring }) =>
      keyring('x:y', 'u:p', 'v:q', 'u:p', 'w:r'),
    );
    inject(/u:p|v:q|w:r/, [MISSING], true);
    const response = await fetch(URL_OF_MANIFEST);
    expect([response.status, await response.text()]).toEqual([404, 'no such thing']);
    expect(cancelled).toEqual([base64('x:y'), base64('v:q'), base64('w:r')]);
  });

  test('of who was told so before another was let in, or failed', async () => {
    const { fetch, cancelled, inject } = setUp(({ keyring }) => keyring('u:p', 'v:q'));
    inject(/ u:p/, [MISSING], true);
    inject(/ v:q/, [{ status: 200 }]);
    expect((await fetch(URL_OF_MANIFEST)).status).toBe(200);
    expect(cancelled).toEqual([base64('u:p')]);

    const failing = setUp(({ keyring }) => keyring('u:p', 'v:q'));
    failing.inject(/ u:p/, [MISSING], true);
    failing.inject(/ v:q/, [new Error('away')]);
    expect(await rejection(failing.fetch(URL_OF_MANIFEST))).toMatchObject({
      code: 'ERR_KEYRING_REGISTRY_UNAVAILABLE',
    });
    expect(failing.cancelled).toEqual([base64('u:p')]);
  });

  test('of a server that is asked again', async () => {
    const world = fakeRegistry(BASIC);
    let cancelled = 0;
    const system = {
      ...world.system,
      setTimer: (_delayMs: number, callback: () => void) => {
        callback();
        return () => {};
      },
      httpStream: async (request: Parameters<typeof world.system.httpStream>[0]) => ({
        ...(await world.system.httpStream(request)),
        cancel: () => void (cancelled += 1),
      }),
    };
    world.inject(/manifests/, [{ status: 503 }, { status: 502 }]);
    const response = await registryFetch(world.keyring('u:p'), { system })(URL_OF_MANIFEST);
    expect([response.status, cancelled]).toEqual([200, 2]);
  });
});

test('of nothing found and refusals, nothing found is what is answered', async () => {
  const { fetch, inject } = setUp(({ keyring }) => keyring('x:y', 'u:p', 'z:z'));
  inject(/ u:p/, [MISSING]);
  expect((await fetch(URL_OF_MANIFEST)).status).toBe(404);
});

test('a token server that finds nothing has refused', async () => {
  const { fetch, inject, cancelled } = setUp(({ keyring }) => keyring('u:p'), {});
  inject(/auth/, [{ status: 404, body: 'no' }]);
  expect(await rejection(fetch(URL_OF_MANIFEST))).toMatchObject({
    code: 'ERR_KEYRING_REGISTRY_AUTH',
    attempts: [{ status: 404, message: '404' }],
  });
  expect(cancelled).toEqual([]);
});
