// The clouds and a registry as fakes, and a provider's way to them; what several tests of acr() share.

import { expect } from '@jest/globals';

import { acr } from '../../../../src/providers/acr/acr.ts';
import type { AcrOptions } from '../../../../src/providers/acr/acr-options.ts';
import type { CredentialRequest, CredentialResponse } from '../../../../src/providers/contract.ts';
import { fakeJwt } from '../../../../src/testing/azure/aad-tokens.ts';
import {
  createClientCertificate,
  type ClientCertificate,
} from '../../../../src/testing/azure/client-certificate.ts';
import { startFakeAcr, type FakeAcr } from '../../../../src/testing/azure/fake-acr.ts';
import {
  startFakeAzureMetadata,
  type FakeManagedIdentity,
} from '../../../../src/testing/azure/fake-azure-metadata.ts';
import {
  startFakeEntra,
  type FakeEntra,
  type FakeFederatedCredential,
} from '../../../../src/testing/azure/fake-entra.ts';
import { fakeSystem, type FakeSystem, type FakeWorld } from '../../fakes/fake-system.ts';
import { APPLICATION, CLIENT, TENANT, asked, throughFakes } from './azure-world.ts';

export const HOST = 'labreg.azurecr.io';
export const NULL_GUID = '00000000-0000-0000-0000-000000000000';
export const CERTIFIED = 'cccccccc-bbbb-cccc-dddd-eeeeeeeeeeee';
export const PLAIN: ClientCertificate = createClientCertificate();
export const LOCKED: ClientCertificate = createClientCertificate('pass phrase');
export const IDENTITY: FakeManagedIdentity & { readonly resourceId: string } = {
  tenantId: TENANT,
  clientId: CLIENT,
  resourceId: '/subscriptions/s/id',
  objectId: 'o-1',
};
const FEDERATED: FakeFederatedCredential = {
  issuer: 'https://lab.issuer',
  subject: 'system:serviceaccount:team-a:puller',
};
export const ASSERTION: string = fakeJwt({
  iss: FEDERATED.issuer,
  sub: FEDERATED.subject,
  aud: ['api://AzureADTokenExchange'],
  exp: 4_000_000_000,
});
export const ANNOTATIONS: Readonly<Record<string, string>> = {
  'kubernetes.azure.com/acr-client-id': CLIENT,
  'kubernetes.azure.com/acr-tenant-id': TENANT,
};

/** What a test may do. */
export interface Lab {
  readonly entra: FakeEntra;
  readonly registry: FakeAcr;
  readonly world: (more?: FakeWorld) => FakeSystem;
  /** Asks a new provider. */
  readonly give: (
    options: AcrOptions,
    more?: { readonly system?: FakeSystem; readonly request?: CredentialRequest },
  ) => Promise<CredentialResponse | undefined>;
  /** What the registry's last token gives. */
  readonly tokenAnswer: () => unknown;
  readonly close: () => Promise<void>;
}

/** Starts the fakes, and loads the SDK, which takes seconds where Jest has not seen it before. */
export async function startLab(): Promise<Lab> {
  await import('@azure/identity');
  const entra = await startFakeEntra({
    applications: [
      { ...APPLICATION, federated: FEDERATED },
      { tenantId: TENANT, clientId: CERTIFIED, certificate: PLAIN.certificate },
      { tenantId: TENANT, clientId: 'locked', certificate: LOCKED.certificate },
    ],
  });
  const metadata = await startFakeAzureMetadata({ systemAssigned: IDENTITY });
  const registry = await startFakeAcr({ trusts: [entra, metadata], tenantId: TENANT });
  const routes = {
    'login.microsoftonline.com': entra,
    'login.partner.microsoftonline.cn': entra,
    '169.254.169.254': metadata,
    [HOST]: registry,
    'my-reg-abc123.azurecr.io': registry,
    'labreg.eastus.geo.azurecr.io': registry,
    'labreg.azurecr.cn': registry,
  };
  const world = (more: FakeWorld = {}): FakeSystem =>
    fakeSystem({ http: throughFakes(routes), ...more });
  return {
    entra,
    registry,
    world,
    give: (options, { system = world(), request = asked() } = {}) =>
      acr({ system, ...options }).provide(request),
    tokenAnswer: () => ({
      auth: { [HOST]: { username: NULL_GUID, password: registry.refreshTokens.at(-1) } },
      cacheKeyType: 'Registry',
      expiresAt: expect.any(Date) as unknown,
    }),
    async close() {
      await Promise.all([entra.close(), metadata.close(), registry.close()]);
    },
  };
}
