import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { acr } from '../../../../src/providers/acr/acr.ts';
import type { AcrOptions } from '../../../../src/providers/acr/acr-options.ts';
import type { CredentialRequest, CredentialResponse } from '../../../../src/providers/contract.ts';
import { startFakeAcr, type FakeAcr } from '../../../../src/testing/azure/fake-acr.ts';
import {
  startFakeAzureMetadata,
  type FakeAzureMetadata,
} from '../../../../src/testing/azure/fake-azure-metadata.ts';
import { startFakeEntra, type FakeEntra } from '../../../../src/testing/azure/fake-entra.ts';
import { createClientCertificate } from '../../../../src/testing/azure/client-certificate.ts';
import { fakeJwt } from '../../../../src/testing/azure/aad-tokens.ts';
import { fakeSystem, type FakeSystem, type FakeWorld } from '../../fakes/fake-system.ts';
import {
  APPLICATION,
  CLIENT,
  IMAGE,
  SECRET,
  SERVICE_PRINCIPAL,
  TENANT,
  asked,
  throughFakes,
} from './azure-world.ts';

const HOST = 'labreg.azurecr.io';
const NULL_GUID = '00000000-0000-0000-0000-000000000000';
const CERTIFIED = 'cccccccc-bbbb-cccc-dddd-eeeeeeeeeeee';
const PLAIN = createClientCertificate();
const LOCKED = createClientCertificate('pass phrase');
const IDENTITY = {
  tenantId: TENANT,
  clientId: CLIENT,
  resourceId: '/subscriptions/s/id',
  objectId: 'o-1',
};
const FEDERATED = { issuer: 'https://lab.issuer', subject: 'system:serviceaccount:team-a:puller' };
const ASSERTION = fakeJwt({
  iss: FEDERATED.issuer,
  sub: FEDERATED.subject,
  aud: ['api://AzureADTokenExchange'],
  exp: 4_000_000_000,
});
const ANNOTATIONS = {
  'kubernetes.azure.com/acr-client-id': CLIENT,
  'kubernetes.azure.com/acr-tenant-id': TENANT,
};

let entra: FakeEntra;
let metadata: FakeAzureMetadata;
let registry: FakeAcr;

beforeAll(async () => {
  // Loading the SDK takes seconds where Jest has not seen it before.
  await import('@azure/identity');
  entra = await startFakeEntra({
    applications: [
      { ...APPLICATION, federated: FEDERATED },
      { tenantId: TENANT, clientId: CERTIFIED, certificate: PLAIN.certificate },
      { tenantId: TENANT, clientId: 'locked', certificate: LOCKED.certificate },
    ],
  });
  metadata = await startFakeAzureMetadata({ systemAssigned: IDENTITY });
  registry = await startFakeAcr({ trusts: [entra, metadata], tenantId: TENANT });
}, 60_000);

afterAll(async () => {
  await Promise.all([entra.close(), metadata.close(), registry.close()]);
});

function world(more: FakeWorld = {}): FakeSystem {
  const routes = {
    'login.microsoftonline.com': entra,
    'login.partner.microsoftonline.cn': entra,
    '169.254.169.254': metadata,
    [HOST]: registry,
    'my-reg-abc123.azurecr.io': registry,
    'labreg.eastus.geo.azurecr.io': registry,
    'labreg.azurecr.cn': registry,
  };
  return fakeSystem({ http: throughFakes(routes), ...more });
}

async function give(
  options: AcrOptions,
  {
    system = world(),
    request = asked(),
  }: { system?: FakeSystem; request?: CredentialRequest } = {},
): Promise<CredentialResponse | undefined> {
  return acr({ system, ...options }).provide(request);
}

/** What a refresh token gives. */
function tokenAnswer(): unknown {
  return {
    auth: { [HOST]: { username: NULL_GUID, password: registry.refreshTokens.at(-1) } },
    cacheKeyType: 'Registry',
    expiresAt: expect.any(Date),
  };
}

