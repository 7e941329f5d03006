import { describe, expect, test } from '@jest/globals';

import { acr } from '../../../../../src/providers/acr/acr.ts';
import { readAzureConfig } from '../../../../../src/providers/acr/identity/azure-config.ts';
import {
  fakeSystem,
  withoutPauses,
  type FakeSystem,
  type FakeWorld,
} from '../../../fakes/fake-system.ts';
import { asked } from '../azure-world.ts';

const PUBLIC = {
  name: 'AzureCloud',
  authorityHost: 'https://login.microsoftonline.com',
  registrySuffix: 'azurecr.io',
};
const MANAGED = { useManagedIdentityExtension: true };
const STACK = {
  name: 'Local',
  authentication: { loginEndpoint: 'https://login.local.example.com/', audiences: ['x'] },
  suffixes: { acrLoginServer: '.azurecr.local.example.com' },
};

function systemWith(file: unknown, more: FakeWorld = {}): FakeSystem {
  const text = typeof file === 'string' ? file : JSON.stringify(file);
  return fakeSystem({ ...more, files: { '/a.json': text, ...more.files } });
}

function read(system: FakeSystem): ReturnType<typeof readAzureConfig> {
  return readAzureConfig(system, '/a.json', new AbortController().signal);
}

describe('azure.json', () => {
  test.each<[unknown, unknown]>([
    [MANAGED, { kind: 'managed-identity' }],
    [
      { ...MANAGED, aadClientId: 'msi', aadClientSecret: 'msi', userAssignedIdentityID: 'id' },
      { kind: 'managed-identity', clientId: 'id' },
    ],
    [
      { ...MANAGED, userAssignedIdentityID: '/subscriptions/x/y' },
      { kind: 'managed-identity', resourceId: '/subscriptions/x/y' },
    ],
    [
      { AADCLIENTID: 'c', aadclientsecret: 's', useManagedIdentityExtension: null },
      { kind: 'service-principal-password', clientId: 'c', clientSecret: 's' },
    ],
    [
      'tenantId: t\naadClientId: c\naadClientCertPath: /c.pem\n',
      { kind: 'service-principal', tenantId: 't', clientId: 'c', certificatePath: '/c.pem' },
    ],
    [
      { tenantId: 't', aadClientId: 'c', aadClientCertPath: '/c', aadClientCertPassword: 'p' },
      {
        kind: 'service-principal',
        tenantId: 't',
        clientId: 'c',
        certificatePath: '/c',
        certificatePassword: 'p',
      },
    ],
    [
      { tenantId: 't', aadClientId: 'c', aadFederatedTokenFile: '/t' },
      { kind: 'workload-identity', tenantId: 't', clientId: 'c', tokenFile: '/t' },
    ],
    [{ useFederatedWorkloadIdentityExtension: true }, { kind: 'workload-identity' }],
  ])('%j names an identity', async (file, identity) => {
    await expect(read(systemWith(file))).resolves.toMatchObject({
      path: '/a.json',
      identity,
      cloud: PUBLIC,
    });
  });

  test.each([
    ['AzureChinaCloud', 'azurecr.cn'],
    ['azureusgovernment', 'azurecr.us'],
    ['AzureUSGovernmentCloud', 'azurecr.us'],
    ['AzurePublicCloud', 'azurecr.io'],
    ['whatever', 'azurecr.io'],
  ])('of the cloud %s has registries of %s', async (cloud, registrySuffix) => {
    await expect(read(systemWith({ ...MANAGED, cloud }))).resolves.toMatchObject({
      cloud: { registrySuffix },
    });
  });

  test.each<[unknown, object]>([
    [[STACK], {}],
    [STACK, {}],
    [
      { authentication: STACK.authentication },
      { name: 'AzureStackCloud', registrySuffix: undefined },
    ],
    [
      { authentication: { loginEndpoint: 'https://login.chinacloudapi.cn/' } },
      {
        name: 'AzureStackCloud',
        authorityHost: 'https://login.chinacloudapi.cn',
        registrySuffix: 'azurecr.cn',
      },
    ],
  ])('asks the Resource Manager that it names for the cloud (%#)', async (body, differences) => {
    const file = { ...MANAGED, resourceManagerEndpoint: 'https://management.local.example.com/' };
    const cloud = {
      name: 'Local',
      authorityHost: 'https://login.local.example.com',
      registrySuffix: 'azurecr.local.example.com',
      ...differences,
    };
    const system = systemWith(file, { http: () => ({ body }) });
    await expect(read(system)).resolves.toMatchObject({ cloud });
    expect(system.requests[0]?.url).toBe(
      'https://management.local.example.com/metadata/endpoints?api-version=2019-05-01',
    );
  });

  test('is overridden by the file of AZURE_ENVIRONMENT_FILEPATH', async () => {
    const env = { AZURE_ENVIRONMENT_FILEPATH: '/env.json' };
    const override = {
      name: 'Own',
      activeDirectoryEndpoint: 'https://login.own.example.com/',
      containerRegistryDNSSuffix: 'azurecr.own.example.com',
    };
    const whole = systemWith(MANAGED, { env, files: { '/env.json': JSON.stringify(override) } });
    await expect(read(whole)).resolves.toMatchObject({
      cloud: {
        name: 'Own',
        authorityHost: 'https://login.own.example.com',
        registrySuffix: 'azurecr.own.example.com',
      },
    });
    const empty = systemWith(MANAGED, { env, files: { '/env.json': '{}' } });
    await expect(read(empty)).resolves.toMatchObject({ cloud: PUBLIC });
    await expect(read(systemWith(MANAGED, { env }))).rejects.toThrow(
      '/env.json, which AZURE_ENVIRONMENT_FILEPATH names, is missing',
    );
  });

  test.each<[unknown, string]>([
    ['{\n  "aadClientSecret": "hunter2",\n  oops', '/a.json:3 is neither JSON nor YAML here'],
    ['a: .nan', '/a.json:1 is neither JSON nor YAML here'],
    ['a: 1\n\tb: hunter2\n', '/a.json:2 is neither JSON nor YAML here'],
    ['a: *none\n', '/a.json'],
    ['[1]', '/a.json holds no object of settings'],
    ['', '/a.json holds no object of settings'],
    ['['.repeat(20_000), '/a.json'],
    [
      { useManagedIdentityExtension: 'hunter2' },
      'useManagedIdentityExtension must be true or false',
    ],
    [{ aadClientId: 7 }, '/a.json: aadClientId must be a text'],
    [
      { ...MANAGED, resourceManagerEndpoint: 'http://x' },
      'resourceManagerEndpoint must be a URL with https',
    ],
  ])('%j is refused without a word of it', async (file, message) => {
    const failure = read(systemWith(file));
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.not.toThrow('hunter2');
  });

  test.each([
    [{}, '/a.json names no identity: set useManagedIdentityExtension, or aadClientId with'],
    [{ tenantId: 't', cloud: 'AzurePublicCloud' }, '/a.json names no identity'],
    [
      { aadClientId: 'c', tenantId: 't' },
      'aadClientId needs aadClientSecret, or aadClientCertPath',
    ],
    [{ aadClientId: 'c', aadClientCertPath: '/c' }, 'aadClientCertPath with tenantId'],
    [
      { useFederatedWorkloadIdentityExtension: true },
      'a workload identity needs AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE',
    ],
  ])(
    '%j names no identity, which matters only where one of the machine is used',
    async (file, reason) => {
      const system = withoutPauses(systemWith(file));
      const own = acr({ configFile: '/a.json', system }).provide(asked());
      await expect(own).rejects.toThrow(reason);
      expect(system.requests).toEqual([]);
      const by = acr({ configFile: '/a.json', serviceAccount: {}, system });
      await expect(by.provide(asked())).rejects.toThrow(reason);
      const serviceAccountAnnotations = {
        'kubernetes.azure.com/acr-client-id': 'c',
        'kubernetes.azure.com/acr-tenant-id': 't',
      };
      const more = { serviceAccountToken: 'a.b.c', serviceAccountAnnotations };
      // The network of this world is missing, so that the way there is all that can be seen.
      await expect(by.provide(asked(undefined, more))).rejects.toThrow('cannot be reached');
      const { signal } = new AbortController();
      const ofService = await by.diagnose?.({ images: [], signal });
      expect(ofService?.at(-1)).toMatchObject({
        status: 'ok',
        subject: 'identity',
        message: expect.stringMatching(/^tokens of service accounts alone: /),
      });
      const ofNode = await acr({ configFile: '/a.json', system }).diagnose?.({
        images: [],
        signal,
      });
      expect(ofNode?.at(-1)).toMatchObject({ status: 'failure', subject: 'identity' });
    },
  );

  test.each<[FakeWorld['http'], string]>([
    [() => ({ status: 500 }), 'gives no metadata of the cloud'],
    [() => ({ body: 'not JSON' }), 'gives no metadata of the cloud'],
    [undefined, 'gives no metadata of the cloud'],
    [() => ({ body: [7] }), 'name no login endpoint'],
    [
      () => ({ body: { authentication: { loginEndpoint: 'http://x' } } }),
      'the login endpoint of https://arm.example.com must be a URL with https',
    ],
  ])('whose Resource Manager answers nonsense is refused (%#)', async (http, message) => {
    const file = { ...MANAGED, resourceManagerEndpoint: 'https://arm.example.com' };
    const system = withoutPauses(systemWith(file, http === undefined ? {} : { http }));
    await expect(read(system)).rejects.toThrow(message);
  });

  test('that cannot be read, or is missing, is named', async () => {
    const broken = systemWith({});
    broken.breakFile('/a.json', Object.assign(new Error('no'), { code: 'EACCES' }));
    await expect(read(broken)).rejects.toThrow('/a.json cannot be read: EACCES');
    broken.breakFile('/a.json', new Error('no'));
    await expect(read(broken)).rejects.toThrow(/^\/a\.json cannot be read$/);
    const provider = acr({ configFile: '/none.json', system: fakeSystem() });
    await expect(provider.provide(asked())).rejects.toThrow(
      'the configuration file /none.json is missing',
    );
  });

  test('makes registries of its own cloud known', async () => {
    const env = { AZURE_ENVIRONMENT_FILEPATH: '/env.json' };
    const file = { aadClientId: 'c', aadClientSecret: 's' };
    const override = JSON.stringify({ containerRegistryDNSSuffix: 'azurecr.own.example.com' });
    const system = systemWith(file, { env, files: { '/env.json': override } });
    const provider = acr({ configFile: '/a.json', system });
    const image = 'shop.azurecr.own.example.com/web';
    await expect(provider.provide(asked(image))).resolves.toMatchObject({
      auth: { 'shop.azurecr.own.example.com': { username: 'c', password: 's' } },
    });
    expect(provider.cacheScope?.(image)).toBeUndefined();
  });
});
