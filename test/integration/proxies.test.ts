// With HTTPS_PROXY, HTTP_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS alone, every request of ours and of the clouds' SDKs goes
// where the environment says. The hosts' real names are asked for; the proxy leads them to servers on this machine.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  EXAMPLE_AWS_CREDENTIALS,
  EXAMPLE_ROLE_CREDENTIALS,
} from '../../src/testing/aws/fake-aws-credentials.ts';
import { startFakeEc2Metadata } from '../../src/testing/aws/fake-ec2-metadata.ts';
import { startFakeEcr, type FakeEcr } from '../../src/testing/aws/fake-ecr.ts';
import { startFakeSts, type FakeSts } from '../../src/testing/aws/fake-sts.ts';
import { startFakeAcr, type FakeAcr } from '../../src/testing/azure/fake-acr.ts';
import { startFakeAzureMetadata } from '../../src/testing/azure/fake-azure-metadata.ts';
import { startFakeEntra, type FakeEntra } from '../../src/testing/azure/fake-entra.ts';
import { createTestAuthority } from '../../src/testing/tls/certificates.ts';
import { startFakeProxy, type FakeProxy } from '../../src/testing/fake-proxy.ts';
import { startFakeGceMetadata } from '../../src/testing/google/fake-gce-metadata.ts';
import {
  startFakeGoogleTokenServer,
  type FakeGoogleTokenServer,
} from '../../src/testing/google/fake-google-token-server.ts';
import { createFakeServiceAccount } from '../../src/testing/google/fake-service-account.ts';
import { buildNodeProgram, type NodeProgram } from '../unit/system/node-program.ts';

const TENANT_ID = '00000000-0000-0000-0000-000000000001';
const CLIENT_ID = '00000000-0000-0000-0000-000000000002';
const ROLE = 'arn:aws:iam::210987654321:role/pull';
const ECR_HOST = 'api.ecr.us-west-2.amazonaws.com';
const PROXY_USER = { username: 'user', password: 'hunter2' };

let program: NodeProgram;
let ecr: FakeEcr;
let sts: FakeSts;
let google: FakeGoogleTokenServer;
let entra: FakeEntra;
let acr: FakeAcr;
let proxy: FakeProxy;
let environment: Record<string, string>;

beforeAll(async () => {
  program = buildNodeProgram([
    'src/providers/acr/acr.ts',
    'src/providers/ecr/ecr.ts',
    'src/providers/gcr/gcr.ts',
  ]);
  await startServers();
  proxy = await startFakeProxy(
    {
      [`${ECR_HOST}:443`]: ecr.host,
      'sts.test:80': sts.host,
      'oauth2.googleapis.com:443': google.host,
      'login.microsoftonline.com:443': entra.host,
      'shop.azurecr.io:443': acr.host,
    },
    { credentials: PROXY_USER },
  );
  const url = proxy.url.replace('//', `//${PROXY_USER.username}:${PROXY_USER.password}@`);
  environment = { ...environment, HTTPS_PROXY: url, HTTP_PROXY: url };
});

afterAll(async () => {
  const all = [proxy, ecr, sts, google, entra, acr];
  await Promise.all(all.map((each) => each.close()));
  program.remove();
});

async function startServers(): Promise<void> {
  const authority = await createTestAuthority();
  const account = createFakeServiceAccount('puller@lab-project.iam.gserviceaccount.com');
  const credentials = [EXAMPLE_AWS_CREDENTIALS, EXAMPLE_ROLE_CREDENTIALS];
  const applications = [{ tenantId: TENANT_ID, clientId: CLIENT_ID, secret: 'canary' }];
  ecr = await startFakeEcr({ credentials, tls: authority.issue([ECR_HOST]) });
  sts = await startFakeSts({ credentials, roles: { [ROLE]: {} } });
  google = await startFakeGoogleTokenServer({
    serviceAccounts: [account],
    tls: authority.issue(['oauth2.googleapis.com']),
  });
  const login = authority.issue(['login.microsoftonline.com']);
  entra = await startFakeEntra({ applications, tls: login });
  acr = await startFakeAcr({ trusts: [entra], tls: authority.issue(['shop.azurecr.io']) });
  const [caFile, keyFile] = ['ca.pem', 'key.json'].map((name) => join(program.folder, name));
  writeFileSync(String(caFile), authority.ca);
  writeFileSync(String(keyFile), JSON.stringify(account.key));
  environment = {
    HOME: program.folder,
    // The AWS SDK announces the end of its support for Node 20.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    NODE_EXTRA_CA_CERTS: String(caFile),
    AWS_ACCESS_KEY_ID: EXAMPLE_AWS_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: EXAMPLE_AWS_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_STS: 'http://sts.test',
    AWS_REGION: 'us-west-2',
    GOOGLE_APPLICATION_CREDENTIALS: String(keyFile),
    METADATA_SERVER_DETECTION: 'none',
    AZURE_TENANT_ID: TENANT_ID,
    AZURE_CLIENT_ID: CLIENT_ID,
    AZURE_CLIENT_SECRET: 'canary',
  };
}

/** Notes where connections go, and keeps those to other machines from being made. */
const WATCH = `
  const { Socket } = process.getBuiltinModule('node:net');
  const connections = [];
  const connect = Socket.prototype.connect;
  Socket.prototype.connect = function (...args) {
    const { host = 'localhost', port } = Array.isArray(args[0]) ? args[0][0] : args[0];
    connections.push(host + ':' + port);
    if (/^(127\\.0\\.0\\.1|localhost)$/.test(host)) return connect.apply(this, args);
    process.nextTick(() => this.destroy(Object.assign(new Error('kept here'), { code: 'EHOSTUNREACH' })));
    return this;
  };`;

