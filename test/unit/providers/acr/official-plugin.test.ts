// What acr-credential-provider (kubernetes-sigs/cloud-provider-azure) answered, and what acr() answers to the same.
// Where they differ, the reason stands here; docs/providers/acr.md lists them.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { acr } from '../../../../src/providers/acr/acr.ts';
import type { AcrOptions } from '../../../../src/providers/acr/acr-options.ts';
import type { CredentialRequest, CredentialResponse } from '../../../../src/providers/contract.ts';
import { fakeJwt } from '../../../../src/testing/azure/aad-tokens.ts';
import { startFakeAcr, type FakeAcr } from '../../../../src/testing/azure/fake-acr.ts';
import {
  startFakeAzureMetadata,
  type FakeAzureMetadata,
} from '../../../../src/testing/azure/fake-azure-metadata.ts';
import { startFakeEntra, type FakeEntra } from '../../../../src/testing/azure/fake-entra.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { CLIENT, SECRET, TENANT, throughFakes } from './azure-world.ts';

interface Recording {
  readonly name: string;
  readonly request: Omit<CredentialRequest, 'signal'>;
  readonly exit: number;
  readonly answer: {
    readonly auth?: CredentialResponse['auth'];
    readonly cacheKeyType: string;
  } | null;
}

const recordings = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/acr-credential-provider.json'), 'utf8'),
) as readonly Recording[];

const MANAGED = JSON.stringify({
  cloud: 'AzurePublicCloud',
  tenantId: TENANT,
  useManagedIdentityExtension: true,
});
const FILES = {
  '/mi.json': MANAGED,
  '/umi.json': JSON.stringify({
    ...(JSON.parse(MANAGED) as object),
    userAssignedIdentityID: CLIENT,
  }),
  '/sp.json': JSON.stringify({ tenantId: TENANT, aadClientId: CLIENT, aadClientSecret: SECRET }),
};
const OPTIONS: Readonly<Record<string, AcrOptions>> = {
  'acr-service-principal': { configFile: '/sp.json' },
  'acr-user-assigned-identity': { configFile: '/umi.json' },
  'acr-registry-mirror': {
    configFile: '/mi.json',
    registryMirrors: { 'mcr.lab.test': 'labreg.azurecr.io' },
  },
};
const ASSERTION = fakeJwt({
  iss: 'i',
  sub: 's',
  aud: 'api://AzureADTokenExchange',
  exp: 4_000_000_000,
});

let entra: FakeEntra;
let metadata: FakeAzureMetadata;
let registry: FakeAcr;

beforeAll(async () => {
  await import('@azure/identity');
  const federated = { issuer: 'i', subject: 's' };
  entra = await startFakeEntra({
    applications: [{ tenantId: TENANT, clientId: CLIENT, federated }],
  });
  const systemAssigned = { tenantId: TENANT, clientId: CLIENT };
  metadata = await startFakeAzureMetadata({ systemAssigned });
  registry = await startFakeAcr({ trusts: [entra, metadata] });
}, 60_000);

afterAll(async () => {
  await Promise.all([entra.close(), metadata.close(), registry.close()]);
});

/** Our answer in the plugin's form. */
async function answerTo({ name, request }: Recording): Promise<Recording['answer']> {
  const http = throughFakes({
    'login.microsoftonline.com': entra,
    '169.254.169.254': metadata,
    'labreg.azurecr.io': registry,
  });
  const options = OPTIONS[name] ?? { configFile: '/mi.json' };
  const provider = acr({
    ...options,
    anonymousFallback: true,
    system: fakeSystem({ http, files: FILES }),
  });
  const token = request.serviceAccountToken === undefined ? {} : { serviceAccountToken: ASSERTION };
  const { signal } = new AbortController();
  const response = await provider.provide({ ...request, ...token, signal });
  if (response === undefined) return null;
  const entries = Object.entries(response.auth).map(([key, { username, password }]) => {
    const shown = registry.refreshTokens.includes(password) ? '(refresh token)' : password;
    return [key, { username, password: shown }];
  });
  return { cacheKeyType: response.cacheKeyType, auth: Object.fromEntries(entries) };
}

const ALIKE: ReadonlySet<string> = new Set([
  'acr-managed-identity',
  'acr-registry-mirror',
  'acr-user-assigned-identity',
  'acr-workload-identity',
]);

test.each(recordings.filter(({ name }) => ALIKE.has(name)))('$name is alike', async (recording) => {
  // The duration differs: the plugin says one hour, we say what the token says.
  const { auth, cacheKeyType } = recording.answer ?? {};
  await expect(answerTo(recording)).resolves.toEqual({ auth, cacheKeyType });
});

test('a service principal’s password is given for the registry that was asked for, not for all of Azure', async () => {
  const recording = recordings.find(({ name }) => name === 'acr-service-principal');
  const { auth = {} } = recording?.answer ?? {};
  await expect(answerTo(recording as Recording)).resolves.toEqual({
    cacheKeyType: 'Registry',
    auth: { 'labreg.azurecr.io': auth['*.azurecr.io'], '*.azurecr.*': auth['*.azurecr.*'] },
  });
});

test('an image of no registry of Azure has no answer, which over the protocol is an empty one', async () => {
  const recording = recordings.find(({ name }) => name === 'acr-not-acr');
  expect(recording?.answer).not.toHaveProperty('auth');
  await expect(answerTo(recording as Recording)).resolves.toBeNull();
});

test('a service account without annotation fails as in the plugin', async () => {
  const recording = recordings.find(({ name }) => name === 'acr-workload-identity-no-client');
  expect(recording?.exit).toBe(1);
  await expect(answerTo(recording as Recording)).rejects.toThrow(
    'kubernetes.azure.com/acr-client-id',
  );
});

test('a missing configuration file fails only when it is asked for: without, the environment says who asks', () => {
  expect(recordings.find(({ name }) => name === 'acr-no-config')?.exit).toBe(1);
  expect(acr().name).toBe('acr');
});
