// gcr() in processes of its own, by real host names: every way to a token goes through the proxy of the environment and
// trusts NODE_EXTRA_CA_CERTS, also where google-auth-library does its own HTTP; the metadata server is asked directly.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTestAuthority } from '../../src/testing/tls/certificates.ts';
import { startFakeProxy, type FakeProxy } from '../../src/testing/fake-proxy.ts';
import { startFakeServer, type FakeServer } from '../../src/testing/fake-server.ts';
import {
  startFakeGceMetadata,
  type FakeGceMetadata,
} from '../../src/testing/google/fake-gce-metadata.ts';
import {
  startFakeGoogleSts,
  type FakeGoogleSts,
} from '../../src/testing/google/fake-google-sts.ts';
import {
  startFakeGoogleTokenServer,
  type FakeGoogleTokenServer,
} from '../../src/testing/google/fake-google-token-server.ts';
import { createFakeServiceAccount } from '../../src/testing/google/fake-service-account.ts';
import { buildNodeProgram, type NodeProgram } from '../unit/system/node-program.ts';

const IMAGE = 'us-docker.pkg.dev/lab-project/containers/app';
const TARGET = 'target@lab-project.iam.gserviceaccount.com';
const ISSUER = 'https://container.googleapis.com/v1/projects/lab-project/locations/us/clusters/c';
const audience = `identitynamespace:lab-project.svc.id.goog:${ISSUER}`;
const subjects = { 'a.b.c': 'system:serviceaccount:team-a:puller' };
const account = createFakeServiceAccount('puller@lab-project.iam.gserviceaccount.com');
const user = { clientId: 'gcloud', clientSecret: 'canary', refreshToken: '1//canary' };

let program: NodeProgram;
let google: FakeGoogleTokenServer;
let sts: FakeGoogleSts;
let metadata: FakeGceMetadata;
let document: FakeServer;
let proxy: FakeProxy;
let environment: Record<string, string>;

beforeAll(async () => {
  program = buildNodeProgram(['src/providers/gcr/gcr.ts']);
  const authority = await createTestAuthority();
  const names = ['oauth2.googleapis.com', 'iamcredentials.googleapis.com', 'sts.googleapis.com'];
  const tls = authority.issue([...names, 'config.test']);
  google = await startFakeGoogleTokenServer({
    tls,
    serviceAccounts: [account],
    users: [user],
    impersonators: { [TARGET]: [account.email] },
  });
  sts = await startFakeGoogleSts({ tls, audience, subjects });
  document = await startFakeServer(
    () => ({ body: { 'quay.io': { username: 'robot', password: 'r' } } }),
    { tls },
  );
  const attributes = { 'google-dockercfg-url': 'https://config.test/dockercfg' };
  metadata = await startFakeGceMetadata({ attributes });
  proxy = await startFakeProxy({
    'oauth2.googleapis.com:443': google.host,
    'iamcredentials.googleapis.com:443': google.host,
    'sts.googleapis.com:443': sts.host,
    'config.test:443': document.host,
  });
  environment = {
    HOME: program.folder,
    HTTPS_PROXY: proxy.url,
    HTTP_PROXY: proxy.url,
    NODE_EXTRA_CA_CERTS: writeFile('ca.pem', authority.ca),
    METADATA_SERVER_DETECTION: 'none',
  };
});

afterAll(async () => {
  await Promise.all([proxy, google, sts, metadata, document].map((each) => each.close()));
  program.remove();
});

