import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { acr } from '../../../../src/providers/acr/acr.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import {
  CLIENT,
  IMAGE,
  SECRET,
  SERVICE_PRINCIPAL,
  TENANT,
  asked,
  throughFakes,
} from './azure-world.ts';
import { ANNOTATIONS, ASSERTION, HOST, NULL_GUID, startLab, type Lab } from './lab.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
}, 60_000);

afterAll(async () => lab.close());

const seconds = (): number => Math.floor(Date.now() / 1000);

describe('acr', () => {
  test('reads the expiry of the registry’s token, and none where it cannot', async () => {
    const before = seconds();
    const response = await lab.give({ identity: SERVICE_PRINCIPAL });
    const issuedAt = Number(response?.expiresAt) / 1000 - 10_800;
    expect(before <= issuedAt && issuedAt <= seconds()).toBe(true);
    lab.registry.inject(
      { kind: 'reply', reply: { body: { refresh_token: 'opaque' } } },
      { times: 1, when: ({ method }) => method === 'POST' },
    );
    await expect(lab.give({ identity: SERVICE_PRINCIPAL })).resolves.toEqual({
      auth: { [HOST]: { username: NULL_GUID, password: 'opaque' } },
      cacheKeyType: 'Registry',
    });
  });

  test('sends the documented form to the exchange, with the tenant', async () => {
    await lab.give({ identity: { kind: 'managed-identity' } });
    const form = new URLSearchParams(lab.registry.requests.at(-1)?.body);
    expect([...form.keys()]).toEqual(['grant_type', 'service', 'tenant', 'access_token']);
    expect(form.get('tenant')).toBe(TENANT);
    expect(form.get('service')).toBe(HOST);
  });

  test('keeps the SDK’s token between registries, and opens nothing twice', async () => {
    const provider = acr({ system: lab.world(), identity: SERVICE_PRINCIPAL });
    const before = lab.entra.tokens.length;
    await provider.provide(asked());
    await provider.provide(asked('my-reg-abc123.azurecr.io/app'));
    expect(lab.entra.tokens).toHaveLength(before + 1);
  });

  test('takes any credential object, with any scope', async () => {
    const scopes: unknown[] = [];
    const { token } = lab.entra.tokens.at(-1) ?? { token: '' };
    const credential = {
      getToken(scope: string | string[]) {
        scopes.push(scope);
        return Promise.resolve({ token, expiresOnTimestamp: 0 });
      },
    };
    const scope = 'https://management.azure.com/.default';
    const response = await lab.give({ credential, scope });
    expect(response).toEqual(lab.tokenAnswer());
    expect(scopes).toEqual([scope]);
  });

  test('gives plain passwords without a request', async () => {
    const system = lab.world();
    const identity = {
      kind: 'service-principal-password',
      clientId: CLIENT,
      clientSecret: SECRET,
    } as const;
    await expect(lab.give({ identity, anonymousFallback: true }, { system })).resolves.toEqual({
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
    const provider = acr({ system: lab.world(), identity });
    expect(provider.matchImages).toEqual(['my-reg-abc123.azurecr.io']);
    await expect(provider.provide(asked('My-Reg-abc123.azurecr.io/app'))).resolves.toMatchObject({
      auth: { 'My-Reg-abc123.azurecr.io': { username: 'my', password: 'p' } },
    });
    await expect(provider.provide(asked())).resolves.toBeUndefined();
    const named = acr({ identity: { ...identity, username: 'u' }, system: lab.world() });
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
    const response = await lab.give(options, { request: asked('mcr.lab.test:5000/dotnet/sdk') });
    const password = lab.registry.refreshTokens.at(-1);
    const entry = { username: NULL_GUID, password, identityToken: password };
    expect(response?.auth).toEqual({
      [HOST]: entry,
      'mcr.lab.test:5000/dotnet': entry,
      '*.azurecr.*': { username: '', password: '' },
    });
    expect(acr(options).matchImages).toContain('mcr.lab.test:5000/dotnet');
  });

  test('serves registries of listed hosts, without an anonymous second try', async () => {
    const hosts = ['localhost:*'.replace('*', String(lab.registry.port))];
    const system = fakeSystem({
      http: throughFakes({ 'login.microsoftonline.com': lab.entra, localhost: lab.registry }),
    });
    const response = await lab.give(
      { identity: SERVICE_PRINCIPAL, hosts, anonymousFallback: true },
      { system, request: asked(`localhost:${lab.registry.port}/app`) },
    );
    expect(Object.keys(response?.auth ?? {})).toEqual(hosts);
  });

  test('has as many labels in the key of the anonymous second try as the host', async () => {
    const response = await lab.give(
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
    const response = await lab.give({}, { request });
    expect(response).toEqual(lab.tokenAnswer());
    expect(lab.entra.tokens.at(-1)?.clientId).toBe(CLIENT);
  });

  test('refuses a service account without them, or serves it with the machine’s identity', async () => {
    const bare = asked(IMAGE, { serviceAccountToken: ASSERTION });
    await expect(lab.give({}, { request: bare })).rejects.toThrow(
      'the service account has no annotation kubernetes.azure.com/acr-client-id, or an empty one',
    );
    const options = { serviceAccount: {} };
    const response = await lab.give(options, { request: bare });
    expect(response).toEqual({
      ...(lab.tokenAnswer() as object),
      serviceAccountTokenUnused:
        'the service account has neither annotation kubernetes.azure.com/acr-client-id nor kubernetes.azure.com/acr-tenant-id',
    });
    const half = { ...ANNOTATIONS, 'kubernetes.azure.com/acr-tenant-id': '' };
    const request = asked(IMAGE, {
      serviceAccountToken: ASSERTION,
      serviceAccountAnnotations: half,
    });
    await expect(lab.give(options, { request })).rejects.toThrow(
      'kubernetes.azure.com/acr-tenant-id',
    );
  });

  test('says how it works with tokens of service accounts', () => {
    const keys = ['kubernetes.azure.com/acr-client-id', 'kubernetes.azure.com/acr-tenant-id'];
    const common = {
      serviceAccountTokenAudience: 'api://AzureADTokenExchange',
      cacheType: 'ServiceAccount',
    };
    expect(acr()).not.toHaveProperty('tokenAttributes');
    expect(acr({ serviceAccount: { requireAnnotation: true } }).tokenAttributes).toEqual({
      ...common,
      requireServiceAccount: true,
      requiredServiceAccountAnnotationKeys: keys,
    });
    expect(acr({ serviceAccount: {} }).tokenAttributes).toEqual({
      ...common,
      requireServiceAccount: false,
      optionalServiceAccountAnnotationKeys: keys,
    });
  });
});
