import { describe, expect, test } from '@jest/globals';
import { startFakeGceMetadata } from '../../../../src/testing/google/fake-gce-metadata.ts';
import { askFake as ask } from './ask-fake.ts';

const FLAVOR = { 'Metadata-Flavor': 'Google' };
const ROOT = '/computeMetadata/v1';
const ACCOUNT = `${ROOT}/instance/service-accounts/default`;
const READ_ONLY = 'https://www.googleapis.com/auth/devstorage.read_only';

describe('The fake metadata server', () => {
  test('answers as the real one does', async () => {
    const attributes = { 'google-dockercfg': '{}' };
    await using metadata = await startFakeGceMetadata({ attributes });
    const headers = FLAVOR;
    const paths = [
      `${ROOT}/project/project-id`,
      `${ROOT}/instance/`,
      `${ROOT}/instance/service-accounts/`,
      `${ACCOUNT}/`,
      `${ACCOUNT}/email`,
      `${ACCOUNT}/scopes`,
      `${ACCOUNT}/scopes?alt=json`,
      `${ROOT}/instance/attributes/google-dockercfg`,
    ];
    const answers = await Promise.all(
      paths.map((path) => ask(`${metadata.url}${path}`, { headers })),
    );
    expect(answers.map(({ status }) => status)).toEqual(paths.map(() => 200));
    expect(answers.map(({ body }) => body)).toEqual([
      'lab-project',
      'attributes/\nservice-accounts/\n',
      'default/\nnode@lab-project.iam.gserviceaccount.com/\n',
      'aliases\nemail\nidentity\nscopes\ntoken\n',
      'node@lab-project.iam.gserviceaccount.com',
      READ_ONLY,
      JSON.stringify([READ_ONLY]),
      '{}',
    ]);
    expect(metadata.env).toEqual({ GCE_METADATA_HOST: metadata.host });
  });

  test('wants its header, nobody in between, GET, a known path and known parameters', async () => {
    await using metadata = await startFakeGceMetadata();
    const { url } = metadata;
    const token = `${url}${ACCOUNT}/token`;
    const answers = await Promise.all([
      ask(`${url}/`),
      ask(token),
      ask(token, { headers: { ...FLAVOR, 'X-Forwarded-For': '10.0.0.1' } }),
      ask(token, { headers: FLAVOR, method: 'POST' }),
      ask(`${token}?alt=xml`, { headers: FLAVOR }),
      ask(`${url}${ROOT}/instance`, { headers: FLAVOR }),
      ask(`${url}${ROOT}/instance/attributes/google-dockercfg`, { headers: FLAVOR }),
      ask(`${url}/latest/meta-data/`, { headers: FLAVOR }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 403, 405, 400, 301, 404, 404]);
    expect(answers.every(({ flavor }) => flavor === 'Google')).toBe(true);
    expect(metadata.tokens).toEqual([]);
  });

  test('gives the same token until five minutes before its end', async () => {
    let nowMs = 0;
    await using metadata = await startFakeGceMetadata({ now: () => nowMs, lifetimeSeconds: 600 });
    const read = async (): Promise<Record<string, unknown>> => {
      const { body } = await ask(`${metadata.url}${ACCOUNT}/token`, { headers: FLAVOR });
      return JSON.parse(body) as Record<string, unknown>;
    };
    const first = await read();
    nowMs = 299_000;
    const second = await read();
    nowMs = 301_000;
    const third = await read();
    expect([first, second, third].map((answer) => answer['expires_in'])).toEqual([600, 301, 600]);
    expect(second['access_token']).toBe(first['access_token']);
    expect(third['access_token']).toBe(metadata.tokens[1]?.token);
  });

  test('may have no service account', async () => {
    await using metadata = await startFakeGceMetadata({ email: null });
    const headers = FLAVOR;
    const list = await ask(`${metadata.url}${ROOT}/instance/service-accounts/`, { headers });
    const token = await ask(`${metadata.url}${ACCOUNT}/token`, { headers });
    expect([list.status, list.body, token.status]).toEqual([200, '', 404]);
  });
});
