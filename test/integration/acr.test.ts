// Every identity of acr(), with the real @azure/identity, in a process of its own that knows the clouds by their real
// names: a proxy leads them to fakes, whose authority NODE_EXTRA_CA_CERTS names.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { fakeJwt } from '../../src/testing/azure/aad-tokens.ts';
import { createClientCertificate } from '../../src/testing/azure/client-certificate.ts';
import { startFakeAcr, type FakeAcr } from '../../src/testing/azure/fake-acr.ts';
import {
  startFakeAzureMetadata,
  type FakeAzureMetadata,
} from '../../src/testing/azure/fake-azure-metadata.ts';
import { startFakeEntra, type FakeEntra } from '../../src/testing/azure/fake-entra.ts';
import { startFakeProxy, type FakeProxy } from '../../src/testing/fake-proxy.ts';

const TENANT = '11111111-2222-3333-4444-555555555555';
const CLIENT = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee';
const SECRET = 'lab~secret+/=&%';
const IMAGE = 'labreg.azurecr.io/team-a/app';
const IDS = { tenantId: TENANT, clientId: CLIENT };
const folder = mkdtempSync(join(tmpdir(), 'docker-keyring-'));
const certificate = createClientCertificate();
const federated = { issuer: 'https://lab.issuer', subject: 'puller' };
const assertion = fakeJwt({
  iss: federated.issuer,
  sub: federated.subject,
  aud: 'api://AzureADTokenExchange',
  exp: 4_000_000_000,
});

let entra: FakeEntra;
let metadata: FakeAzureMetadata;
let registry: FakeAcr;
let proxy: FakeProxy;

/** Asks once, and prints who was authenticated, or why not. */
const PROGRAM = `
import { acr } from ${JSON.stringify(join(process.cwd(), 'src/providers/acr/acr.ts'))};
const { options, request } = JSON.parse(process.argv[2]);
const signal = AbortSignal.timeout(60_000);
try {
  const answer = await acr(options).provide({ ...request, signal });
  console.log(JSON.stringify(answer));
} catch (error) {
  console.log(JSON.stringify({ failure: error.message }));
}
`;

beforeAll(async () => {
  entra = await startFakeEntra({
    applications: [{ ...IDS, secret: SECRET, certificate: certificate.certificate, federated }],
  });
  metadata = await startFakeAzureMetadata({ systemAssigned: IDS });
  registry = await startFakeAcr({ trusts: [entra, metadata], tenantId: TENANT });
  proxy = await startFakeProxy({
    'login.microsoftonline.com:443': entra.host,
    '*.azurecr.io:443': registry.host,
  });
  writeFileSync(join(folder, 'ca.pem'), entra.ca + registry.ca);
  writeFileSync(join(folder, 'c.pem'), certificate.pem);
  writeFileSync(join(folder, 'token'), assertion);
  writeFileSync(join(folder, 'azure.json'), '{"useManagedIdentityExtension": true}');
  writeFileSync(join(folder, 'program.ts'), PROGRAM);
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  await build({
    entryPoints: [join(folder, 'program.ts')],
    outfile: join(folder, 'program.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
}, 120_000);

afterAll(async () => {
  await Promise.all([proxy, entra, metadata, registry].map(async (server) => server.close()));
  rmSync(folder, { recursive: true });
});

async function run(
  options: object,
  env: Readonly<Record<string, string>> = {},
  request: object = {},
): Promise<{ auth?: Record<string, { password: string }>; failure?: string }> {
  const argument = JSON.stringify({ options, request: { image: IMAGE, ...request } });
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(folder, 'program.mjs'), argument],
    {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        HTTPS_PROXY: proxy.url,
        NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
        ...env,
      },
    },
  );
  return JSON.parse(stdout) as Awaited<ReturnType<typeof run>>;
}

const variables = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT };
const principal = { kind: 'service-principal', ...IDS };

describe('acr', () => {
  test.each<[string, object, () => Record<string, string>]>([
    ['a secret', { identity: { ...principal, clientSecret: SECRET } }, () => ({})],
    [
      'a certificate',
      { identity: { ...principal, certificatePath: join(folder, 'c.pem') } },
      () => ({}),
    ],
    ['the environment’s secret', {}, () => ({ ...variables, AZURE_CLIENT_SECRET: SECRET })],
    [
      'the environment’s workload identity',
      {},
      () => ({ ...variables, AZURE_FEDERATED_TOKEN_FILE: join(folder, 'token') }),
    ],
    ['a managed identity', { identity: { kind: 'managed-identity' } }, () => metadata.env],
    [
      'a user-assigned identity',
      { identity: { kind: 'managed-identity', clientId: CLIENT } },
      () => metadata.env,
    ],
    ['App Service', { identity: { kind: 'managed-identity' } }, () => metadata.appServiceEnv],
    ['azure.json', { configFile: join(folder, 'azure.json') }, () => metadata.env],
  ])('exchanges the token of %s', async (_name, options, env) => {
    const { auth, failure } = await run(options, env());
    expect(failure).toBeUndefined();
    expect(auth?.['labreg.azurecr.io']?.password).toBe(registry.refreshTokens.at(-1));
  });

  test('exchanges the token of a service account', async () => {
    const serviceAccountAnnotations = {
      'kubernetes.azure.com/acr-client-id': CLIENT,
      'kubernetes.azure.com/acr-tenant-id': TENANT,
    };
    const { auth } = await run(
      {},
      {},
      { serviceAccountToken: assertion, serviceAccountAnnotations },
    );
    expect(auth?.['labreg.azurecr.io']?.password).toBe(registry.refreshTokens.at(-1));
  });

  test('exchanges the token of Azure CLI’s login', async () => {
    const accessToken = entra.tokens[0]?.token;
    const expiresOn = new Date(Date.now() + 3_600_000).toISOString();
    const script = `#!/bin/sh\necho '${JSON.stringify({ accessToken, expiresOn })}'\n`;
    writeFileSync(join(folder, 'az'), script, { mode: 0o755 });
    const { auth, failure } = await run({ identity: { kind: 'developer' } }, { PATH: folder });
    expect(failure).toBeUndefined();
    expect(auth?.['labreg.azurecr.io']?.password).toBe(registry.refreshTokens.at(-1));
  });

  test('says, off Azure, what it has tried', async () => {
    const { failure } = await run({}, { PATH: '/nonexistent' });
    // The machine of a test may have a metadata service of its own.
    expect(failure).toMatch(/there is no metadata service of Azure here|is not Azure’s/);
    expect(failure).toContain('the login of Azure CLI got no token: it is not installed');
  });
});
