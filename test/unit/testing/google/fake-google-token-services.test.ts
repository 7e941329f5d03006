import { describe, expect, test } from '@jest/globals';
import { createSign } from 'node:crypto';
import { startFakeGoogleSts } from '../../../../src/testing/google/fake-google-sts.ts';
import { startFakeGoogleTokenServer } from '../../../../src/testing/google/fake-google-token-server.ts';
import { createFakeServiceAccount } from '../../../../src/testing/google/fake-service-account.ts';
import { createTestCertificate } from '../../../../src/testing/tls/certificates.ts';
import { askFake as ask, type FakeAnswer as Answer } from './ask-fake.ts';

const READ_ONLY = 'https://www.googleapis.com/auth/devstorage.read_only';
const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';
const EMAIL = 'puller@lab-project.iam.gserviceaccount.com';

const AUDIENCE = 'identitynamespace:lab-project.svc.id.goog:https://issuer.example.com';
const EXCHANGE = {
  audience: AUDIENCE,
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  scope: CLOUD_PLATFORM,
  subject_token: 'a.b.c',
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
};

function post(url: string, fields: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  return ask(`${url}/v1/token`, { method: 'POST', headers, body: JSON.stringify(fields) });
}

function send(url: string, fields: Record<string, string>): Promise<Answer> {
  return ask(`${url}/token`, { method: 'POST', body: new URLSearchParams(fields) });
}

function bearer(value: string): Record<string, string> {
  return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: value };
}

