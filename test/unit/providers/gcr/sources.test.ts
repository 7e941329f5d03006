import { describe, expect, test } from '@jest/globals';
import { gcr } from '../../../../src/providers/gcr/gcr.ts';
import type { CredentialResponse } from '../../../../src/providers/contract.ts';
import { startFakeGceMetadata } from '../../../../src/testing/google/fake-gce-metadata.ts';
import { startFakeServer } from '../../../../src/testing/fake-server.ts';
import { ask, failureOf, GCE_FIRMWARE, googleSystem, METADATA, pathsOn } from './world.ts';

const IMAGE = 'gcr.io/acme/app';
const QUAY = { 'quay.io/acme': { username: 'robot', password: 'r', email: 'a@b' } };
const ATTRIBUTES = '/computeMetadata/v1/instance/attributes';

function passwords(answer: CredentialResponse | undefined): Record<string, string> {
  const entries = Object.entries(answer?.auth ?? {});
  return Object.fromEntries(entries.map(([key, { password }]) => [key, password]));
}

describe('On Google Cloud gcr() by itself', () => {
  test("gives the attributes' credentials before the instance's token", async () => {
    const own = { 'gcr.io': { auth: Buffer.from('own:o').toString('base64') } };
    await using document = await startFakeServer(() => ({ body: { ...QUAY, ...own } }));
    const attributes = {
      'google-dockercfg': JSON.stringify({ 'gcr.io': { username: 'first', password: 'f' } }),
      'google-dockercfg-url': ` http://config.example.com/dockercfg?v=1\n`,
    };
    await using metadata = await startFakeGceMetadata({ attributes });
    const routes = { [METADATA]: metadata.url, 'config.example.com': document.url };
    const system = googleSystem({ routes, files: GCE_FIRMWARE });
    const answer = await gcr({ system }).provide(ask(IMAGE));
    const token = metadata.tokens[0]?.token;
    expect(Object.entries(passwords(answer))).toEqual([
      ['gcr.io', 'f'],
      ['quay.io/acme', 'r'],
      ['https://gcr.io', 'o'],
      ['container.cloud.google.com', token],
      ['http://gcr.io', token],
      ['*.gcr.io', token],
      ['*.pkg.dev', token],
      ['docker.*.rep.pkg.dev', token],
    ]);
    // The attributes are believed for a minute, as in the kubelet.
    expect(answer?.cacheDurationMs).toBe(60_000);
    expect(document.requests[0]?.headers['metadata-flavor']).toBeUndefined();
    expect(document.requests[0]?.rawQuery).toBe('v=1');
  });

  test("gives the instance's token alone where there are no attributes", async () => {
    await using metadata = await startFakeGceMetadata();
    const system = googleSystem({ routes: { [METADATA]: metadata.url }, files: GCE_FIRMWARE });
    const answer = await gcr({ system }).provide(ask(IMAGE));
    expect(passwords(answer)).toHaveProperty(['gcr.io'], metadata.tokens[0]?.token);
    expect(Number(answer?.expiresAt)).toBeGreaterThan(system.now() + 60_000);
    expect(pathsOn(system, METADATA).filter((path) => path.startsWith(ATTRIBUTES))).toEqual([
      `${ATTRIBUTES}/google-dockercfg`,
      `${ATTRIBUTES}/google-dockercfg-url`,
    ]);
  });

  test('gives the attributes to any image that it is asked for, and the token to none of others', async () => {
    const attributes = { 'google-dockercfg': JSON.stringify(QUAY) };
    await using metadata = await startFakeGceMetadata({ attributes });
    const system = googleSystem({ routes: { [METADATA]: metadata.url }, files: GCE_FIRMWARE });
    const answer = await gcr({ system, matchImages: ['*.io'] }).provide(ask('quay.io/acme/app'));
    expect(answer).toEqual({
      auth: { 'quay.io/acme': { username: 'robot', password: 'r' } },
      cacheDurationMs: 60_000,
      cacheKeyType: 'Registry',
    });
    expect(metadata.tokens).toEqual([]);
  });

  test('is not stopped by a credentials file that is no good, nor made to ask again and again', async () => {
    await using metadata = await startFakeGceMetadata();
    const env = { GOOGLE_APPLICATION_CREDENTIALS: '/gone.json' };
    const routes = { [METADATA]: metadata.url };
    const system = googleSystem({ env, routes, files: GCE_FIRMWARE });
    const answer = await gcr({ system }).provide(ask(IMAGE));
    expect(passwords(answer)).toHaveProperty(['gcr.io'], metadata.tokens[0]?.token);
    expect(Number(answer?.expiresAt)).toBeGreaterThan(system.now() + 3_000_000);
  });

  test('is not stopped by attributes that cannot be read, and asks again soon', async () => {
    await using metadata = await startFakeGceMetadata({ attributes: { 'google-dockercfg': '[' } });
    const system = googleSystem({ routes: { [METADATA]: metadata.url }, files: GCE_FIRMWARE });
    const answer = await gcr({ system }).provide(ask(IMAGE));
    expect(answer?.auth).toHaveProperty(['gcr.io']);
    expect(answer?.cacheDurationMs).toBe(60_000);
  });

  test('fails with all reasons when nothing came', async () => {
    await using metadata = await startFakeGceMetadata({
      attributes: { 'google-dockercfg': '{"gcr.io": 7}' },
      email: null,
    });
    const system = googleSystem({ routes: { [METADATA]: metadata.url }, files: GCE_FIRMWARE });
    const failure = await failureOf(gcr({ system }).provide(ask(IMAGE)));
    expect(failure.message).toMatch(
      /^google-dockercfg is no \.dockercfg: 1:\d+: an entry must be an object; this instance has no/,
    );
    expect(failure).toMatchObject({ retryAfterMs: undefined, cause: { errors: { length: 2 } } });
  });

  test('fails with one reason when all is for one, and waits as long as the longest says', async () => {
    const system = googleSystem({ files: GCE_FIRMWARE });
    const failure = await failureOf(gcr({ system }).provide(ask(IMAGE)));
    expect(failure.message).toMatch(
      /^the metadata server http:\/\/metadata\.google\.internal\. does not answer: [^;]*$/,
    );
    const busy = googleSystem({
      files: GCE_FIRMWARE,
      http: ({ url }) => ({
        status: 503,
        headers: url.includes('attributes') ? { 'retry-after': '3' } : {},
        ...(url.endsWith('-url') ? { status: 429 } : {}),
      }),
    });
    const reasons = await failureOf(gcr({ system: busy }).provide(ask(IMAGE)));
    expect(reasons).toMatchObject({ retryAfterMs: 3000 });
  });

  test('fails with what is no failure of its own, too', async () => {
    const system = googleSystem();
    Object.assign(system, { stat: () => Promise.reject(new Error('EACCES')) });
    const provider = gcr({ system, sources: ['metadata', 'application-default'] });
    const failure = await failureOf(provider.provide(ask(IMAGE)));
    expect(failure.message).toMatch(/does not answer: .*; EACCES$/);
  });

  test('stops when the caller does', async () => {
    const controller = new AbortController();
    const system = googleSystem({
      files: GCE_FIRMWARE,
      http: ({ url }) => {
        if (url.includes('attributes')) controller.abort(new Error('enough'));
        return { status: 404, headers: { 'metadata-flavor': 'Google' } };
      },
    });
    const request = ask(IMAGE, { signal: controller.signal });
    await expect(gcr({ system }).provide(request)).rejects.toThrow('enough');
  });
});

