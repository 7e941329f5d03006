import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { FakeServer } from '../../../../src/testing/fake-server.ts';
import { startFakeAcr, type FakeAcr } from '../../../../src/testing/azure/fake-acr.ts';
import {
  startFakeAzureMetadata,
  type FakeAzureMetadata,
} from '../../../../src/testing/azure/fake-azure-metadata.ts';
import { startFakeEntra, type FakeEntra } from '../../../../src/testing/azure/fake-entra.ts';
import { createTestCertificate } from '../../../../src/testing/tls/certificates.ts';
import type { FakeReply } from '../../fakes/fake-system.ts';
import { CLIENT, SECRET, TENANT, throughFakes } from '../../providers/acr/azure-world.ts';
import { ask as askDirectly } from '../client.ts';

const SCOPE = 'https://containerregistry.azure.net/.default';
const REGISTRY = 'labreg.azurecr.io';
let entra: FakeEntra;
let metadata: FakeAzureMetadata;
let registry: FakeAcr;
let nowMs = Date.now();
const now = (): number => nowMs;

beforeAll(async () => {
  entra = await startFakeEntra({
    applications: [{ tenantId: TENANT, clientId: CLIENT, secret: SECRET }],
    lifetimeSeconds: 60,
    now,
    tls: await createTestCertificate(['localhost']),
  });
  metadata = await startFakeAzureMetadata({
    systemAssigned: { tenantId: TENANT, clientId: 'system' },
    userAssigned: [{ tenantId: 'other', clientId: 'user', resourceId: '/r', objectId: 'o' }],
    now,
  });
  registry = await startFakeAcr({
    trusts: [entra, metadata],
    tenantId: TENANT,
    pullers: [CLIENT],
    now,
    tls: await createTestCertificate(['*.azurecr.io']),
  });
});

afterAll(async () => {
  await Promise.all([entra.close(), metadata.close(), registry.close()]);
});

async function send(
  url: string,
  more: { method?: string; headers?: Record<string, string>; form?: Record<string, string> } = {},
): Promise<FakeReply & { readonly text: string }> {
  const { form, ...request } = more;
  const body =
    form === undefined ? {} : { body: new URLSearchParams(form).toString(), method: 'POST' };
  const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const routes: Record<string, FakeServer> = {
    localhost: entra,
    [REGISTRY]: registry,
    '127.0.0.1': metadata,
  };
  const headers = { ...type, ...request.headers };
  const reply = await throughFakes(routes)({ url, timeoutMs: 5000, ...request, ...body, headers });
  return { ...reply, text: String(reply.body) };
}

const tokenUrl = (tenant = TENANT): string => `${entra.authorityHost}/${tenant}/oauth2/v2.0/token`;
const secretForm = {
  client_id: CLIENT,
  scope: SCOPE,
  grant_type: 'client_credentials',
  client_secret: SECRET,
};

async function aadToken(): Promise<string> {
  const { text } = await send(tokenUrl(), { form: secretForm });
  return (JSON.parse(text) as { access_token: string }).access_token;
}

