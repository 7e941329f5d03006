import { describe, expect, test } from '@jest/globals';

import { cloudOfAuthority } from '../../../../src/providers/acr/clouds.ts';
import { identityFailure } from '../../../../src/providers/acr/identity/identity-failure.ts';
import { identityHttpClient } from '../../../../src/providers/acr/identity/identity-http-client.ts';
import { createImdsProbe } from '../../../../src/providers/acr/identity/imds-probe.ts';
import { readClaims } from '../../../../src/credential/jwt.ts';
import { mirrorOf } from '../../../../src/providers/acr/login-server.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';

type Client = ReturnType<typeof identityHttpClient>;
type PipelineRequest = Parameters<Client['sendRequest']>[0];

function jwt(payload: unknown): string {
  return `e30.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.x`;
}

describe('readClaims', () => {
  test('reads the expiry and the tenant, and nothing of what is no JWT', () => {
    expect(readClaims(jwt({ exp: 1.5, tid: 't' }))).toEqual({
      expiresAt: new Date(1500),
      tenantId: 't',
    });
    for (const token of [
      '',
      'opaque',
      'a.b.c',
      jwt([]),
      jwt({ exp: '1', tid: 1 }),
      jwt({ exp: 1e300 }),
    ]) {
      expect(readClaims(token)).toEqual({});
    }
  });
});

describe('mirrorOf', () => {
  test('takes the longest source, at the end of a segment', () => {
    const mirrors = {
      'a.example': 'x.azurecr.io',
      'a.example/b': 'y.azurecr.io/b',
      'c.example/': 'z/',
    };
    expect(mirrorOf('a.example/b/c', mirrors)).toEqual({
      source: 'a.example/b',
      target: 'y.azurecr.io/b/c',
    });
    expect(mirrorOf('a.example/bc', mirrors)?.target).toBe('x.azurecr.io/bc');
    expect(mirrorOf('c.example/d', mirrors)?.target).toBe('z/d');
    expect(mirrorOf('a.example.com/b', mirrors)).toBeUndefined();
    expect(mirrorOf('a.example', mirrors)?.target).toBe('x.azurecr.io');
  });
});

test('cloudOfAuthority knows the clouds’ login hosts', () => {
  expect(cloudOfAuthority('https://login.microsoftonline.us/')?.name).toBe('AzureUSGovernment');
  expect(cloudOfAuthority('https://login.partner.microsoftonline.cn')?.name).toBe(
    'AzureChinaCloud',
  );
  expect(cloudOfAuthority('https://login.example.com')).toBeUndefined();
  expect(cloudOfAuthority('login.microsoftonline.com')).toBeUndefined();
});

test('the probe asks nothing where the environment names another endpoint', async () => {
  const system = fakeSystem({ env: { IDENTITY_ENDPOINT: 'http://localhost/msi/token' } });
  await expect(createImdsProbe(system)()).resolves.toBeUndefined();
  expect(system.requests).toEqual([]);
});

test('a failure is explained by every error in it, once, and by none too deep', () => {
  const deep = Array.from({ length: 9 }).reduce((cause) => ({ cause }), {
    message: 'AADSTS700082',
  });
  const error = {
    errors: [{ message: 'AADSTS90002: secret' }, { message: 'AADSTS90002: again' }, deep],
    errorResponse: { errorDescription: 'AADSTS65001' },
  };
  expect(identityFailure(error, { who: 'it' }).message).toBe(
    'it got no token: AADSTS65001, the application lacks consent; AADSTS90002, there is no such tenant: check tenantId, and the cloud',
  );
  const odd = {
    errorResponse: {},
    cause: { code: 'ERR_KEYRING_X', cause: { code: 'ECONNREFUSED' } },
  };
  expect(identityFailure(odd, { who: 'it' }).message).toContain('cannot be reached (ECONNREFUSED)');
});

test('the SDK’s client hands on what it is given, and drops what a System decides', async () => {
  const system = fakeSystem({ http: () => ({ headers: { A: ['1', '2'] }, body: 'text' }) });
  const client = identityHttpClient(system, () => undefined);
  const request = {
    url: 'https://login.example.com/x',
    method: 'POST',
    body: 'a=1',
    headers: { toJSON: () => ({ Accept: 'x', 'Accept-Encoding': 'gzip' }) },
  } as unknown as PipelineRequest;
  const { status, headers, bodyAsText } = await client.sendRequest(request);
  expect([status, bodyAsText, headers.get('a'), headers.has('A')]).toEqual([
    200,
    'text',
    '1, 2',
    true,
  ]);
  expect(system.requests[0]).toMatchObject({
    body: 'a=1',
    headers: { Accept: 'x' },
    proxy: 'environment',
  });
  expect(system.requests[0]?.headers).not.toHaveProperty('Accept-Encoding');
  headers.set('B', 3);
  headers.delete('a');
  expect([...headers]).toEqual([['b', '3']]);
  expect(headers.toJSON()).toEqual({ b: '3' });
});