describe('acr', () => {
  test.each<[string, AcrOptions, FakeWorld?]>([
    ['a secret', { identity: SERVICE_PRINCIPAL }],
    [
      'a certificate',
      {
        identity: {
          kind: 'service-principal',
          tenantId: TENANT,
          clientId: CERTIFIED,
          certificatePath: '/c.pem',
          sendCertificateChain: true,
        },
      },
      { files: { '/c.pem': PLAIN.pem } },
    ],
    [
      'a certificate whose key is encrypted',
      {
        identity: {
          kind: 'service-principal',
          tenantId: TENANT,
          clientId: 'locked',
          certificatePath: '/c.pem',
          certificatePassword: 'pass phrase',
        },
      },
      { files: { '/c.pem': LOCKED.pem } },
    ],
    ['the system-assigned identity', { identity: { kind: 'managed-identity' } }],
    ['an identity by client id', { identity: { kind: 'managed-identity', clientId: CLIENT } }],
    [
      'an identity by resource id',
      { identity: { kind: 'managed-identity', resourceId: IDENTITY.resourceId } },
    ],
    ['an identity by object id', { identity: { kind: 'managed-identity', objectId: 'o-1' } }],
    [
      'a workload identity',
      {
        identity: {
          kind: 'workload-identity',
          tenantId: TENANT,
          clientId: CLIENT,
          tokenFile: '/t',
        },
      },
      { files: { '/t': ` ${ASSERTION}\n` } },
    ],
    [
      'the environment’s secret',
      {},
      { env: { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT, AZURE_CLIENT_SECRET: SECRET } },
    ],
    [
      'the environment’s certificate',
      {},
      {
        env: {
          AZURE_TENANT_ID: TENANT,
          AZURE_CLIENT_ID: 'locked',
          AZURE_CLIENT_CERTIFICATE_PATH: '/c.pem',
          AZURE_CLIENT_CERTIFICATE_PASSWORD: 'pass phrase',
          AZURE_CLIENT_SEND_CERTIFICATE_CHAIN: 'true',
        },
        files: { '/c.pem': LOCKED.pem },
      },
    ],
    [
      'the environment’s certificate without password',
      {},
      {
        env: {
          AZURE_TENANT_ID: TENANT,
          AZURE_CLIENT_ID: CERTIFIED,
          AZURE_CLIENT_CERTIFICATE_PATH: '/c.pem',
          AZURE_CLIENT_SEND_CERTIFICATE_CHAIN: '1',
        },
        files: { '/c.pem': PLAIN.pem },
      },
    ],
    [
      'the environment’s workload identity',
      {},
      {
        env: { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT, AZURE_FEDERATED_TOKEN_FILE: '/t' },
        files: { '/t': ASSERTION },
      },
    ],
    ['what this machine offers: a managed identity', {}],
    ['one that AZURE_CLIENT_ID chooses', {}, { env: { AZURE_CLIENT_ID: CLIENT } }],
    ['one that AZURE_TOKEN_CREDENTIALS chooses', {}, { env: { AZURE_TOKEN_CREDENTIALS: 'Prod' } }],
    [
      'an azure.json',
      { configFile: '/a' },
      { files: { '/a': '{"useManagedIdentityExtension":true}' } },
    ],
    [
      'Kubernetes’ own azure.json',
      {},
      { files: { '/etc/kubernetes/azure.json': '{"useManagedIdentityExtension":true}' } },
    ],
  ])('exchanges the token of %s', async (_name, options, ...rest) => {
    const [more] = rest;
    const before = registry.refreshTokens.length;
    const response = await give(options, { system: world(more) });
    expect(response).toEqual(tokenAnswer());
    expect(registry.refreshTokens).toHaveLength(before + 1);
  });

  test('reads the expiry of the registry’s token, and none where it cannot', async () => {
    const response = await give({ identity: SERVICE_PRINCIPAL });
    const exp = Number(response?.expiresAt) / 1000;
    expect(Math.abs(exp - Date.now() / 1000 - 10_800)).toBeLessThan(60);
    registry.inject(
      { kind: 'reply', reply: { body: { refresh_token: 'opaque' } } },
      { times: 1, when: ({ method }) => method === 'POST' },
    );
    await expect(give({ identity: SERVICE_PRINCIPAL })).resolves.toEqual({
      auth: { [HOST]: { username: NULL_GUID, password: 'opaque' } },
      cacheKeyType: 'Registry',
    });
  });

  test('sends the documented form to the exchange, with the tenant', async () => {
    await give({ identity: { kind: 'managed-identity' } });
    const form = new URLSearchParams(registry.requests.at(-1)?.body);
    expect([...form.keys()]).toEqual(['grant_type', 'service', 'tenant', 'access_token']);
    expect(form.get('tenant')).toBe(TENANT);
    expect(form.get('service')).toBe(HOST);
  });

  test('keeps the SDK’s token between registries, and opens nothing twice', async () => {
    const provider = acr({ system: world(), identity: SERVICE_PRINCIPAL });
    const before = entra.tokens.length;
    await provider.provide(asked());
    await provider.provide(asked('my-reg-abc123.azurecr.io/app'));
    expect(entra.tokens).toHaveLength(before + 1);
  });

  test('takes any credential object, with any scope', async () => {
    const scopes: unknown[] = [];
    const { token } = entra.tokens.at(-1) ?? { token: '' };
    const credential = {
      getToken(scope: string | string[]) {
        scopes.push(scope);
        return Promise.resolve({ token, expiresOnTimestamp: 0 });
      },
    };
    const scope = 'https://management.azure.com/.default';
    const response = await give({ credential, scope });
    expect(response).toEqual(tokenAnswer());
    expect(scopes).toEqual([scope]);
  });

  test('gives plain passwords without a request', async () => {
    const system = world();
    const identity = {
      kind: 'service-principal-password',
      clientId: CLIENT,
      clientSecret: SECRET,
    } as const;
    await expect(give({ identity, anonymousFallback: true }, { system })).resolves.toEqual({
      auth: {
        [HOST]: { username: CLIENT, password: SECRET },
        '*.azurecr.*': { username: '', password: '' },
      },
      cacheKeyType: 'Registry',
    });
    expect(system.requests).toEqual([]);
  });

  test('gives the admin user’s password to its own registry alone', async () => {
    const identity = {
      kind: 'admin-user',
      registry: 'my-reg-abc123.azurecr.io',
      password: 'p',
    } as const;
    const provider = acr({ system: world(), identity });
    expect(provider.matchImages).toEqual(['my-reg-abc123.azurecr.io']);
    await expect(provider.provide(asked('My-Reg-abc123.azurecr.io/app'))).resolves.toMatchObject({
      auth: { 'My-Reg-abc123.azurecr.io': { username: 'my', password: 'p' } },
    });
    await expect(provider.provide(asked())).resolves.toBeUndefined();
    const named = acr({ identity: { ...identity, username: 'u' }, system: world() });
    await expect(named.provide(asked('my-reg-abc123.azurecr.io/app'))).resolves.toMatchObject({
      auth: { 'my-reg-abc123.azurecr.io': { username: 'u', password: 'p' } },
    });
  });

  test('gives the token as identity token too, and for a mirror’s source', async () => {
    const options = {
      identity: SERVICE_PRINCIPAL,
      identityToken: true,
      anonymousFallback: true,
      registryMirrors: { 'mcr.lab.test:5000/dotnet': HOST },
    } as const;
    const response = await give(options, { request: asked('mcr.lab.test:5000/dotnet/sdk') });
    const password = registry.refreshTokens.at(-1);
    const entry = { username: NULL_GUID, password, identityToken: password };
    expect(response?.auth).toEqual({
      [HOST]: entry,
      'mcr.lab.test:5000/dotnet': entry,
      '*.azurecr.*': { username: '', password: '' },
    });
    expect(acr(options).matchImages).toContain('mcr.lab.test:5000/dotnet');
  });

  test('serves registries of listed hosts, without an anonymous second try', async () => {
    const hosts = ['localhost:*'.replace('*', String(registry.port))];
    const system = fakeSystem({
      http: throughFakes({ 'login.microsoftonline.com': entra, localhost: registry }),
    });
    const response = await give(
      { identity: SERVICE_PRINCIPAL, hosts, anonymousFallback: true },
      { system, request: asked(`localhost:${registry.port}/app`) },
    );
    expect(Object.keys(response?.auth ?? {})).toEqual(hosts);
  });

  test('has as many labels in the key of the anonymous second try as the host', async () => {
    const response = await give(
      { identity: SERVICE_PRINCIPAL, anonymousFallback: true },
      { request: asked('labreg.eastus.geo.azurecr.io/app') },
    );
    expect(Object.keys(response?.auth ?? {})).toEqual([
      'labreg.eastus.geo.azurecr.io',
      '*.*.*.azurecr.*',
    ]);
  });

  test('uses the token of a service account that has the annotations', async () => {
    const request = asked(IMAGE, {
      serviceAccountToken: ASSERTION,
      serviceAccountAnnotations: ANNOTATIONS,
    });
    const response = await give({}, { request });
    expect(response).toEqual(tokenAnswer());
    expect(entra.tokens.at(-1)?.clientId).toBe(CLIENT);
  });

  test('refuses a service account without them, or serves it with the machine’s identity', async () => {
    const bare = asked(IMAGE, { serviceAccountToken: ASSERTION });
    await expect(give({}, { request: bare })).rejects.toThrow(
      'the service account has no annotation kubernetes.azure.com/acr-client-id, or an empty one',
    );
    const options = { serviceAccountTokens: 'optional' } as const;
    const response = await give(options, { request: bare });
    expect(response).toEqual(tokenAnswer());
    const half = { ...ANNOTATIONS, 'kubernetes.azure.com/acr-tenant-id': '' };
    const request = asked(IMAGE, {
      serviceAccountToken: ASSERTION,
      serviceAccountAnnotations: half,
    });
    await expect(give(options, { request })).rejects.toThrow('kubernetes.azure.com/acr-tenant-id');
  });

  test('says how it works with tokens of service accounts', () => {
    const keys = ['kubernetes.azure.com/acr-client-id', 'kubernetes.azure.com/acr-tenant-id'];
    const common = {
      serviceAccountTokenAudience: 'api://AzureADTokenExchange',
      cacheType: 'ServiceAccount',
    };
    expect(acr()).not.toHaveProperty('tokenAttributes');
    expect(acr({ serviceAccountTokens: 'required' }).tokenAttributes).toEqual({
      ...common,
      requireServiceAccount: true,
      requiredServiceAccountAnnotationKeys: keys,
    });
    expect(acr({ serviceAccountTokens: 'optional' }).tokenAttributes).toEqual({
      ...common,
      requireServiceAccount: false,
      optionalServiceAccountAnnotationKeys: keys,
    });
  });

  test.each([
    'evilazurecr.io/a',
    'foo.azurecr.io.evil.com/a',
    'evil.com/azurecr.io/x',
    'evil.com/foo.azurecr.io',
    'user@foo.azurecr.io/x',
    'foo.azurecr.io:8443/x',
    'a.b.c.azurecr.io/x',
    'foo..azurecr.io/x',
    '-foo.azurecr.io/x',
    'foo.azurecr.io./x',
    'foo.azurecr.io%2eevil.com/x',
    '[foo.azurecr.io/x',
    'mcr.microsoft.com/x',
  ])('sends nothing for %s', async (image) => {
    const system = world();
    const options = { matchImages: ['*'], identity: SERVICE_PRINCIPAL };
    await expect(give(options, { system, request: asked(image) })).resolves.toBeUndefined();
    expect(system.requests).toEqual([]);
  });

  test('sends nothing to a registry of another cloud', async () => {
    const system = world();
    const request = asked('labreg.azurecr.cn/app');
    await expect(give({ identity: SERVICE_PRINCIPAL }, { system, request })).rejects.toThrow(
      'labreg.azurecr.cn is a registry of another cloud than the identity’s, which is AzureCloud: set the option cloud',
    );
    expect(system.requests).toEqual([]);
  });

  test.each<AcrOptions>([
    { cloud: 'AzureChinaCloud', identity: SERVICE_PRINCIPAL },
    { suffixes: ['azurecr.cn'], identity: SERVICE_PRINCIPAL },
    { identity: { kind: 'managed-identity' } },
  ])('goes to another cloud’s registry with %j', async (options) => {
    const request = asked('labreg.azurecr.cn/app');
    await expect(give(options, { request })).resolves.toBeDefined();
  });

  test('knows its cloud by AZURE_AUTHORITY_HOST, or by an option', async () => {
    const request = asked('labreg.azurecr.cn/app');
    const env = { AZURE_AUTHORITY_HOST: 'https://login.chinacloudapi.cn/' };
    const system = world({ env });
    await expect(give({ identity: SERVICE_PRINCIPAL }, { system, request })).resolves.toBeDefined();
    await expect(give({ identity: SERVICE_PRINCIPAL }, { system })).rejects.toThrow(
      'AzureChinaCloud',
    );
    const identityOptions = { authorityHost: entra.authorityHost, disableInstanceDiscovery: true };
    const local = fakeSystem({ http: throughFakes({ localhost: entra, [HOST]: registry }) });
    await expect(
      give({ identity: SERVICE_PRINCIPAL, identityOptions }, { system: local }),
    ).resolves.toBeDefined();
  });

  test('names what its answers depend on', () => {
    const provider = acr({ system: world(), identity: SERVICE_PRINCIPAL });
    const scope = provider.cacheScope?.(IMAGE);
    expect(scope).toContain(HOST);
    expect(scope).toContain(CLIENT);
    expect(scope).not.toContain(SECRET);
    expect(provider.cacheScope?.('labreg.azurecr.io/other')).toBe(scope);
    expect(provider.cacheScope?.('my-reg-abc123.azurecr.io/a')).not.toBe(scope);
    expect(provider.cacheScope?.('example.com/a')).toBeUndefined();
    const scopes = [
      { identity: { ...SERVICE_PRINCIPAL, clientId: 'other' } },
      { identity: SERVICE_PRINCIPAL, scope: 'https://management.azure.com/.default' },
      { identity: SERVICE_PRINCIPAL, anonymousFallback: true },
      {
        identity: SERVICE_PRINCIPAL,
        identityOptions: { authorityHost: 'https://login.example.com' },
      },
      { registryMirrors: { 'labreg.azurecr.io/team-a': 'other.azurecr.io' } },
      { credential: { getToken: () => Promise.resolve(null) } },
      {},
    ].map((options) => acr({ system: world(), ...(options as AcrOptions) }).cacheScope?.(IMAGE));
    expect(new Set([scope, ...scopes]).size).toBe(scopes.length + 1);
    const env = { AZURE_CLIENT_ID: CLIENT };
    expect(acr({ system: world({ env }) }).cacheScope?.(IMAGE)).not.toBe(scopes.at(-1));
  });

  test('matches the registries of all clouds, regional ones too', () => {
    expect(acr({ suffixes: ['azurecr.my.cloud'], hosts: ['localhost:5000'] }).matchImages).toEqual([
      ...['azurecr.io', 'azurecr.cn', 'azurecr.us', 'azurecr.de', 'azurecr.my.cloud'].flatMap(
        (suffix) => [`*.${suffix}`, `*.*.${suffix}`, `*.*.geo.${suffix}`],
      ),
      'localhost:5000',
    ]);
  });
});
