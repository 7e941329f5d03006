import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { MissingPackageError, TimeoutError } from '../../../../src/errors.ts';
import { acr } from '../../../../src/providers/acr/acr.ts';
import type { AcrOptions } from '../../../../src/providers/acr/acr-options.ts';
import { identityFailure } from '../../../../src/providers/acr/identity/identity-failure.ts';
import { ProviderFailure } from '../../../../src/providers/asking/provider-failure.ts';
import { fakeJwt } from '../../../../src/testing/azure/aad-tokens.ts';
import { createClientCertificate } from '../../../../src/testing/azure/client-certificate.ts';
import { startFakeAcr, type FakeAcr } from '../../../../src/testing/azure/fake-acr.ts';
import {
  startFakeAzureMetadata,
  type FakeAzureMetadata,
} from '../../../../src/testing/azure/fake-azure-metadata.ts';
import { startFakeEntra, type FakeEntra } from '../../../../src/testing/azure/fake-entra.ts';
import { fakeSystem, type FakeSystem, type FakeWorld } from '../../fakes/fake-system.ts';
import {
  APPLICATION,
  CLIENT,
  SECRET,
  SERVICE_PRINCIPAL,
  TENANT,
  asked,
  throughFakes,
} from './azure-world.ts';

const HOST = 'labreg.azurecr.io';
const WHO = `the service principal ${CLIENT} of tenant ${TENANT}`;
const DEVELOPER_OFF = { AZURE_TOKEN_CREDENTIALS: 'prod' };

let entra: FakeEntra;
let metadata: FakeAzureMetadata;
let registry: FakeAcr;

beforeAll(async () => {
  await import('@azure/identity');
  entra = await startFakeEntra({ applications: [APPLICATION] });
  metadata = await startFakeAzureMetadata({
    userAssigned: [
      { tenantId: TENANT, clientId: 'one' },
      { tenantId: TENANT, clientId: 'two' },
    ],
  });
  registry = await startFakeAcr({ trusts: [entra, metadata] });
}, 60_000);

afterEach(() => {
  for (const server of [entra, metadata, registry]) server.clearFaults();
});

afterAll(async () => {
  await Promise.all([entra.close(), metadata.close(), registry.close()]);
});

function world(more: FakeWorld = {}, routes: Parameters<typeof throughFakes>[0] = {}): FakeSystem {
  const http = throughFakes({ 'login.microsoftonline.com': entra, [HOST]: registry, ...routes });
  return fakeSystem({ http, ...more });
}

/** Why a lookup fails. */
async function failureOf(
  options: AcrOptions = { identity: SERVICE_PRINCIPAL },
  system: FakeSystem = world(),
): Promise<ProviderFailure> {
  try {
    await acr({ system, ...options }).provide(asked());
  } catch (error) {
    if (error instanceof ProviderFailure) return error;
    throw error;
  }
  throw new Error('it gave an answer');
}

/** A credential object that fails. */
function throwing(reason: unknown): { getToken(): Promise<never> } {
  return {
    async getToken() {
      await Promise.resolve();
      throw reason;
    },
  };
}

/** An HTTP that fails. */
function failing(error: Error): () => never {
  return () => {
    throw error;
  };
}

