import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';

import { acr } from '../../../../src/providers/acr/acr.ts';
import type { AcrOptions } from '../../../../src/providers/acr/acr-options.ts';
import { ProviderFailure } from '../../../../src/providers/asking/provider-failure.ts';
import { startFakeAcr, type FakeAcr } from '../../../../src/testing/azure/fake-acr.ts';
import {
  startFakeAzureMetadata,
  type FakeAzureMetadata,
} from '../../../../src/testing/azure/fake-azure-metadata.ts';
import { startFakeEntra, type FakeEntra } from '../../../../src/testing/azure/fake-entra.ts';
import {
  fakeSystem,
  withoutPauses,
  type FakeSystem,
  type FakeWorld,
  type ImpatientSystem,
} from '../../fakes/fake-system.ts';
import {
  APPLICATION,
  CLIENT,
  SERVICE_PRINCIPAL,
  TENANT,
  asked,
  throughFakes,
} from './azure-world.ts';

const HOST = 'labreg.azurecr.io';
const WHO = `the service principal ${CLIENT} of tenant ${TENANT}`;

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

function world(
  more: FakeWorld = {},
  routes: Parameters<typeof throughFakes>[0] = {},
): ImpatientSystem {
  const http = throughFakes({ 'login.microsoftonline.com': entra, [HOST]: registry, ...routes });
  return withoutPauses(fakeSystem({ http, ...more }));
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

function reply(status: number, body?: unknown, headers?: Record<string, string>): void {
  const fault = { status, body, ...(headers === undefined ? {} : { headers }) };
  registry.inject({ kind: 'reply', reply: fault });
}

const isPost = ({ method }: { readonly method: string }): boolean => method === 'POST';

describe('a registry', () => {
  test.each<[number, string]>([
    [200, `${HOST} asks nobody for credentials (200)`],
    [404, `${HOST} answered 404 to /v2/: it is no registry of Azure, or has been deleted`],
    [403, `${HOST} answered 403 to /v2/: the registry’s network rules may not let this machine in`],
    [307, `${HOST} answered 307 to /v2/`],
    [401, `${HOST} sent no Bearer challenge with realm and service`],
  ])('that answers %i to /v2/ says what that means', async (status, message) => {
    reply(status, {}, { location: 'https://evil.example.com/' });
    expect((await failureOf()).message).toContain(message);
  });

  test.each([
    'Basic realm="x"',
    'Bearer realm="https://labreg.azurecr.io/t"',
    'Bearer service="s"',
  ])('with the challenge %s alone is no registry of Azure', async (challenge) => {
    reply(401, '', { 'www-authenticate': challenge });
    expect((await failureOf()).message).toContain('sent no Bearer challenge');
  });

  test.each<[string, () => void]>([
    ['429', () => registry.inject({ kind: 'status', status: 429 }, { times: 3, when: isPost })],
    ['503', () => registry.inject({ kind: 'status', status: 503 }, { times: 3, when: isPost })],
    ['a reset', () => registry.inject({ kind: 'reset' }, { times: 3, when: isPost })],
    ['503 to /v2/', () => registry.inject({ kind: 'status', status: 503 }, { times: 3 })],
  ])('whose exchange meets %s is asked three times more, later each time', async (_what, fail) => {
    fail();
    const system = world();
    const provider = acr({ system, identity: SERVICE_PRINCIPAL });
    await expect(provider.provide(asked())).resolves.toMatchObject({ cacheKeyType: 'Registry' });
    expect(system.pausesMs).toEqual([625, 1250, 2500]);
  });

  test('is left alone for as long as it asks', async () => {
    registry.inject({ kind: 'status', status: 503, retryAfter: '4' }, { times: 1, when: isPost });
    const system = world();
    await acr({ system, identity: SERVICE_PRINCIPAL }).provide(asked());
    expect(system.pausesMs).toEqual([4000]);
  });

  test('that wants to be left alone for longer than a lookup has time says for how long', async () => {
    registry.inject({ kind: 'status', status: 429, retryAfter: 'Thu, 01 Jan 2026 00:00:11 GMT' });
    const system = world();
    const failure = await failureOf(undefined, system);
    expect(failure).toMatchObject({ retryAfterMs: 11_000 });
    expect(failure.message).toBe(`${HOST} answered 429 to /v2/: too many requests`);
    expect(system.pausesMs).toEqual([]);
  });

  test.each([
    'Bearer realm="https://evil.example.com/oauth2/token",service="labreg.azurecr.io"',
    'Bearer realm="http://labreg.azurecr.io/oauth2/token",service="labreg.azurecr.io"',
    'Bearer realm="https://other.azurecr.io/oauth2/token",service="labreg.azurecr.io"',
    'Bearer realm="https://labreg.azurecr.io.evil.com/oauth2/token",service="labreg.azurecr.io"',
    'Bearer realm="https://labreg.azurecr.io@evil.com/oauth2/token",service="labreg.azurecr.io"',
    'Bearer realm="https://x@labreg.azurecr.io/oauth2/token",service="labreg.azurecr.io"',
    'Bearer realm="nonsense",service="labreg.azurecr.io"',
  ])('with the challenge %s is sent no token', async (challenge) => {
    reply(401, '', { 'www-authenticate': challenge });
    const system = world();
    expect((await failureOf(undefined, system)).message).toContain('no token is sent there');
    expect(system.requests.filter(({ url }) => url.includes('exchange'))).toEqual([]);
  });

  test('that the user listed has its realm on its own host, or on another that is listed', async () => {
    const challenge = 'Bearer realm="https://auth.example.com/t",service="s"';
    const http = () => ({ status: 401, headers: { 'www-authenticate': challenge } });
    const credential = { getToken: () => Promise.resolve({ token: 't', expiresOnTimestamp: 0 }) };
    const provider = acr({ credential, hosts: ['reg.example.com'], system: fakeSystem({ http }) });
    await expect(provider.provide(asked('reg.example.com/app'))).rejects.toThrow(
      'no token is sent there',
    );
  });

  test.each<[string, readonly string[]]>([
    ['https://labreg.eastus.geo.azurecr.io/oauth2/token', []],
    ['https://auth.example.com/oauth2/token', ['auth.example.com']],
  ])(
    'may have its realm at another of its names, or at a listed host: %s',
    async (realm, hosts) => {
      reply(401, '', { 'www-authenticate': `Bearer realm="${realm}",service="${HOST}"` });
      const system = world();
      const failure = await failureOf({ identity: SERVICE_PRINCIPAL, hosts }, system);
      expect(failure.message).toContain(`there is no registry ${HOST}`);
      expect(system.requests.at(-1)?.url).toBe(`${new URL(realm).origin}/oauth2/exchange`);
    },
  );

  test.each<[number, string, string]>([
    [
      401,
      '{}',
      `${HOST} refused the token of ${WHO} (401): give it the role AcrPull on the registry, and check that the registry trusts tenant ${TENANT}`,
    ],
    [403, '{}', `${HOST} forbids ${WHO} the exchange (403): give it the role AcrPull`],
    [500, '{}', `${HOST} answered 500 to the exchange`],
    ...['not JSON', '{}', 'null', '{"refresh_token":""}'].map((body): [number, string, string] => [
      200,
      body,
      'something without refresh_token',
    ]),
  ])('that answers %i %s to the exchange says what to do', async (status, body, message) => {
    registry.inject({ kind: 'reply', reply: { status, body } }, { when: isPost });
    expect((await failureOf()).message).toContain(message);
  });

  test('that refuses a token of an unknown tenant says so', async () => {
    const credential = {
      getToken: () => Promise.resolve({ token: 'opaque', expiresOnTimestamp: 0 }),
    };
    const failure = await failureOf({ credential });
    expect(failure.message).toContain('check that the registry trusts its tenant');
  });

  test('that is not there, or cannot be reached, says so', async () => {
    const { 'login.microsoftonline.com': login } = { 'login.microsoftonline.com': entra };
    const gone = fakeSystem({ http: throughFakes({ 'login.microsoftonline.com': login }) });
    await expect(failureOf(undefined, gone)).resolves.toMatchObject({
      message: `there is no registry ${HOST}: its name does not resolve`,
    });
    registry.inject({ kind: 'reset' });
    await expect(failureOf()).resolves.toMatchObject({
      message: `${HOST} cannot be reached: the connection was closed before the answer was complete (ECONNRESET)`,
    });
    const http = failing(new Error('odd'));
    const credential = { getToken: () => new Promise<null>(() => undefined) };
    await expect(
      failureOf({ credential }, withoutPauses(fakeSystem({ http }))),
    ).resolves.toMatchObject({
      message: `${HOST} cannot be reached: no HTTP answer came back`,
    });
  });
});

const REASON = new Error('given up');

test.each<AcrOptions>([
  { credential: throwing(new Error('aborted')) },
  { identity: SERVICE_PRINCIPAL },
  { configFile: '/a', cloud: 'AzureCloud' },
  {},
])('a caller who gave up is not told of a failure (%#)', async (options) => {
  const file = { resourceManagerEndpoint: 'https://arm', useManagedIdentityExtension: true };
  const system = world({ files: { '/a': JSON.stringify(file) } });
  const signal = AbortSignal.abort(REASON);
  await expect(acr({ system, ...options }).provide({ ...asked(), signal })).rejects.toBe(REASON);
});

test('a caller who gives up does not wait for a credential that hangs', async () => {
  const { signal, abort } = controlled();
  const hanging = { getToken: () => new Promise<null>(() => undefined) };
  const provider = acr({ credential: hanging, system: world() });
  const answer = provider.provide({ ...asked(), signal });
  abort();
  await expect(answer).rejects.toBe(REASON);
});

function controlled(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort(REASON) };
}
