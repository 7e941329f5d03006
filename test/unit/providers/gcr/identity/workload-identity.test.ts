import { describe, expect, test } from '@jest/globals';
import { gcr } from '../../../../../src/providers/gcr/gcr.ts';
import { startFakeGceMetadata } from '../../../../../src/testing/google/fake-gce-metadata.ts';
import { startFakeGoogleSts } from '../../../../../src/testing/google/fake-google-sts.ts';
import { ask, failureOf, googleSystem, METADATA } from '../world.ts';

const IMAGE = 'us-docker.pkg.dev/acme/containers/app';
const identityProvider =
  'https://container.googleapis.com/v1/projects/lab-project/locations/us/clusters/c';
const serviceAccount = { projectId: 'lab-project', identityProvider };
const audience = `identitynamespace:lab-project.svc.id.goog:${identityProvider}`;
const subjects = { 'a.b.c': 'system:serviceaccount:team-a:puller' };
const STS = 'sts.googleapis.com';
const serviceAccountAnnotations = { 'iam.gke.io/enable-wi-image-pull': 'true' };
const pod = { serviceAccountAnnotations, serviceAccountToken: 'a.b.c' };
const sources = ['metadata'] as const;

describe('A service account that asks for it', () => {
  test('gets a token of its own, good until Google says', async () => {
    await using sts = await startFakeGoogleSts({
      audience,
      subjects,
      lifetimeSeconds: 1800,
      now: () => 0,
    });
    const system = googleSystem({ routes: { [STS]: sts.url } });
    const answer = await gcr({ system, serviceAccount }).provide(ask(IMAGE, pod));
    const entry = { username: '_token', password: sts.tokens[0]?.token };
    expect(answer?.auth['*.pkg.dev']).toEqual(entry);
    expect(Number(answer?.expiresAt) - system.now()).toBe(1_800_000);
    expect(sts.tokens[0]?.principal).toBe('system:serviceaccount:team-a:puller');
  });

  test.each([[undefined], ['']])('gets nothing of the node when its token is %j', async (token) => {
    await using metadata = await startFakeGceMetadata();
    const system = googleSystem({ routes: { [METADATA]: metadata.url } });
    const request = ask(IMAGE, {
      serviceAccountAnnotations,
      ...(token === undefined ? {} : { serviceAccountToken: token }),
    });
    const failure = await failureOf(gcr({ system, sources, serviceAccount }).provide(request));
    expect(failure.message).toContain('but no token of it came');
    expect(metadata.requests).toEqual([]);
  });

  test.each([
    [400, "(invalid_grant): look at serviceAccount's projectId and identityProvider"],
    [403, "(access_denied): the service account's principal has no access"],
    [500, '(UNAVAILABLE)'],
  ])('gets nothing of the node when the exchange fails with %d', async (status, message) => {
    await using metadata = await startFakeGceMetadata();
    const error =
      { 400: 'invalid_grant', 403: 'access_denied', 500: { status: 'UNAVAILABLE' } }[status] ?? '';
    const system = googleSystem({
      http: () => ({ status, body: { error, error_description: 'canary a.b.c' } }),
    });
    const provider = gcr({ system, sources, serviceAccount });
    const failure = await failureOf(provider.provide(ask(IMAGE, pod)));
    expect(failure.message).toContain(
      `Google's token service answered with status ${status} ${message}`,
    );
    expect(failure.message).not.toContain('canary');
    expect(metadata.requests).toEqual([]);
  });

  test('is told that Google does not answer, unless the caller gave up', async () => {
    const system = googleSystem();
    const provider = gcr({ system, serviceAccount });
    const failure = await failureOf(provider.provide(ask(IMAGE, pod)));
    expect(failure).toMatchObject({
      message: expect.stringContaining("Google's token service does not answer: the name"),
      cause: { code: 'ENOTFOUND' },
    });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(provider.provide(ask(IMAGE, { ...pod, signal }))).rejects.toThrow('enough');
  });
});

describe("The node's account steps in", () => {
  test.each([
    ['without the annotation', { serviceAccountToken: 'a.b.c' }, { serviceAccount }],
    [
      'with the annotation on something else',
      { ...pod, serviceAccountAnnotations: { 'iam.gke.io/enable-wi-image-pull': 'false' } },
      { serviceAccount },
    ],
    ['without the option', pod, {}],
  ])('%s', async (_when, request, options) => {
    await using metadata = await startFakeGceMetadata();
    const system = googleSystem({ routes: { [METADATA]: metadata.url } });
    const answer = await gcr({ system, sources, ...options }).provide(ask(IMAGE, request));
    expect(answer?.auth['*.pkg.dev']?.password).toBe(metadata.tokens[0]?.token);
  });

  test('but never for registries that are not trusted', async () => {
    const system = googleSystem();
    const provider = gcr({ system, sources, serviceAccount, matchImages: ['quay.io'] });
    expect(await provider.provide(ask('quay.io/acme/app', pod))).toBeUndefined();
    expect(system.requests).toEqual([]);
  });
});
