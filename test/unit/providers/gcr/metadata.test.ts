import { describe, expect, test } from '@jest/globals';
import { TimeoutError } from '../../../../src/errors.ts';
import { gcr } from '../../../../src/providers/gcr/gcr.ts';
import { startFakeGceMetadata } from '../../../../src/testing/google/fake-gce-metadata.ts';
import type { ImpatientSystem } from '../../fakes/fake-system.ts';
import { ACCOUNT_PATH, ask, failureOf, googleSystem, METADATA, pathsOn } from './world.ts';

const IMAGE = 'us-docker.pkg.dev/acme/containers/app';
const SCOPE = 'https://www.googleapis.com/auth/';
const sources = ['metadata'] as const;

describe("The instance's token", () => {
  test('goes under the keys of Google, good until Google says', async () => {
    await using metadata = await startFakeGceMetadata({ lifetimeSeconds: 1200, now: () => 0 });
    const system = googleSystem({ routes: { [METADATA]: metadata.url } });
    const answer = await gcr({ system, sources, hosts: ['mirror.example.com', 'gcr.io'] }).provide(
      ask(IMAGE),
    );
    const entry = { username: '_token', password: metadata.tokens[0]?.token };
    expect(answer).toEqual({
      auth: {
        'container.cloud.google.com': entry,
        'gcr.io': entry,
        '*.gcr.io': entry,
        '*.pkg.dev': entry,
        'docker.*.rep.pkg.dev': entry,
        'mirror.example.com': entry,
      },
      cacheKeyType: 'Registry',
      expiresAt: new Date(system.now() + 1_200_000),
    });
    expect(pathsOn(system, METADATA)).toEqual([
      `${ACCOUNT_PATH}/scopes?alt=json`,
      '/computeMetadata/v1/universe/universe-domain',
      `${ACCOUNT_PATH}/token`,
    ]);
    expect(system.requests.map(({ proxy }) => proxy)).toEqual(['never', 'never', 'never']);
  });

  test('is not even asked for when the image is in another registry', async () => {
    const system = googleSystem();
    const provider = gcr({ system, sources, matchImages: ['*.example.com'] });
    expect(await provider.provide(ask('registry.example.com/app'))).toBeUndefined();
    expect(system.requests).toEqual([]);
  });

  test('needs no email, unlike in the plugin', async () => {
    await using metadata = await startFakeGceMetadata();
    metadata.inject(
      { kind: 'status', status: 500 },
      { when: ({ path }) => path.endsWith('/email') },
    );
    const system = googleSystem({ routes: { [METADATA]: metadata.url } });
    expect(await gcr({ system, sources }).provide(ask(IMAGE))).toHaveProperty(['auth', 'gcr.io']);
  });

  test.each([
    [[`${SCOPE}devstorage.read_only`]],
    [[`${SCOPE}logging.write`, `${SCOPE}cloud-platform`]],
  ])('takes one of the scopes %j', async (scopes) => {
    await using metadata = await startFakeGceMetadata({ scopes });
    const system = googleSystem({ routes: { [METADATA]: metadata.url } });
    expect(await gcr({ system, sources }).provide(ask(IMAGE))).toHaveProperty(['auth', 'gcr.io']);
  });

  test.each([
    [[`${SCOPE}logging.write`], `has the access scopes ${SCOPE}logging.write; it takes`],
    [[], 'has the access scopes none; it takes'],
  ])('with the scopes %j would be useless, and is not asked for', async (scopes, message) => {
    await using metadata = await startFakeGceMetadata({ scopes });
    const system = googleSystem({ routes: { [METADATA]: metadata.url } });
    const failure = await failureOf(gcr({ system, sources }).provide(ask(IMAGE)));
    expect(failure.message).toContain(message);
    expect(failure.message).toContain(`${SCOPE}devstorage.read_only or ${SCOPE}cloud-platform`);
    expect(failure.message).toContain('gcloud compute instances set-service-account --scopes');
    expect(metadata.tokens).toEqual([]);
  });

  test.each(['not JSON', '{}', '["a b"]'])(
    'is asked for when the scopes are %s: then the registry decides',
    async (body) => {
      await using metadata = await startFakeGceMetadata();
      metadata.inject(
        { kind: 'reply', reply: { headers: { 'metadata-flavor': 'Google' }, body } },
        { when: ({ path }) => path.endsWith('/scopes') },
      );
      const system = googleSystem({ routes: { [METADATA]: metadata.url } });
      expect(await gcr({ system, sources }).provide(ask(IMAGE))).toHaveProperty(['auth', 'gcr.io']);
    },
  );

  test('is missed clearly where there is no service account', async () => {
    await using metadata = await startFakeGceMetadata({ email: null });
    const system = googleSystem({ routes: { [METADATA]: metadata.url } });
    const failure = await failureOf(gcr({ system, sources }).provide(ask(IMAGE)));
    expect(failure.message).toMatch(/^this instance has no default service account: attach one/);
  });

  test.each([
    ['no JSON', 'rubbish', 'gave no access token'],
    ['no token', { expires_in: 10 }, 'gave no access token'],
    ['a token with a line break', { access_token: 'a\nb', expires_in: 10 }, 'gave no access token'],
  ])('is refused with %s, and nothing of it is repeated', async (_what, body, message) => {
    await using metadata = await startFakeGceMetadata();
    metadata.inject(
      { kind: 'reply', reply: { headers: { 'metadata-flavor': 'Google' }, body } },
      { when: ({ path }) => path.endsWith('/token') },
    );
    const system = googleSystem({ routes: { [METADATA]: metadata.url } });
    const failure = await failureOf(gcr({ system, sources }).provide(ask(IMAGE)));
    expect(failure.message).toBe(`the metadata server ${message}`);
  });
});