describe('the fake Entra ID', () => {
  test('describes itself, and knows the tokens that it gave until they end', async () => {
    const { text } = await send(
      `${entra.authorityHost}/${TENANT}/v2.0/.well-known/openid-configuration`,
    );
    expect(JSON.parse(text)).toMatchObject({ token_endpoint: tokenUrl() });
    const token = await aadToken();
    expect(entra.findToken(token)).toMatchObject({ clientId: CLIENT, tenantId: TENANT });
    nowMs += 61_000;
    expect(entra.findToken(token)).toBeUndefined();
  });

  test.each<[Record<string, string>, number, string]>([
    [{ client_secret: 'x' }, 401, 'AADSTS7000215'],
    [{ client_id: 'x' }, 400, 'AADSTS700016'],
    [{ client_secret: SECRET, client_assertion: 'a' }, 401, 'AADSTS7000218'],
    [
      { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' },
      401,
      'AADSTS7000218',
    ],
    [{ resource: 'x' }, 400, 'field \\"resource\\" is unknown'],
    [{ scope: 'https://x' }, 400, 'field \\"scope\\" must be'],
    [{ grant_type: 'password' }, 400, 'field \\"grant_type\\" must be'],
  ])('refuses a form with %j', async (fields, status, text) => {
    await expect(send(tokenUrl(), { form: { ...secretForm, ...fields } })).resolves.toMatchObject({
      status,
      text: expect.stringContaining(text),
    });
  });

  test('refuses unknown tenants, paths and methods', async () => {
    await expect(send(tokenUrl('none'), { form: secretForm })).resolves.toMatchObject({
      text: expect.stringContaining('AADSTS90002'),
    });
    await expect(send(tokenUrl())).resolves.toMatchObject({ status: 404 });
    await expect(send(`${entra.authorityHost}/x`)).resolves.toMatchObject({ status: 404 });
    const configuration = `${entra.authorityHost}/${TENANT}/v2.0/.well-known/openid-configuration`;
    await expect(send(configuration, { method: 'PUT' })).resolves.toMatchObject({ status: 404 });
  });
});

const exchange = (form: Record<string, string>): ReturnType<typeof send> =>
  send(`https://${REGISTRY}/oauth2/exchange`, {
    form: { grant_type: 'access_token', service: REGISTRY, ...form },
  });

describe('the fake registry', () => {
  test('exchanges a token, and the token for an access token that opens it', async () => {
    const { text } = await exchange({ access_token: await aadToken(), tenant: TENANT });
    const { refresh_token } = JSON.parse(text) as { refresh_token: string };
    expect(registry.refreshTokens).toEqual([refresh_token]);
    const form = { grant_type: 'refresh_token', service: REGISTRY, scope: 's', refresh_token };
    const token = await send(`https://${REGISTRY}/oauth2/token`, { form });
    const { access_token } = JSON.parse(token.text) as { access_token: string };
    expect(registry.accessTokens).toEqual([access_token]);
    const headers = { authorization: `Bearer ${access_token}` };
    await expect(send(`https://${REGISTRY}/v2/`, { headers })).resolves.toMatchObject({
      status: 200,
    });
    await expect(
      send(`https://${REGISTRY}/oauth2/token`, { form: { ...form, refresh_token: 'x' } }),
    ).resolves.toMatchObject({ status: 401 });
    await expect(
      send(`https://${REGISTRY}/oauth2/token`, { form: { ...form, client_id: 'x' } }),
    ).resolves.toMatchObject({ status: 400 });
  });

  test('refuses what is not to the letter, foreign tokens and tenants, and who has no role', async () => {
    await expect(exchange({ access_token: 'x' })).resolves.toMatchObject({ status: 401 });
    await expect(exchange({ access_token: 'x', refresh_token: 'x' })).resolves.toMatchObject({
      status: 400,
    });
    const own = await aadToken();
    await expect(exchange({ access_token: own, tenant: 'x' })).resolves.toMatchObject({
      status: 401,
    });
    const { token } = await imds('resource=https://containerregistry.azure.net');
    await expect(exchange({ access_token: token })).resolves.toMatchObject({ status: 403 });
    const other = await imds('resource=https://containerregistry.azure.net&client_id=user');
    await expect(exchange({ access_token: other.token })).resolves.toMatchObject({ status: 401 });
    const vault = await imds('resource=https://vault.azure.net');
    await expect(exchange({ access_token: vault.token })).resolves.toMatchObject({ status: 401 });
    await expect(send(`https://${REGISTRY}/v2/_catalog`)).resolves.toMatchObject({ status: 404 });
  });

  test('may be open to everybody, have another challenge, and trust every tenant', async () => {
    await using open = await startFakeAcr({ trusts: [], isOpen: true, challenge: () => 'Basic' });
    const routes = { [REGISTRY]: open };
    await expect(
      throughFakes(routes)({ url: `https://${REGISTRY}/v2/`, timeoutMs: 1000 }),
    ).resolves.toMatchObject({ status: 200 });
  });
});

async function imds(
  query: string,
  headers: Record<string, string> = { metadata: 'true' },
): Promise<{ status: unknown; text: string; token: string }> {
  const url = `${metadata.url}/metadata/identity/oauth2/token?api-version=2018-02-01&${query}`;
  const { status, text } = await send(url, { headers });
  return { status, text, token: (JSON.parse(text) as { access_token: string }).access_token };
}

describe('the fake metadata service', () => {
  test.each([
    ['', 'system'],
    ['&client_id=user', 'user'],
    ['&client_id=system', 'system'],
    ['&object_id=o', 'user'],
    ['&msi_res_id=/r', 'user'],
  ])('gives a token for %j', async (query, clientId) => {
    const { token } = await imds(`resource=https://r${query}`);
    expect(metadata.findToken(token)).toMatchObject({ clientId, audience: 'https://r' });
  });

  test.each([
    ['resource=https://r&client_id=x', 'Identity not found'],
    ['resource=https://r&client_id=user&object_id=o', 'Identity not found'],
    ['resource=r', 'resource'],
    ['', 'missing'],
    ['resource=https://r&x=y', 'unknown'],
  ])('refuses %j', async (query, text) => {
    await expect(imds(query)).resolves.toMatchObject({
      status: 400,
      text: expect.stringContaining(text),
    });
  });

  test('says as the real one that it cannot choose among several assigned identities', async () => {
    const userAssigned = ['one', 'two'].map((clientId) => ({ tenantId: 't', clientId }));
    await using several = await startFakeAzureMetadata({ userAssigned });
    const url = `${several.url}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://r`;
    const headers = { metadata: 'true' };
    const { status, body } = await askDirectly(url, { headers });
    expect(status).toBe(400);
    expect(JSON.parse(body)).toEqual({
      error: 'invalid_request',
      error_description:
        'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
    });
    await expect(askDirectly(`${url}&client_id=two`, { headers })).resolves.toMatchObject({
      status: 200,
    });
    await expect(askDirectly(`${url}&client_id=x`, { headers })).resolves.toMatchObject({
      body: expect.stringContaining('Identity not found'),
    });
  });

  test('refuses requests without its header, that were forwarded, and to other paths', async () => {
    await expect(imds('resource=https://r', {})).resolves.toMatchObject({ status: 400 });
    const forwarded = { metadata: 'true', 'x-forwarded-for': '10.0.0.1' };
    await expect(imds('resource=https://r', forwarded)).resolves.toMatchObject({ status: 400 });
    await expect(send(`${metadata.url}/x`)).resolves.toMatchObject({ status: 404 });
    const post = { method: 'POST' };
    await expect(send(`${metadata.url}/msi/token`, post)).resolves.toMatchObject({ status: 404 });
  });

  test('says where it is, and answers as App Service does', async () => {
    expect(metadata.env).toEqual({ AZURE_POD_IDENTITY_AUTHORITY_HOST: metadata.url });
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = metadata.appServiceEnv;
    const url = `${String(IDENTITY_ENDPOINT)}?api-version=2019-08-01&resource=https://r&mi_res_id=/r`;
    const headers = { 'x-identity-header': String(IDENTITY_HEADER) };
    await expect(send(url, { headers })).resolves.toMatchObject({ status: 200 });
  });

  test.each([
    [{ userAssigned: [{ tenantId: 't', clientId: 'c' }] }, 200],
    [{}, 400],
  ])('with %j answers %i to who names no identity', async (options, status) => {
    await using server = await startFakeAzureMetadata(options);
    const ask = throughFakes({ '127.0.0.1': server });
    const url = `${server.url}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://r`;
    const more = { headers: { metadata: 'true' }, timeoutMs: 1000 };
    await expect(ask({ url, ...more })).resolves.toMatchObject({ status });
    await expect(ask({ url: `${url}&client_id=x`, ...more })).resolves.toMatchObject({
      status: 400,
    });
  });
});