describe('Off Google Cloud gcr() by itself', () => {
  test('costs one request, whatever number of images is looked up', async () => {
    const system = googleSystem();
    const provider = gcr({ system });
    const images = ['gcr.io/a/b', 'eu.gcr.io/a/b', 'us-docker.pkg.dev/a/b/c'];
    const answers = await Promise.all(images.map((image) => provider.provide(ask(image))));
    expect(answers).toEqual([undefined, undefined, undefined]);
    expect(system.requests.map(({ url }) => url)).toEqual(['http://metadata.google.internal./']);
  });
});

describe('The attribute google-dockercfg-url', () => {
  const sources = ['google-dockercfg-url'] as const;

  async function provide(value: string, routes: Record<string, string> = {}): Promise<unknown> {
    await using metadata = await startFakeGceMetadata({
      attributes: { 'google-dockercfg-url': value },
    });
    const system = googleSystem({ routes: { [METADATA]: metadata.url, ...routes } });
    return await gcr({ system, sources }).provide(ask(IMAGE));
  }

  test.each(['gs://bucket/dockercfg', 'not a URL', ''])('must not be %j', async (value) => {
    const failure = await failureOf(provide(value));
    expect(failure.message).toBe(
      'the attribute google-dockercfg-url is no http:// or https:// URL',
    );
  });

  test.each(['http://canary@config.example.com/', 'http://:canary@config.example.com/'])(
    'holds no user and no password as in %s, which is not repeated',
    async (value) => {
      const failure = await failureOf(provide(value));
      expect(failure.message).toBe(
        'the attribute google-dockercfg-url holds a user name or a password',
      );
    },
  );

  test('leads to a document that is there, without its address being repeated', async () => {
    const url = 'http://config.example.com/canary?canary';
    const gone = await failureOf(provide(url));
    expect(gone.message).toMatch(
      /^google-dockercfg-url \(config\.example\.com\) cannot be fetched: the name/,
    );
    expect(gone.message).not.toContain('canary');
    await using document = await startFakeServer(() => ({ status: 302, body: 'canary' }));
    const moved = await failureOf(provide(url, { 'config.example.com': document.url }));
    expect(moved.message).toBe(
      'google-dockercfg-url (config.example.com) answered with status 302',
    );
  });

  test('is not followed when the caller gives up', async () => {
    const controller = new AbortController();
    const system = googleSystem({
      http: ({ url }) => {
        if (url.includes('metadata')) {
          return { headers: { 'metadata-flavor': 'Google' }, body: 'http://config.example.com/' };
        }
        controller.abort(new Error('enough'));
        throw new Error('cut off');
      },
    });
    const request = ask(IMAGE, { signal: controller.signal });
    await expect(gcr({ system, sources }).provide(request)).rejects.toThrow('enough');
  });

  test('may be missing', async () => {
    await using metadata = await startFakeGceMetadata();
    const system = googleSystem({ routes: { [METADATA]: metadata.url } });
    expect(await gcr({ system, sources }).provide(ask(IMAGE))).toBeUndefined();
  });
});