function provideThrottled(retryAfter: string): Promise<Error> {
  const headers = { 'metadata-flavor': 'Google', 'retry-after': retryAfter };
  const system = googleSystem({ http: () => ({ status: 429, headers }) });
  return failureOf(gcr({ system, sources }).provide(ask(IMAGE)));
}

describe('The metadata server', () => {
  test('is asked again while it fails, with growing pauses, and then no more', async () => {
    await using metadata = await startFakeGceMetadata();
    const provider = (): [ImpatientSystem, Promise<unknown>] => {
      const system = googleSystem({ routes: { [METADATA]: metadata.url } });
      return [system, gcr({ system, sources }).provide(ask(IMAGE))];
    };
    metadata.inject({ kind: 'status', status: 503 }, { times: 2 });
    const [patient, answer] = provider();
    expect(await answer).toHaveProperty(['auth', 'gcr.io']);
    expect(patient.pausesMs).toEqual([100, 200]);
    metadata.inject({ kind: 'status', status: 503, retryAfter: '7' });
    const [disappointed, work] = provider();
    expect(await failureOf(work)).toMatchObject({
      message: 'the metadata server answered with status 503',
      retryAfterMs: 7000,
    });
    expect(disappointed.pausesMs).toEqual([100, 200, 400, 800]);
  });

  test('is told from others by its header', async () => {
    const system = googleSystem({ http: () => ({ body: '<html>Log in to this network</html>' }) });
    const failure = await failureOf(gcr({ system, sources }).provide(ask(IMAGE)));
    expect(failure.message).toContain("is not Google's metadata server");
    expect(system.pausesMs).toEqual([]);
  });

  test.each([
    [429, 4, 'the metadata server answered with status 429'],
    [403, 0, 'the metadata server answered with status 403'],
    [301, 0, 'the metadata server answered with status 301'],
  ])('with status %d is asked %d times more', async (status, pauses, message) => {
    const headers = { 'metadata-flavor': 'Google', 'retry-after': 'soon' };
    const system = googleSystem({ http: () => ({ status, headers }) });
    const failure = await failureOf(gcr({ system, sources }).provide(ask(IMAGE)));
    expect(failure).toMatchObject({ message, retryAfterMs: undefined });
    expect(system.pausesMs).toHaveLength(pauses);
  });

  test('may say by a date when to come back', async () => {
    expect(await provideThrottled('Thu, 01 Jan 2026 00:01:00 GMT')).toMatchObject({
      retryAfterMs: 60_000,
    });
    expect(await provideThrottled('Wed, 31 Dec 2025 00:00:00 GMT')).toMatchObject({
      retryAfterMs: 0,
    });
  });

  test('that is not there is a failure with its cause', async () => {
    const system = googleSystem();
    const failure = await failureOf(gcr({ system, sources }).provide(ask(IMAGE)));
    expect(failure.message).toMatch(
      /^the metadata server http:\/\/metadata\.google\.internal\. does not answer: the name does not resolve/,
    );
    expect(failure.cause).toMatchObject({ code: 'ENOTFOUND' });
    expect(system.requests).toHaveLength(5);
  });

  test('that swallows requests is not asked again', async () => {
    const timeout = new TimeoutError('GET http://metadata.google.internal./', 5000);
    const system = googleSystem({ http: () => Promise.reject(timeout) });
    const failure = await failureOf(gcr({ system, sources }).provide(ask(IMAGE)));
    expect(failure.message).toBe(
      'the metadata server http://metadata.google.internal. does not answer: nothing came within 5000 ms',
    );
    expect(system.requests).toHaveLength(1);
  });

  test('is left alone when the caller gives up', async () => {
    const controller = new AbortController();
    const system = googleSystem({
      http: () => {
        controller.abort(new Error('enough'));
        throw new Error('cut off');
      },
    });
    const request = ask(IMAGE, { signal: controller.signal });
    await expect(gcr({ system, sources }).provide(request)).rejects.toThrow('enough');
    expect(system.requests).toHaveLength(1);
  });

  test.each([
    [{ GCE_METADATA_HOST: '127.0.0.1:8080' }, 'http://127.0.0.1:8080'],
    [{ GCE_METADATA_HOST: 'http://emulator:8080/' }, 'http://emulator:8080'],
    [{ GCE_METADATA_HOST: 'a', GCE_METADATA_IP: '169.254.169.254' }, 'http://169.254.169.254'],
    [{ GCE_METADATA_HOST: '' }, 'http://metadata.google.internal.'],
  ])('stands where %j says', async (env, url) => {
    const system = googleSystem({ env });
    await failureOf(gcr({ system, sources }).provide(ask(IMAGE)));
    expect(system.requests[0]?.url).toBe(`${url}${ACCOUNT_PATH}/scopes?alt=json`);
  });
});
