import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { acr } from '../../../../src/providers/acr/acr.ts';
import type { AcrOptions } from '../../../../src/providers/acr/acr-options.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { CLIENT, IMAGE, SECRET, SERVICE_PRINCIPAL, asked, throughFakes } from './azure-world.ts';
import { HOST, startLab, type Lab } from './lab.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
}, 60_000);

afterAll(async () => lab.close());

describe('acr', () => {
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
    const system = lab.world();
    const options = { matchImages: ['*'], identity: SERVICE_PRINCIPAL };
    await expect(lab.give(options, { system, request: asked(image) })).resolves.toBeUndefined();
    expect(system.requests).toEqual([]);
  });

  test.each<readonly [string, AcrOptions]>([
    ['a service principal', { identity: SERVICE_PRINCIPAL }],
    ['a managed identity', { identity: { kind: 'managed-identity' } }],
    ['a workload identity', { identity: { kind: 'workload-identity', tokenFile: '/t' } }],
    ['a developer', { identity: { kind: 'developer' } }],
    [
      'a secret',
      { identity: { kind: 'service-principal-password', clientId: 'c', clientSecret: 's' } },
    ],
    ['the environment', {}],
    ['a managed identity of azure.json', { configFile: '/azure.json' }],
  ])('sends nothing of %s to a registry of another cloud', async (_who, options) => {
    const files = { '/azure.json': '{"useManagedIdentityExtension":true}' };
    const system = lab.world({ files });
    const give = (image: string): Promise<unknown> =>
      lab.give(options, { system, request: asked(image) });
    await expect(give('labreg.azurecr.cn/app')).rejects.toThrow(
      "labreg.azurecr.cn is a registry of another cloud than the identity’s, which is AzureCloud: set the option cloud to 'AzureChinaCloud', or AZURE_AUTHORITY_HOST to https://login.chinacloudapi.cn, if the identity is of that cloud",
    );
    await expect(give('labreg.azurecr.us/app')).rejects.toThrow("cloud to 'AzureUSGovernment'");
    await expect(give('labreg.azurecr.de/app')).rejects.toThrow(
      'labreg.azurecr.de is a registry of Azure Germany, which was closed in 2021, so no identity is for it: if the host is yours, list it in hosts',
    );
    expect(system.requests).toEqual([]);
  });

  test('gives no token of a credential object to a registry of another cloud, which is asked whether it is one', async () => {
    const system = lab.world();
    let calls = 0;
    const getToken = async (): Promise<null> => {
      calls += 1;
      return null;
    };
    const give = (image: string): Promise<unknown> =>
      lab.give({ credential: { getToken } }, { system, request: asked(image) });
    await expect(give('labreg.azurecr.cn/app')).rejects.toThrow('is a registry of another cloud');
    await expect(give('gone.azurecr.us/app')).rejects.toThrow('there is no registry');
    expect(calls).toBe(0);
    expect(system.requests.map(({ url }) => url)).toEqual([
      'https://labreg.azurecr.cn/v2/',
      'https://gone.azurecr.us/v2/',
    ]);
  });

  test('that is of China sends nothing to the public cloud, nor to a suffix that azure.json alone names', async () => {
    const files = {
      '/azure.json':
        '{"useManagedIdentityExtension":true,"resourceManagerEndpoint":"https://arm.test"}',
    };
    const metadata = {
      authentication: { loginEndpoint: 'https://login.test' },
      suffixes: { acrLoginServer: 'azurecr.own.test' },
    };
    const system = lab.world({ files, http: () => ({ body: metadata }) });
    const options: AcrOptions = { configFile: '/azure.json', cloud: 'AzureChinaCloud' };
    await expect(lab.give(options, { system })).rejects.toThrow(
      "set the option cloud to 'AzureCloud'",
    );
    const request = asked('shop.azurecr.own.test/app');
    await expect(lab.give(options, { system, request })).resolves.toBeUndefined();
    expect(system.requests.map(({ url }) => new URL(url).host)).toEqual(['arm.test', 'arm.test']);
  });

  test('of a cloud that names no suffix sends nothing to any registry but listed ones', async () => {
    const files = {
      '/azure.json':
        '{"useManagedIdentityExtension":true,"resourceManagerEndpoint":"https://arm.test"}',
    };
    const metadata = { name: 'Lab', authentication: { loginEndpoint: 'https://login.test' } };
    const system = lab.world({ files, http: () => ({ body: metadata }) });
    await expect(lab.give({ configFile: '/azure.json' }, { system })).rejects.toThrow(
      'labreg.azurecr.io is a registry of another cloud than the identity’s, which is Lab',
    );
    expect(system.requests.map(({ url }) => new URL(url).host)).toEqual(['arm.test']);
  });

  test('of a listed host may have its realm at another name of the registry', async () => {
    const request = asked('labreg.azurecr.cn/app');
    const options: AcrOptions = { hosts: ['labreg.azurecr.cn'], identity: SERVICE_PRINCIPAL };
    const challenge = 'Bearer realm="https://labreg.eastus.azurecr.cn/oauth2/token",service="s"';
    lab.registry.inject(
      { kind: 'reply', reply: { status: 401, headers: { 'www-authenticate': challenge } } },
      { times: 1 },
    );
    const system = lab.world();
    await expect(lab.give(options, { system, request })).rejects.toThrow('does not resolve');
    expect(system.requests.at(-1)?.url).toBe('https://labreg.eastus.azurecr.cn/oauth2/exchange');
  });

  test.each<AcrOptions>([
    { cloud: 'AzureChinaCloud', identity: SERVICE_PRINCIPAL },
    { suffixes: ['azurecr.cn'], identity: SERVICE_PRINCIPAL },
    { hosts: ['labreg.azurecr.cn'], identity: SERVICE_PRINCIPAL },
    { cloud: 'AzureChinaCloud', identity: { kind: 'managed-identity' } },
  ])('goes to another cloud’s registry with %j', async (options) => {
    const request = asked('labreg.azurecr.cn/app');
    await expect(lab.give(options, { request })).resolves.toBeDefined();
  });

  test('knows its cloud by AZURE_AUTHORITY_HOST, or by an option', async () => {
    const request = asked('labreg.azurecr.cn/app');
    const env = { AZURE_AUTHORITY_HOST: 'https://login.chinacloudapi.cn/' };
    const system = lab.world({ env });
    await expect(
      lab.give({ identity: SERVICE_PRINCIPAL }, { system, request }),
    ).resolves.toBeDefined();
    await expect(lab.give({ identity: SERVICE_PRINCIPAL }, { system })).rejects.toThrow(
      'AzureChinaCloud',
    );
    const identityOptions = {
      authorityHost: lab.entra.authorityHost,
      disableInstanceDiscovery: true,
    };
    const local = fakeSystem({
      http: throughFakes({ localhost: lab.entra, [HOST]: lab.registry }),
    });
    await expect(
      lab.give({ identity: SERVICE_PRINCIPAL, identityOptions }, { system: local }),
    ).resolves.toBeDefined();
  });

  test('names what its answers depend on', () => {
    const provider = acr({ system: lab.world(), identity: SERVICE_PRINCIPAL });
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
    ].map((options) =>
      acr({ system: lab.world(), ...(options as AcrOptions) }).cacheScope?.(IMAGE),
    );
    expect(new Set([scope, ...scopes]).size).toBe(scopes.length + 1);
    const env = { AZURE_CLIENT_ID: CLIENT };
    expect(acr({ system: lab.world({ env }) }).cacheScope?.(IMAGE)).not.toBe(scopes.at(-1));
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