function writeFile(name: string, content: string | object): string {
  const path = join(program.folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

interface Outcome {
  /** User names by key, or the failure's message. */
  readonly answer: Readonly<Record<string, string>> | string | null;
  /** The proxy's new targets. */
  readonly connects: readonly string[];
  readonly isSdkLoaded: boolean;
}

async function ask(
  options: string,
  env: Readonly<Record<string, string>>,
  request = '',
): Promise<Outcome> {
  const before = proxy.requests.length;
  const code = `
    const { signal } = new AbortController();
    const answer = await gcr(${options}).provide({ image: '${IMAGE}', signal, ${request} }).then(
      (given) => given === undefined ? null
        : Object.fromEntries(Object.entries(given.auth).map(([key, { username }]) => [key, username])),
      ({ message }) => message,
    );
    const { createRequire } = process.getBuiltinModule('node:module');
    const loaded = Object.keys(createRequire(import.meta.url).cache);
    const isSdkLoaded = loaded.some((path) => path.includes('google-auth-library'));
    console.log(JSON.stringify({ answer, isSdkLoaded }));`;
  const { exitCode, stdout, stderr } = await program.run(code, { ...environment, ...env });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const connects = proxy.requests.slice(before).map(({ target }) => target);
  return { ...(JSON.parse(stdout) as Outcome), connects };
}

describe('Through the proxy', () => {
  test.each([
    ['a service account', () => account.key],
    [
      'a person',
      () => ({
        type: 'authorized_user',
        client_id: user.clientId,
        client_secret: user.clientSecret,
        refresh_token: user.refreshToken,
      }),
    ],
  ])('%s gets a token', async (_who, key) => {
    const outcome = await ask('{}', { GOOGLE_APPLICATION_CREDENTIALS: writeFile('a.json', key()) });
    expect(outcome.answer).toHaveProperty(['gcr.io'], 'oauth2accesstoken');
    expect(outcome.connects).toEqual(['oauth2.googleapis.com:443']);
    expect(outcome.isSdkLoaded).toBe(true);
  });

  test('a workload of another cloud gets a token', async () => {
    const file = writeFile('workload.json', {
      type: 'external_account',
      audience,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: 'https://sts.googleapis.com/v1/token',
      credential_source: { file: writeFile('subject', 'a.b.c') },
    });
    const outcome = await ask('{}', { GOOGLE_APPLICATION_CREDENTIALS: file });
    expect(outcome.answer).toHaveProperty(['gcr.io'], 'oauth2accesstoken');
    expect(outcome.connects).toEqual(['sts.googleapis.com:443']);
  });

  test('another service account is impersonated', async () => {
    const file = writeFile('key.json', account.key);
    const env = { GOOGLE_APPLICATION_CREDENTIALS: file };
    const { answer, connects } = await ask(`{ impersonate: '${TARGET}' }`, env);
    expect(answer).toHaveProperty(['gcr.io'], 'oauth2accesstoken');
    expect(connects).toEqual(['oauth2.googleapis.com:443', 'iamcredentials.googleapis.com:443']);
  });

  test("a pod's own token is exchanged, and no SDK is loaded", async () => {
    const options = `{ serviceAccount: { projectId: 'lab-project', identityProvider: '${ISSUER}' } }`;
    const annotations = `{ 'iam.gke.io/enable-wi-image-pull': 'true' }`;
    const request = `serviceAccountToken: 'a.b.c', serviceAccountAnnotations: ${annotations}`;
    const { answer, connects, isSdkLoaded } = await ask(options, {}, request);
    expect(answer).toHaveProperty(['gcr.io'], '_token');
    expect(connects).toEqual(['sts.googleapis.com:443']);
    expect(isSdkLoaded).toBe(false);
  });

  test('the document of an attribute is fetched, and the metadata server asked directly', async () => {
    const env = { METADATA_SERVER_DETECTION: '', ...metadata.env };
    const { answer, connects, isSdkLoaded } = await ask('{}', env);
    expect(answer).toMatchObject({ 'quay.io': 'robot', 'gcr.io': '_token' });
    expect(connects).toEqual(['config.test:443']);
    expect(isSdkLoaded).toBe(false);
  });
});

describe('Without what it takes', () => {
  test('an authority that is not trusted is named as the reason', async () => {
    const file = writeFile('key.json', account.key);
    const env = { GOOGLE_APPLICATION_CREDENTIALS: file, NODE_EXTRA_CA_CERTS: '' };
    expect((await ask('{}', env)).answer).toContain(
      `Google, asked with ${file}, does not answer: its certificate is not trusted: set NODE_EXTRA_CA_CERTS`,
    );
  });

  test('on a machine that is not on Google Cloud the answer is none', async () => {
    const outcome = await ask('{}', { METADATA_SERVER_DETECTION: '' });
    expect(outcome).toMatchObject({ answer: null, connects: [], isSdkLoaded: false });
  });
});
