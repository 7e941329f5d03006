import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { startFakeCloud, type FakeCloud } from 'docker-keyring/testing';
import { ask } from '../client.ts';

const SERVICES = [
  'ecr',
  'sts',
  'ec2Metadata',
  'ecsMetadata',
  'gceMetadata',
  'googleTokenServer',
  'googleSts',
  'entra',
  'azureMetadata',
  'acr',
] as const;

/** What a program sees that knows nothing but its environment: status and Date by URL. */
const PROGRAM = `
  import { get } from 'node:https';
  import { HttpsProxyAgent } from 'https-proxy-agent';
  const agent = new HttpsProxyAgent(process.env.HTTPS_PROXY);
  const ask = (url) => new Promise((resolve) => {
    get(url, { agent }, (answer) => answer.resume().on('end', () => resolve(answer.statusCode)))
      .on('error', (error) => resolve(error.message));
  });
  const urls = process.argv.slice(1);
  console.log(JSON.stringify(await Promise.all(urls.map(ask))));
`;

describe('A fake cloud', () => {
  let cloud: FakeCloud;
  beforeAll(async () => {
    cloud = await startFakeCloud({
      hosts: {
        'registry.example.com': ({ host }) => ({
          status: host === 'registry.example.com' ? 201 : 500,
        }),
        '*.team.example.com': () => ({ status: 202 }),
      },
      gceMetadata: { projectId: 'other-project' },
      now: () => Date.UTC(2001, 1, 3),
    });
  });
  afterAll(() => cloud.close());

  test('leads a program that obeys its environment to every service, with TLS that it trusts', async () => {
    const asked: readonly (readonly [string, keyof FakeCloud])[] = [
      ['https://api.ecr.eu-west-1.amazonaws.com/', 'ecr'],
      ['https://api.ecr.cn-north-1.amazonaws.com.cn/', 'ecr'],
      ['https://api.ecr-public.us-east-1.amazonaws.com/', 'ecr'],
      ['https://sts.amazonaws.com/', 'sts'],
      ['https://sts.us-west-2.amazonaws.com/', 'sts'],
      ['https://oauth2.googleapis.com/', 'googleTokenServer'],
      ['https://iamcredentials.googleapis.com/', 'googleTokenServer'],
      ['https://sts.googleapis.com/', 'googleSts'],
      ['https://login.microsoftonline.com/', 'entra'],
      ['https://team.azurecr.io/v2/', 'acr'],
      ['https://team.eastus.data.azurecr.io/v2/', 'acr'],
    ];
    const statuses = await run(
      cloud,
      asked.map(([url]) => url),
    );
    expect(statuses).not.toContainEqual(expect.any(String));
    for (const [url, name] of asked) {
      const { host } = new URL(url);
      const { requests } = cloud[name] as FakeCloud['ecr'];
      expect([name, requests.some((request) => request.host === host)]).toEqual([name, true]);
    }
  });

  test('has servers of the test, by name and by pattern', async () => {
    const names = ['registry', 'a.team', 'b.a.team'].map((name) => `https://${name}.example.com/`);
    expect(await run(cloud, names)).toEqual([201, 202, 202]);
    expect(cloud.hosts['*.team.example.com']?.requests.map(({ host }) => host).toSorted()).toEqual([
      'a.team.example.com',
      'b.a.team.example.com',
    ]);
  });

  test('keeps everything else of the internet out, and says what was asked for', async () => {
    expect(await run(cloud, ['https://example.org/'])).toEqual([502]);
    expect(cloud.proxy.connects).toContain('example.org:443');
  });

  test('forwards to the metadata server of Google Cloud by its name', async () => {
    const path = 'http://metadata.google.internal/computeMetadata/v1/project/project-id';
    const headers = { host: 'metadata.google.internal', 'metadata-flavor': 'Google' };
    const { body } = await ask(cloud.proxy.url, { path, headers });
    expect(body).toBe('other-project');
  });

  test('has one clock', async () => {
    const services = SERVICES.map((name) => cloud[name]);
    const hosts = Object.values(cloud.hosts);
    const answers = await Promise.all(
      [...services, ...hosts].map(({ url }) => ask(url, { ca: cloud.ca })),
    );
    const dates = new Set(answers.map(({ headers }) => headers['date']));
    expect([...dates]).toEqual(['Sat, 03 Feb 2001 00:00:00 GMT']);
  });

  test('lets the token server know the tokens of the metadata server', async () => {
    const path = '/computeMetadata/v1/instance/service-accounts/default/token';
    const { body } = await ask(cloud.gceMetadata.url + path, {
      headers: { 'metadata-flavor': 'Google' },
    });
    const { access_token: token } = JSON.parse(body) as { readonly access_token: string };
    const account = 'team@other-project.iam.gserviceaccount.com';
    const { status } = await ask(
      `${cloud.googleTokenServer.url}/v1/projects/-/serviceAccounts/${account}:generateAccessToken`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{"scope":["https://www.googleapis.com/auth/cloud-platform"]}',
      },
    );
    // Known, and without permission.
    expect(status).toBe(403);
  });

  test('replaces what a developer has in the environment', () => {
    expect(cloud.env).toMatchObject({
      AWS_PROFILE: '',
      AWS_ACCESS_KEY_ID: '',
      GOOGLE_APPLICATION_CREDENTIALS: '',
      https_proxy: cloud.proxy.url,
    });
    const { AWS_CONFIG_FILE, CLOUDSDK_CONFIG } = cloud.env;
    expect([AWS_CONFIG_FILE, CLOUDSDK_CONFIG].map((path = '') => existsSync(path))).toEqual([
      false,
      false,
    ]);
  });
});

