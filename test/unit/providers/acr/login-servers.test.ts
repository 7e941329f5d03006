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

  test('sends nothing to a registry of another cloud', async () => {
    const system = lab.world();
    const request = asked('labreg.azurecr.cn/app');
    await expect(lab.give({ identity: SERVICE_PRINCIPAL }, { system, request })).rejects.toThrow(
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
