import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gcr } from '../../../../../src/providers/gcr/gcr.ts';
import { startFakeGceMetadata } from '../../../../../src/testing/google/fake-gce-metadata.ts';
import { startFakeGoogleSts } from '../../../../../src/testing/google/fake-google-sts.ts';
import { startFakeGoogleTokenServer } from '../../../../../src/testing/google/fake-google-token-server.ts';
import {
  account,
  CLOUD_PLATFORM,
  entryOf,
  IMAGE,
  machine,
  PATH,
  READ_ONLY,
  tokenHosts,
  user,
  userFile,
} from '../default-credentials.ts';
import { ask, failureOf, GCE_FIRMWARE, googleSystem, METADATA } from '../world.ts';

const GCLOUD = '/home/user/.config/gcloud/application_default_credentials.json';

describe('Application Default Credentials', () => {
  test('of a service account give a token that its key signs for, and cost no probe', async () => {
    const before = Date.now();
    const now = (): number => before;
    await using google = await startFakeGoogleTokenServer({ serviceAccounts: [account], now });
    const system = machine(account.key, { routes: tokenHosts(google.url) });
    const answer = await gcr({ system }).provide(ask(IMAGE));
    const after = Date.now();
    const [token] = google.tokens;
    expect(entryOf(answer)).toEqual({ username: 'oauth2accesstoken', password: token?.token });
    expect(token?.scopes).toEqual([READ_ONLY]);
    const answeredMs = Number(answer?.expiresAt) - 3_600_000;
    expect(before <= answeredMs && answeredMs <= after).toBe(true);
    expect(system.requests.map(({ url }) => url)).toEqual(['https://oauth2.googleapis.com/token']);
  });

  test('give a new token each time, as a refresh needs it, with the scopes that are wanted', async () => {
    await using google = await startFakeGoogleTokenServer({ serviceAccounts: [account] });
    const system = machine(account.key, { routes: tokenHosts(google.url) });
    const provider = gcr({ system, sources: ['application-default'], scope: CLOUD_PLATFORM });
    const one = await provider.provide(ask(IMAGE));
    const other = await provider.provide(ask(IMAGE));
    expect(entryOf(one)).not.toEqual(entryOf(other));
    expect(google.tokens.map(({ scopes }) => scopes)).toEqual([[CLOUD_PLATFORM], [CLOUD_PLATFORM]]);
  });

  test.each([
    ['in the home folder', {}, GCLOUD],
    [
      'where gcloud is configured',
      { CLOUDSDK_CONFIG: '/sdk' },
      '/sdk/application_default_credentials.json',
    ],
  ])('of a person are found %s', async (_where, env, path) => {
    await using google = await startFakeGoogleTokenServer({ users: [user] });
    const system = googleSystem({
      env,
      files: { [path]: JSON.stringify(userFile) },
      routes: tokenHosts(google.url),
    });
    Object.assign(system, { now: () => Date.now() });
    const answer = await gcr({ system }).provide(ask(IMAGE));
    const password = google.tokens[0]?.token;
    expect(entryOf(answer)).toEqual({ username: 'oauth2accesstoken', password });
  });

  test.each([
    [
      { APPDATA: 'C:/Users/ada' },
      ['stat C:/Users/ada/gcloud/application_default_credentials.json'],
    ],
    [{}, []],
  ])('are looked for on Windows with %j', async (env, touches) => {
    const system = googleSystem({ env, platform: 'win32' });
    await gcr({ system }).provide(ask(IMAGE));
    expect(system.touches.filter((touch) => touch.startsWith('stat'))).toEqual(touches);
  });

  test('are not looked for without a home', async () => {
    const system = Object.assign(googleSystem(), { homeDirectory: () => '' });
    await gcr({ system }).provide(ask(IMAGE));
    expect(system.touches.filter((touch) => touch.startsWith('stat'))).toEqual([]);
  });

  test("are tried before the instance's own token on Google Cloud", async () => {
    await using google = await startFakeGoogleTokenServer({ users: [user] });
    await using metadata = await startFakeGceMetadata();
    const routes = { ...tokenHosts(google.url), [METADATA]: metadata.url };
    const system = machine(userFile, { routes, files: GCE_FIRMWARE });
    const answer = await gcr({ system }).provide(ask(IMAGE));
    const entries = Object.entries(answer?.auth ?? {}).filter(([key]) => key.endsWith('*.pkg.dev'));
    expect(entries).toEqual([
      ['*.pkg.dev', { username: 'oauth2accesstoken', password: google.tokens[0]?.token }],
      ['https://*.pkg.dev', { username: '_token', password: metadata.tokens[0]?.token }],
    ]);
  });

  test('of a workload of another cloud are exchanged', async () => {
    const audience =
      '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x';
    await using sts = await startFakeGoogleSts({ audience, subjects: { 'a.b.c': 'workload' } });
    const folder = mkdtempSync(join(tmpdir(), 'docker-keyring-gcr-'));
    const file = join(folder, 'token');
    const document = {
      type: 'external_account',
      audience,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: 'https://sts.googleapis.com/v1/token',
      credential_source: { file },
    };
    const system = machine(document, { routes: { 'sts.googleapis.com': sts.url } });
    try {
      writeFileSync(file, 'a.b.c');
      const answer = await gcr({ system }).provide(ask(IMAGE));
      expect(entryOf(answer)).toMatchObject({ password: sts.tokens[0]?.token });
      expect(sts.tokens[0]?.scopes).toEqual([READ_ONLY]);
      writeFileSync(file, 'canary.token.x');
      const failure = await failureOf(gcr({ system }).provide(ask(IMAGE)));
      expect(failure.message).toBe(
        `Google, asked with ${PATH}, answered with status 400 (invalid_grant): ` +
          "look at the file's credential_source and at the pool's provider",
      );
      expect(failure.cause).toBeUndefined();
      sts.inject({ kind: 'status', status: 403, body: { error: 'canary' } });
      const other = await failureOf(gcr({ system }).provide(ask(IMAGE)));
      expect(other.message).toContain(`with ${PATH}, answered with status 403: look at`);
      // By the System, with its proxies and deadlines.
      expect(system.requests).toHaveLength(3);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('that are refused say what to do, and nothing that was sent or answered', async () => {
    await using google = await startFakeGoogleTokenServer();
    const routes = tokenHosts(google.url);
    const provide = (document: unknown): Promise<Error> =>
      failureOf(gcr({ system: machine(document, { routes }) }).provide(ask(IMAGE)));
    const failures = await Promise.all([provide(userFile), provide(account.key)]);
    expect(failures.map(({ message }) => message)).toEqual([
      `Google, asked with ${PATH}, answered with status 400 (invalid_grant): ` +
        'run gcloud auth application-default login again',
      `Google, asked with ${PATH}, answered with status 400 (invalid_grant): ` +
        "the key may be deleted or disabled, or this machine's clock wrong",
    ]);
    expect(failures.map(({ cause }) => cause)).toEqual([undefined, undefined]);
  });

  test('are left alone for as long as Google says, after one more try', async () => {
    const reply = { status: 429, headers: { 'retry-after': '9' }, body: {} };
    const system = machine(userFile, { http: () => reply });
    const failure = await failureOf(gcr({ system }).provide(ask(IMAGE)));
    expect(failure.message).toBe(`Google, asked with ${PATH}, answered with status 429`);
    expect(failure).toMatchObject({ retryAfterMs: 9000 });
    expect(system.requests).toHaveLength(2);
    const broken = machine(account.key, { http: () => ({ status: 503 }) });
    await expect(gcr({ system: broken }).provide(ask(IMAGE))).rejects.toThrow('status 503');
    expect(broken.requests).toHaveLength(2);
  });

  test('are not waited for when the caller gives up', async () => {
    const controller = new AbortController();
    const system = machine(userFile, { http: () => ({ status: 429 }) });
    const work = gcr({ system }).provide(ask(IMAGE, { signal: controller.signal }));
    controller.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
  });

  test('say that Google cannot be reached, with the cause', async () => {
    const refused = Object.assign(new Error('no way'), { code: 'ECONNREFUSED' });
    const system = machine(account.key, { http: () => Promise.reject(refused) });
    const failure = await failureOf(gcr({ system }).provide(ask(IMAGE)));
    expect(failure.message).toBe(
      `Google, asked with ${PATH}, does not answer: nothing listens there (ECONNREFUSED)`,
    );
    expect(failure.cause).toBe(refused);
  });

  test.each([
    ['a key that signs nothing', { ...account.key, private_key: 'canary' }, ''],
    ['half a key', { ...account.key, private_key: '' }, ''],
  ])('with %s cannot be used', async (_what, document) => {
    const system = machine(document);
    const failure = await failureOf(gcr({ system }).provide(ask(IMAGE)));
    expect(failure.message).toMatch(/^no token could be got with \/adc\.json: the key may be/);
    expect(failure.cause).toBeUndefined();
  });

  test('whose answer holds no token are a failure', async () => {
    const headers = { 'content-type': 'application/json' };
    const system = machine(userFile, { http: () => ({ headers, body: { expires_in: 5 } }) });
    await expect(gcr({ system }).provide(ask(IMAGE))).rejects.toThrow(`with ${PATH}`);
    const broken = machine(userFile, { http: () => ({ headers, body: { access_token: 'a b' } }) });
    await expect(gcr({ system: broken }).provide(ask(IMAGE))).rejects.toThrow(
      `${PATH} gave no access token`,
    );
    const endless = machine(userFile, { http: () => ({ headers, body: { access_token: 'x' } }) });
    await expect(gcr({ system: endless }).provide(ask(IMAGE))).resolves.toMatchObject({
      cacheDurationMs: 0,
    });
    const empty = machine(userFile, { http: () => ({ status: 204 }) });
    await expect(gcr({ system: empty }).provide(ask(IMAGE))).rejects.toThrow(`with ${PATH}`);
  });

  test.each([
    ['no JSON: canary', 'holds no Google credentials'],
    [[], 'holds no Google credentials'],
    [{ type: 7 }, 'holds no Google credentials'],
    [{ type: 'gdch_service_account' }, 'holds credentials of a type that registries do not take'],
    [
      { ...userFile, universe_domain: 'partner.example' },
      'holds credentials of another universe than googleapis.com',
    ],
  ])('in a document like %j are refused', async (document, message) => {
    const system = machine(document);
    const failure = await failureOf(gcr({ system }).provide(ask(IMAGE)));
    expect(failure.message).toBe(`${PATH} ${message}`);
  });

  test('must be there when they are asked for', async () => {
    const system = googleSystem();
    const provider = gcr({ system, sources: ['application-default'] });
    await expect(provider.provide(ask(IMAGE))).rejects.toThrow(
      'there are no Application Default Credentials: run gcloud auth application-default login',
    );
    const env = {
      google_application_credentials: '/gone.json',
      GOOGLE_APPLICATION_CREDENTIALS: '',
    };
    const named = gcr({ system: googleSystem({ env }) });
    await expect(named.provide(ask(IMAGE))).rejects.toThrow('there is no file /gone.json');
  });
});