describe('The fake token service', () => {
  const options = { audience: AUDIENCE, subjects: { 'a.b.c': 'system:serviceaccount:a:puller' } };

  test('takes JSON and forms', async () => {
    await using sts = await startFakeGoogleSts({ ...options, now: () => 0 });
    const json = await post(sts.url, EXCHANGE);
    const body = new URLSearchParams(EXCHANGE);
    const form = await ask(`${sts.url}/v1/token`, { method: 'POST', body });
    expect([json.status, form.status]).toEqual([200, 200]);
    expect(JSON.parse(json.body)).toMatchObject({ expires_in: 3600, token_type: 'Bearer' });
    expect(sts.tokens.map(({ principal }) => principal)).toEqual([
      'system:serviceaccount:a:puller',
      'system:serviceaccount:a:puller',
    ]);
  });

  test('refuses every field that is missing, wrong or unknown, and unknown tokens', async () => {
    await using sts = await startFakeGoogleSts(options);
    const { scope: _left, ...incomplete } = EXCHANGE;
    const answers = await Promise.all([
      post(sts.url, incomplete),
      post(sts.url, { ...EXCHANGE, audience: 'other' }),
      post(sts.url, { ...EXCHANGE, resource: 'x' }),
      post(sts.url, { ...EXCHANGE, subject_token: 7 }),
      post(sts.url, { ...EXCHANGE, subject_token: 'unknown' }),
      ask(`${sts.url}/v1/token`),
      ask(`${sts.url}/token`, { method: 'POST' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 404, 404]);
    expect(answers[0]?.body).toContain('field \\"scope\\" is missing');
    expect(answers[4]?.body).toContain('invalid_grant');
    expect(sts.tokens).toEqual([]);
  });

  test('speaks TLS on request', async () => {
    const tls = await createTestCertificate(['127.0.0.1']);
    await using sts = await startFakeGoogleSts({ ...options, tls });
    await using google = await startFakeGoogleTokenServer({ tls });
    expect([sts.url, google.url].map((url) => new URL(url).protocol)).toEqual(['https:', 'https:']);
  });
});

describe('The fake token endpoint', () => {
  const account = createFakeServiceAccount(EMAIL);

  function assertion(changes: object = {}, header: object = { alg: 'RS256' }): string {
    const now = Math.floor(Date.now() / 1000);
    const aud = 'https://oauth2.googleapis.com/token';
    const claims = { iss: EMAIL, scope: READ_ONLY, aud, iat: now, exp: now + 3600, ...changes };
    const parts = [header, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const signer = createSign('sha256').update(parts.join('.'));
    return [...parts, signer.sign(String(account.key['private_key']), 'base64url')].join('.');
  }

  test("gives a token for a service account's signature", async () => {
    await using google = await startFakeGoogleTokenServer({ serviceAccounts: [account] });
    const { status, body } = await send(google.url, bearer(assertion()));
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ access_token: google.tokens[0]?.token });
    expect(google.tokens).toMatchObject([{ principal: EMAIL, scopes: [READ_ONLY] }]);
  });

  const past = Math.floor(Date.now() / 1000) - 9000;

  test.each([
    ['no JWT', 'rubbish'],
    ['another algorithm', assertion({}, { alg: 'none' })],
    ['a fourth part', `${assertion()}.x`],
    ['another issuer', assertion({ iss: 'other@lab-project.iam.gserviceaccount.com' })],
    ['another signature', `${assertion()}AAAA`],
    ['another audience', assertion({ aud: 'https://evil.example' })],
    ['times that are over', assertion({ iat: past, exp: past + 3600 })],
    ['times to come', assertion({ iat: past + 18_000, exp: past + 20_000 })],
    ['too long a life', assertion({ exp: past + 20_000 })],
    ['no times', assertion({ iat: 'now', exp: 'then' })],
    ['no end', assertion({ exp: 'then' })],
    ['no scope', assertion({ scope: '' })],
    ['a scope of another type', assertion({ scope: 7 })],
  ])('refuses an assertion with %s', async (_what, value) => {
    await using google = await startFakeGoogleTokenServer({ serviceAccounts: [account] });
    const { status, body } = await send(google.url, bearer(value));
    expect([status, JSON.parse(body)]).toMatchObject([400, { error: 'invalid_grant' }]);
    expect(google.tokens).toEqual([]);
  });

  test('gives a token for a refresh token and its client', async () => {
    const user = { clientId: 'gcloud', clientSecret: 'known', refreshToken: '1//one' };
    const fields = { grant_type: 'refresh_token', client_id: 'gcloud', refresh_token: '1//one' };
    await using google = await startFakeGoogleTokenServer({ users: [user] });
    const answers = await Promise.all([
      send(google.url, { ...fields, client_secret: 'known' }),
      send(google.url, { ...fields, client_secret: 'wrong' }),
      send(google.url, { ...fields, client_secret: 'known', client_id: 'other' }),
      send(google.url, { ...fields, client_secret: 'known', refresh_token: '1//two' }),
      send(google.url, fields),
      send(google.url, { ...bearer('x.y.z'), extra: 'field' }),
      ask(`${google.url}/token`),
      ask(`${google.url}/other`, { method: 'POST' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 400, 400, 400, 404, 404]);
    expect(google.tokens).toHaveLength(1);
    await using empty = await startFakeGoogleTokenServer();
    const refused = [
      send(empty.url, { ...fields, client_secret: 'known' }),
      send(empty.url, bearer('x.y.z')),
    ];
    expect((await Promise.all(refused)).map(({ status }) => status)).toEqual([400, 400]);
  });

  test('lets those impersonate a service account who may', async () => {
    const known = { principal: 'me', scopes: [CLOUD_PLATFORM], expiresAtMs: 0 };
    const accepted = [
      { ...known, token: 'mine' },
      { ...known, token: 'other', principal: 'other' },
      { ...known, token: 'narrow', scopes: [READ_ONLY] },
    ];
    await using google = await startFakeGoogleTokenServer({
      impersonators: { [EMAIL]: ['me'] },
      accepts: () => accepted,
    });
    const path = (email: string): string =>
      `${google.url}/v1/projects/-/serviceAccounts/${encodeURIComponent(email)}:generateAccessToken`;
    const good = { scope: [READ_ONLY], lifetime: '3600s' };
    const call = (token: string, wish: object = good, email: string = EMAIL): Promise<Answer> =>
      ask(path(email), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(wish),
      });
    const answers = await Promise.all([
      call('mine'),
      call('unknown'),
      call('narrow'),
      call('other'),
      call('mine', { ...good, extra: 1 }),
      call('mine', { ...good, scope: READ_ONLY }),
      call('mine', { ...good, scope: [] }),
      call('mine', { ...good, lifetime: 3600 }),
      call('mine', { ...good, delegates: 'x' }),
      call('mine', good, 'other@lab-project.iam.gserviceaccount.com'),
    ]);
    const statuses = [200, 401, 403, 403, 400, 400, 400, 400, 400, 404];
    expect(answers.map(({ status }) => status)).toEqual(statuses);
    expect(JSON.parse(answers[0].body)).toMatchObject({
      accessToken: google.tokens[0]?.token,
      expireTime: new Date(google.tokens[0]?.expiresAtMs ?? 0).toISOString(),
    });
    await using strict = await startFakeGoogleTokenServer();
    const body = JSON.stringify(good);
    const refused = await ask(path(EMAIL).replace(google.url, strict.url), {
      method: 'POST',
      body,
    });
    expect(refused.status).toBe(401);
  });
});
