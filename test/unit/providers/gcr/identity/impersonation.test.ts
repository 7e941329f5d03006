import { describe, expect, test } from '@jest/globals';
import { gcr } from '../../../../../src/providers/gcr/gcr.ts';
import { startFakeGceMetadata } from '../../../../../src/testing/google/fake-gce-metadata.ts';
import { startFakeGoogleTokenServer } from '../../../../../src/testing/google/fake-google-token-server.ts';
import {
  account,
  CLOUD_PLATFORM,
  EMAIL,
  entryOf,
  IMAGE,
  machine,
  PATH,
  READ_ONLY,
  TARGET,
  tokenHosts,
  user,
  userFile,
} from '../default-credentials.ts';
import { ask, failureOf, GCE_FIRMWARE, googleSystem, METADATA } from '../world.ts';

function isImpersonation({ path }: { readonly path: string }): boolean {
  return path !== '/token';
}

describe('Another service account', () => {
  const impersonators = {
    [TARGET]: [EMAIL, user.clientId, 'node@lab-project.iam.gserviceaccount.com'],
  };

  test('is impersonated by default credentials, with scopes of its own', async () => {
    await using google = await startFakeGoogleTokenServer({
      serviceAccounts: [account],
      impersonators,
    });
    const system = machine(account.key, { routes: tokenHosts(google.url) });
    const answer = await gcr({ system, impersonate: TARGET }).provide(ask(IMAGE));
    expect(google.tokens).toMatchObject([
      { principal: EMAIL, scopes: [CLOUD_PLATFORM] },
      { principal: TARGET, scopes: [READ_ONLY] },
    ]);
    const password = google.tokens[1]?.token;
    expect(entryOf(answer)).toEqual({ username: 'oauth2accesstoken', password });
    expect(answer?.expiresAt).toEqual(new Date(Number(google.tokens[1]?.expiresAtMs)));
  });

  test("is impersonated by the instance's account, which must have IAM's scope", async () => {
    const scopes = [CLOUD_PLATFORM];
    await using metadata = await startFakeGceMetadata({ scopes });
    await using narrow = await startFakeGceMetadata();
    await using google = await startFakeGoogleTokenServer({
      impersonators,
      accepts: () => metadata.tokens,
    });
    const sources = ['metadata', 'application-default'] as const;
    const routes = { ...tokenHosts(google.url), [METADATA]: metadata.url };
    const system = googleSystem({ routes });
    const answer = await gcr({ system, sources, impersonate: TARGET }).provide(ask(IMAGE));
    expect(entryOf(answer)).toMatchObject({ password: google.tokens[0]?.token });
    const other = googleSystem({ routes: { ...routes, [METADATA]: narrow.url } });
    const provider = gcr({ system: other, sources, impersonate: TARGET });
    await expect(provider.provide(ask(IMAGE))).rejects.toThrow(
      'it takes https://www.googleapis.com/auth/iam or https://www.googleapis.com/auth/cloud-platform',
    );
  });

  test("leaves the attributes' credentials alone", async () => {
    const attributes = { 'google-dockercfg': '{"quay.io": {"username": "u", "password": "p"}}' };
    await using metadata = await startFakeGceMetadata({ attributes, scopes: [CLOUD_PLATFORM] });
    const accepts = (): typeof metadata.tokens => metadata.tokens;
    await using google = await startFakeGoogleTokenServer({ impersonators, accepts });
    const routes = { ...tokenHosts(google.url), [METADATA]: metadata.url };
    const system = Object.assign(googleSystem({ routes, files: GCE_FIRMWARE }), { now: Date.now });
    const answer = await gcr({ system, impersonate: TARGET }).provide(ask(IMAGE));
    expect(answer?.auth).toMatchObject({
      'quay.io': { username: 'u', password: 'p' },
      'gcr.io': { username: 'oauth2accesstoken' },
    });
  });

  test.each([[undefined], [['between@lab-project.iam.gserviceaccount.com']]])(
    'may be named by the credentials file, with delegates %j',
    async (delegates) => {
      await using google = await startFakeGoogleTokenServer({ users: [user], impersonators });
      const document = {
        type: 'impersonated_service_account',
        service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${TARGET}:generateAccessToken`,
        source_credentials: userFile,
        delegates,
      };
      const system = machine(document, { routes: tokenHosts(google.url) });
      const answer = await gcr({ system }).provide(ask(IMAGE));
      expect(entryOf(answer)).toMatchObject({ password: google.tokens[1]?.token });
      expect(JSON.parse(String(google.requests[1]?.body))).toEqual({
        scope: [READ_ONLY],
        lifetime: '3600s',
        ...(delegates === undefined ? {} : { delegates }),
      });
      const nameless = machine({ ...document, service_account_impersonation_url: 'canary' });
      await expect(gcr({ system: nameless }).provide(ask(IMAGE))).rejects.toThrow(
        `${PATH} does not say which service account to impersonate`,
      );
    },
  );

  test.each([
    [[], 403, 'it takes the permission iam.serviceAccounts.getAccessToken on that account'],
    [undefined, 404, 'there is no such service account'],
  ])(
    'that may not be impersonated by %j is a failure that says why',
    async (allowed, status, hint) => {
      const others = allowed === undefined ? {} : { [TARGET]: allowed };
      await using google = await startFakeGoogleTokenServer({
        users: [user],
        impersonators: others,
      });
      const system = machine(userFile, { routes: tokenHosts(google.url) });
      const failure = await failureOf(gcr({ system, impersonate: TARGET }).provide(ask(IMAGE)));
      expect(failure.message).toContain(
        `IAM, asked for a token of ${TARGET}, answered with status ${status} (`,
      );
      expect(failure.message).toContain(hint);
    },
  );

  test('is missed when IAM does not answer, or answers rubbish', async () => {
    await using google = await startFakeGoogleTokenServer({ users: [user], impersonators });
    const routes = { 'oauth2.googleapis.com': google.url };
    const lonely = gcr({ system: machine(userFile, { routes }), impersonate: TARGET });
    await expect(lonely.provide(ask(IMAGE))).rejects.toThrow('IAM Credentials API does not answer');
    const when = isImpersonation;
    google.inject({ kind: 'malformed-json' }, { when, times: 1 });
    const system = machine(userFile, { routes: tokenHosts(google.url) });
    const provider = gcr({ system, impersonate: TARGET });
    await expect(provider.provide(ask(IMAGE))).rejects.toThrow('gave no access token');
    google.inject({ kind: 'reply', reply: { body: { accessToken: 'x' } } }, { when });
    await expect(provider.provide(ask(IMAGE))).resolves.toMatchObject({ cacheDurationMs: 0 });
  });

  test('is not asked for any longer when the caller gives up', async () => {
    const controller = new AbortController();
    const http = ({ url }: { url: string }): object => {
      if (url.includes('oauth2')) {
        const headers = { 'content-type': 'application/json' };
        return { headers, body: { access_token: 'own', expires_in: 3600 } };
      }
      controller.abort(new Error('enough'));
      throw new Error('cut off');
    };
    const provider = gcr({ system: machine(userFile, { http }), impersonate: TARGET });
    const work = provider.provide(ask(IMAGE, { signal: controller.signal }));
    await expect(work).rejects.toThrow('enough');
  });
});