test('A fake cloud announces the metadata service of its machine alone', async () => {
  const machines = ['aws', 'google', 'azure', 'none'] as const;
  const clouds = await Promise.all(machines.map((machine) => startFakeCloud({ machine })));
  const announced = clouds.map(({ env, ec2Metadata, gceMetadata, azureMetadata }) => ({
    aws: env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] === ec2Metadata.url,
    google: env['GCE_METADATA_HOST'] === gceMetadata.host,
    googleIsSought: env['METADATA_SERVER_DETECTION'] === '',
    azure: env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] === azureMetadata.url,
  }));
  await Promise.all(clouds.map((cloud) => cloud.close()));
  const nothing = { aws: false, google: false, googleIsSought: false, azure: false };
  expect(announced).toEqual([
    { ...nothing, aws: true },
    { ...nothing, google: true, googleIsSought: true },
    { ...nothing, azure: true },
    nothing,
  ]);
});

test('A machine in the fake Azure pulls from any registry with its own identity', async () => {
  await using cloud = await startFakeCloud({ machine: 'azure' });
  const { AZURE_POD_IDENTITY_AUTHORITY_HOST: metadata = '' } = cloud.env;
  const resource = encodeURIComponent('https://containerregistry.azure.net');
  const path = `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${resource}`;
  const answer = await ask(metadata + path, { headers: { metadata: 'true' } });
  const { access_token: token } = JSON.parse(answer.body) as { readonly access_token: string };
  const exchange = await ask(`${cloud.acr.url}/oauth2/exchange`, {
    method: 'POST',
    ca: cloud.ca,
    servername: 'team.azurecr.io',
    headers: { host: 'team.azurecr.io', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'access_token',
      service: 'team.azurecr.io',
      access_token: token,
    }).toString(),
  });
  expect(exchange.status).toBe(200);
  expect(cloud.acr.refreshTokens).toHaveLength(1);
});

test('A fake cloud closes all of its servers and removes its files, and closes twice', async () => {
  const cloud = await startFakeCloud();
  const { NODE_EXTRA_CA_CERTS: caFile = '' } = cloud.env;
  expect(existsSync(caFile)).toBe(true);
  await cloud.close();
  await cloud.close();
  expect(existsSync(caFile)).toBe(false);
  const urls = [cloud.proxy.url, cloud.ecr.url, cloud.gceMetadata.url];
  const answers = await Promise.allSettled(urls.map((url) => ask(url)));
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});

async function run({ env }: FakeCloud, urls: readonly string[]): Promise<unknown> {
  const argv = ['--input-type=module', '-e', PROGRAM, ...urls];
  const { stdout } = await promisify(execFile)(process.execPath, argv, {
    env: { ...process.env, ...env },
  });
  return JSON.parse(stdout);
}
