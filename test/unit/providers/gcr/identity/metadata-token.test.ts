// What becomes of the instance's token: how long it is kept, and whose registries it goes to.

import { describe, expect, test } from '@jest/globals';
import { createKeyring } from '../../../../../src/create-keyring/create-keyring.ts';
import { gcr } from '../../../../../src/providers/gcr/gcr.ts';
import { startFakeGceMetadata } from '../../../../../src/testing/google/fake-gce-metadata.ts';
import { ask, failureOf, googleSystem, METADATA } from '../world.ts';

const IMAGE = 'us-docker.pkg.dev/acme/containers/app';
const SCOPE = 'https://www.googleapis.com/auth/';
const sources = ['metadata'] as const;

describe("The instance's token", () => {
  test.each([
    ['no lifetime', {}],
    ['a text as lifetime', { expires_in: '10' }],
    ['no end ever', { expires_in: 1e300 }],
    ['nothing that is a number', { expires_in: null }],
  ])('with %s is given, and not kept', async (_what, lifetime) => {
    await using metadata = await startFakeGceMetadata();
    const body = { access_token: 'canary', ...lifetime };
    metadata.inject(
      { kind: 'reply', reply: { headers: { 'metadata-flavor': 'Google' }, body } },
      { when: ({ path }) => path.endsWith('/token') },
    );
    const system = googleSystem({ routes: { [METADATA]: metadata.url } });
    const provider = gcr({ system, sources });
    await expect(provider.provide(ask(IMAGE))).resolves.toEqual({
      auth: expect.objectContaining({ 'gcr.io': { username: '_token', password: 'canary' } }),
      cacheKeyType: 'Registry',
      cacheDurationMs: 0,
    });
    const keyring = createKeyring({ system, dockerConfig: false, providers: [provider] });
    await keyring.lookup(IMAGE);
    const before = system.requests.length;
    await keyring.lookup(IMAGE);
    expect(system.requests.length).toBeGreaterThan(before);
    const { signal } = new AbortController();
    await expect(provider.diagnose?.({ images: [], signal })).resolves.toContainEqual({
      status: 'warning',
      subject: 'metadata',
      message: 'a token that does not say when it expires',
      hint: 'it is asked for at every lookup',
    });
  });

  test.each([
    ['googleapis.com', ['gcr.io', '*.pkg.dev', 'm.test'], ['docker.*.goog']],
    ['apis-lab.goog', ['docker.*.goog', 'm.test'], ['gcr.io', '*.pkg.dev', '*.gcr.io']],
  ])('of the cloud %s goes to registries of that cloud', async (universeDomain, own, foreign) => {
    await using metadata = await startFakeGceMetadata({ universeDomain });
    const system = googleSystem({ routes: { [METADATA]: metadata.url } });
    const answer = await gcr({ system, sources, hosts: ['m.test'] }).provide(ask(IMAGE));
    expect(Object.keys(answer?.auth ?? {})).toEqual(expect.arrayContaining(own));
    for (const key of foreign) expect(answer?.auth).not.toHaveProperty([key]);
  });

  test('of another cloud is not sent to the IAM of googleapis.com', async () => {
    const scopes = [`${SCOPE}cloud-platform`];
    await using named = await startFakeGceMetadata({ universeDomain: 'apis-lab.goog', scopes });
    const system = googleSystem({ routes: { [METADATA]: named.url } });
    const impersonate = 'a@b.test';
    await expect(gcr({ system, sources, impersonate }).provide(ask(IMAGE))).rejects.toThrow(
      'this machine is of the cloud apis-lab.goog, and impersonate works with googleapis.com alone',
    );
    await using odd = await startFakeGceMetadata({ universeDomain: 'a canary', scopes });
    const other = googleSystem({ routes: { [METADATA]: odd.url } });
    const failure = await failureOf(
      gcr({ system: other, sources, impersonate }).provide(ask(IMAGE)),
    );
    expect(failure.message).not.toContain('canary');
  });

  test('is of googleapis.com where the server knows no other cloud', async () => {
    await using metadata = await startFakeGceMetadata();
    metadata.inject(
      { kind: 'reply', reply: { status: 404, headers: { 'metadata-flavor': 'Google' } } },
      { when: ({ path }) => path.includes('universe') },
    );
    const system = googleSystem({ routes: { [METADATA]: metadata.url } });
    await expect(gcr({ system, sources }).provide(ask(IMAGE))).resolves.toHaveProperty([
      'auth',
      'gcr.io',
    ]);
  });
});