describe('an identity', () => {
  test.each<[AcrOptions['identity'], string]>([
    [
      { ...SERVICE_PRINCIPAL, clientSecret: 'wrong secret' },
      `${WHO} got no token: AADSTS7000215, the client secret is wrong: use its value, not its id`,
    ],
    [{ ...SERVICE_PRINCIPAL, tenantId: 'no-tenant' }, 'AADSTS90002, there is no such tenant'],
    [{ ...SERVICE_PRINCIPAL, clientId: 'nobody' }, 'AADSTS700016, the tenant has no application'],
    [
      {
        kind: 'service-principal',
        tenantId: TENANT,
        clientId: CLIENT,
        certificatePath: '/c.pem',
      },
      'AADSTS700027, the certificate is not registered',
    ],
    [
      { kind: 'service-principal', tenantId: TENANT, clientId: CLIENT, certificatePath: '/c.pfx' },
      'the certificate /c.pfx is not PEM: convert PKCS #12 with openssl',
    ],
    [
      { kind: 'service-principal', tenantId: TENANT, clientId: CLIENT, certificatePath: '/none' },
      'the certificate /none is missing',
    ],
    [
      {
        kind: 'service-principal',
        tenantId: TENANT,
        clientId: CLIENT,
        certificatePath: '/odd.pem',
      },
      'the certificate is not PEM with a certificate and its private key',
    ],
    [
      { kind: 'workload-identity', tenantId: TENANT, clientId: CLIENT, tokenFile: '/t' },
      'AADSTS70025, see https://login.microsoftonline.com/error?code=70025',
    ],
    [
      { kind: 'workload-identity', tenantId: TENANT, clientId: CLIENT, tokenFile: '/empty' },
      'the token file /empty is missing or empty',
    ],
    [
      { kind: 'workload-identity', tenantId: TENANT, clientId: CLIENT, tokenFile: '/gone' },
      'the token file /gone is missing or empty',
    ],
    [{ kind: 'workload-identity' }, 'a workload identity needs AZURE_TENANT_ID'],
    [
      { kind: 'managed-identity', clientId: 'x' },
      'the managed identity x got no token: there is no metadata service of Azure here',
    ],
  ])('of %j says why it got no token', async (identity, message) => {
    const files = {
      '/c.pem': createClientCertificate().pem,
      '/c.pfx': '\u0000binary',
      '/odd.pem': '-----BEGIN NOTHING-----',
      '/t': fakeJwt({ exp: 4_000_000_000 }),
      '/empty': ' \n',
    };
    const failure = await failureOf({ identity }, world({ files }));
    expect(failure.message).toContain(message);
    expect(failure.message).not.toMatch(/wrong secret|Trace ID/);
    expect(String((failure.cause as Error | undefined)?.message)).not.toContain('AADSTS');
  });

  test.each<[AcrOptions['identity'], string]>([
    [
      { kind: 'managed-identity', clientId: 'three' },
      'this machine has no such managed identity: assign it',
    ],
    [
      { kind: 'managed-identity' },
      'this machine has several managed identities: name one by its client id (clientId, AZURE_CLIENT_ID, or',
    ],
  ])(
    'that this machine does not have, or has several of, is said to be so: %j',
    async (identity, message) => {
      const system = world({}, { '169.254.169.254': metadata });
      const failure = await failureOf({ identity }, system);
      expect(failure.message).toContain(message);
    },
  );

  test.each([{ status: 401 }, { status: 404 }, { headers: { 'metadata-flavor': 'Google' } }])(
    'is not asked for where another cloud answers %j',
    async (answer) => {
      const others = throughFakes({ [HOST]: registry });
      const http: FakeWorld['http'] = (request) =>
        request.url.startsWith('http://169.254.169.254/') ? answer : others(request);
      const failure = await failureOf({ identity: { kind: 'managed-identity' } }, world({ http }));
      expect(failure.message).toBe(
        'the system-assigned identity got no token: the metadata service here is not Azure’s',
      );
    },
  );

  test('that is asked too much says for how long it wants to be left alone', async () => {
    entra.inject({ kind: 'status', status: 429, retryAfter: '17' });
    const failure = await failureOf();
    expect(failure.message).toBe(`${WHO} got no token: too many requests`);
    expect(failure.retryAfterMs).toBe(17_000);
  });

  test('whose login cannot be reached says why', async () => {
    const system = fakeSystem({ http: throughFakes({ [HOST]: registry }) });
    await expect(failureOf(undefined, system)).resolves.toMatchObject({
      message: `${WHO} got no token: the login service cannot be reached (ENOTFOUND)`,
    });
    const http = failing(new TimeoutError('POST', 15_000));
    const aad = acr({ identity: SERVICE_PRINCIPAL, system: fakeSystem({ http }) });
    await expect(aad.provide(asked())).rejects.toThrow('there was no answer within');
    expect(
      identityFailure(new Error('x'), {
        who: 'it',
        hidden: new TimeoutError('POST', 1),
      }),
    ).toMatchObject({ message: 'it got no token: the login service did not answer in time' });
  });

  test('of an object of the user’s fails without showing what it threw', async () => {
    const credential = throwing(new RangeError(`secret ${SECRET}`));
    await expect(failureOf({ credential })).resolves.toMatchObject({
      message: 'the credential object got no token: the Azure SDK failed with RangeError',
    });
    await expect(failureOf({ credential: throwing('text') })).resolves.toMatchObject({
      message: expect.stringContaining('something that is not an Error'),
    });
    const none = { getToken: () => Promise.resolve(null) };
    await expect(failureOf({ credential: none })).resolves.toMatchObject({
      message: 'the credential object gave no token',
    });
    const missing = new MissingPackageError('@azure/identity');
    expect(identityFailure(missing, { who: 'it' })).toBe(missing);
    await expect(
      acr({ credential: throwing(missing), system: world() }).provide(asked()),
    ).rejects.toBe(missing);
  });

  test('that cannot be found says what was tried, and is looked for once a while', async () => {
    const system = world({ env: DEVELOPER_OFF });
    const provider = acr({ system });
    const message =
      'no identity of Azure was found: AZURE_TENANT_ID and AZURE_CLIENT_ID are not both set; AZURE_FEDERATED_TOKEN_FILE is not set; the system-assigned identity got no token: there is no metadata service of Azure here. Set';
    const probes = (): number =>
      system.requests.filter(({ url }) => url.startsWith('http://169.254.169.254/')).length;
    await expect(provider.provide(asked())).rejects.toThrow(message);
    await expect(provider.provide(asked())).rejects.toThrow(message);
    expect(probes()).toBe(1);
    expect(system.requests.find(({ url }) => url.startsWith('http:'))).toMatchObject({
      timeoutMs: 1000,
      proxy: 'never',
    });
    system.advance(10 * 60 * 1000);
    await expect(provider.provide(asked())).rejects.toThrow(message);
    expect(probes()).toBe(2);
  });

  test('of the environment that is half set, or chosen by a name nobody knows, says so', async () => {
    const ids = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT };
    const half = await failureOf({}, world({ env: { ...ids, ...DEVELOPER_OFF } }));
    expect(half.message).toContain('neither AZURE_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE_PATH');
    const odd = await failureOf({}, world({ env: { AZURE_TOKEN_CREDENTIALS: 'odd' } }));
    expect(odd.message).toContain('AZURE_TOKEN_CREDENTIALS names none of the credentials');
    const incomplete = { AZURE_FEDERATED_TOKEN_FILE: '/t', ...DEVELOPER_OFF };
    const failure = await failureOf({}, world({ env: incomplete }));
    expect(failure.message).toContain('a workload identity needs');
  });

  test('that somebody set up on purpose is the answer, even when others would work', async () => {
    const env = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT, AZURE_CLIENT_SECRET: 'x' };
    const system = world({ env }, { '169.254.169.254': metadata });
    await expect(failureOf({}, system)).resolves.toMatchObject({
      message: expect.stringContaining('AADSTS7000215'),
    });
  });

  test('of a developer names each tool that has no login', async () => {
    // A tenant that the SDK refuses: no program of this machine is started.
    const failure = await failureOf({ identity: { kind: 'developer', tenantId: 'no tenant' } });
    expect(failure.message).toMatch(
      /^nobody is logged in: the login of Azure CLI got .*; the login of Azure PowerShell got .*; the login of Azure Developer CLI got .*\. Run az login$/,
    );
  });
});
