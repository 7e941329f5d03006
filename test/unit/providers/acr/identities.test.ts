import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { AcrOptions } from '../../../../src/providers/acr/acr-options.ts';
import type { FakeWorld } from '../../fakes/fake-system.ts';
import { CLIENT, SECRET, SERVICE_PRINCIPAL, TENANT } from './azure-world.ts';
import { ASSERTION, CERTIFIED, IDENTITY, LOCKED, PLAIN, startLab, type Lab } from './lab.ts';

let lab: Lab;

beforeAll(async () => {
  lab = await startLab();
}, 60_000);

afterAll(async () => lab.close());

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
    const before = lab.registry.refreshTokens.length;
    const response = await lab.give(options, { system: lab.world(more) });
    expect(response).toEqual(lab.tokenAnswer());
    expect(lab.registry.refreshTokens).toHaveLength(before + 1);
  });
});