interface Outcome {
  /** User names, or the failure's message. */
  readonly answer: string;
  /** Where connections went, each once. */
  readonly connections: readonly string[];
}

/** Asks a provider, written as code, in a process of its own. */
async function ask(
  provider: string,
  image: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const code = `${WATCH}
    const { signal } = new AbortController();
    const answer = await ${provider}.provide({ image: '${image}', signal }).then(
      ({ auth }) => [...new Set(Object.values(auth).map(({ username }) => username))].join(),
      ({ message }) => message,
    );
    console.log(JSON.stringify({ answer, connections: [...new Set(connections)] }));`;
  const { exitCode, stdout, stderr } = await program.run(code, { ...environment, ...env });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as Outcome;
}

const ECR_IMAGE = '123456789012.dkr.ecr.us-west-2.amazonaws.com/app';
const GCR_IMAGE = 'us-docker.pkg.dev/lab-project/containers/app';
const ACR_IMAGE = 'shop.azurecr.io/web';

describe('With HTTPS_PROXY, HTTP_PROXY and NODE_EXTRA_CA_CERTS', () => {
  test.each([
    ['ecr()', ECR_IMAGE, 'AWS', [`${ECR_HOST}:443`]],
    [
      `ecr({ accounts: { '123456789012': { roleArn: '${ROLE}' } } })`,
      ECR_IMAGE,
      'AWS',
      ['sts.test:80', `${ECR_HOST}:443`],
    ],
    ['gcr()', GCR_IMAGE, 'oauth2accesstoken', ['oauth2.googleapis.com:443']],
    [
      'acr()',
      ACR_IMAGE,
      '00000000-0000-0000-0000-000000000000',
      ['login.microsoftonline.com:443', 'shop.azurecr.io:443'],
    ],
  ])('every request of %s goes through the proxy', async (provider, image, username, targets) => {
    const before = proxy.requests.length;
    const { answer, connections } = await ask(provider, image);
    expect(answer).toBe(username);
    expect(connections).toEqual([proxy.host]);
    const asked = proxy.requests.slice(before);
    expect(new Set(asked.map(({ target }) => target))).toEqual(new Set(targets));
    expect(asked.filter(({ routedTo }) => routedTo === undefined)).toEqual([]);
  });

  test.each([
    ['ecr()', ECR_IMAGE],
    ['gcr()', GCR_IMAGE],
    ['acr()', ACR_IMAGE],
  ])('what %s says names a proxy that refuses, and not its password', async (provider, image) => {
    const env = { HTTPS_PROXY: proxy.url.replace('//', '//user:wrong-canary@') };
    const { answer, connections } = await ask(provider, image, env);
    expect(connections).toEqual([proxy.host]);
    expect(answer).toMatch(/proxy/);
    expect(answer).toContain('407');
    expect(answer).not.toContain('canary');
  });

  test('a certificate of an unknown authority is refused, and what to do is said', async () => {
    const env = { NODE_EXTRA_CA_CERTS: '' };
    const outcomes = await Promise.all([
      ask('ecr()', ECR_IMAGE, env),
      ask('gcr()', GCR_IMAGE, env),
      ask('acr()', ACR_IMAGE, env),
    ]);
    for (const { answer } of outcomes) expect(answer).toContain('NODE_EXTRA_CA_CERTS');
  });
});

describe('With NO_PROXY', () => {
  test.each([
    ['ecr()', ECR_IMAGE, '.us-west-2.amazonaws.com', [`${ECR_HOST}:443`]],
    ['gcr()', GCR_IMAGE, 'oauth2.googleapis.com', ['oauth2.googleapis.com:443']],
    ['acr()', ACR_IMAGE, '*', ['shop.azurecr.io:443']],
  ])('%s asks a host in it directly', async (provider, image, noProxy, targets) => {
    const before = proxy.requests.length;
    const { connections } = await ask(provider, image, { NO_PROXY: noProxy });
    expect(connections).toEqual(targets);
    expect(proxy.requests).toHaveLength(before);
  });
});

describe('Metadata servers', () => {
  test('of EC2 are asked directly', async () => {
    await using metadata = await startFakeEc2Metadata();
    const env = { ...metadata.env, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const { answer, connections } = await ask('ecr()', ECR_IMAGE, env);
    expect(answer).toBe('AWS');
    expect(new Set(connections)).toEqual(new Set([metadata.host, proxy.host]));
  });

  test('of GCE are asked directly', async () => {
    await using metadata = await startFakeGceMetadata();
    const env = {
      ...metadata.env,
      GOOGLE_APPLICATION_CREDENTIALS: '',
      METADATA_SERVER_DETECTION: '',
    };
    const { answer, connections } = await ask('gcr()', GCR_IMAGE, env);
    expect(answer).toBe('_token');
    expect(connections).toEqual([metadata.host]);
  });

  test('of Azure are asked directly', async () => {
    await using metadata = await startFakeAzureMetadata({
      systemAssigned: { tenantId: TENANT_ID, clientId: CLIENT_ID },
    });
    const env = { ...metadata.env, AZURE_CLIENT_SECRET: '', AZURE_CLIENT_ID: '' };
    const provider = "acr({ identity: { kind: 'managed-identity' } })";
    const { connections } = await ask(provider, ACR_IMAGE, env);
    // The registry's own name, unlike that of the metadata server, is the proxy's.
    expect(new Set(connections)).toEqual(new Set([metadata.host, proxy.host]));
    expect(metadata.requests).not.toEqual([]);
  });
});
