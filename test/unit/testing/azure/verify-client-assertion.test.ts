import { describe, expect, test } from '@jest/globals';
import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  sign,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';

import { decodeJwtPart, fakeJwt } from '../../../../src/testing/azure/aad-tokens.ts';
import { createClientCertificate } from '../../../../src/testing/azure/client-certificate.ts';
import { assertionProblem } from '../../../../src/testing/azure/verify-client-assertion.ts';
import { CLIENT } from '../../providers/acr/azure-world.ts';

function thumbprintOf(certificate: string): string {
  return createHash('sha1').update(new X509Certificate(certificate).raw).digest('base64url');
}

function createKey(pem: string): KeyObject {
  return createPrivateKey(pem);
}

function codeOf(assertion: string, more: object = {}): number | undefined {
  const rules = { clientId: CLIENT, audience: 'https://e/token', nowMs: Date.now() };
  return assertionProblem(assertion, { ...rules, ...more })?.code;
}

describe('assertions', () => {
  const { certificate } = createClientCertificate();
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const exp = 4_000_000_000;
  const federated = { issuer: 'i', subject: 's', audience: 'a', publicKey };

  function jwt(header: object, claims: object, key = keys.privateKey): string {
    const signed = [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
  }

  test('of other issuers are compared with what the application trusts', () => {
    const good = { iss: 'i', sub: 's', aud: ['a'], exp };
    expect(codeOf(jwt({ alg: 'RS256' }, good), { federated })).toBeUndefined();
    expect(codeOf(jwt({ alg: 'RS256' }, good))).toBe(70_025);
    expect(codeOf(jwt({ alg: 'RS256' }, { ...good, iss: 'x' }), { federated })).toBe(700_211);
    expect(codeOf(jwt({ alg: 'RS256' }, { ...good, sub: 'x' }), { federated })).toBe(700_213);
    expect(codeOf(jwt({ alg: 'RS256' }, { ...good, aud: 'x' }), { federated })).toBe(700_212);
    expect(codeOf(fakeJwt(good), { federated })).toBe(50_027);
    expect(codeOf('opaque')).toBe(50_027);
    expect(codeOf('a.b.c')).toBe(700_024);
    expect(codeOf(jwt({}, { ...good, exp: 1 }))).toBe(700_024);
    expect(codeOf(jwt({}, { ...good, nbf: exp }))).toBe(700_024);
  });

  test('of certificates are compared with the one that is registered', () => {
    const claims = { iss: CLIENT, sub: CLIENT, aud: 'https://e/token', exp };
    expect(codeOf(jwt({ alg: 'RS256', x5t: 'x' }, claims))).toBe(700_027);
    expect(codeOf(jwt({ alg: 'RS256', x5t: 'x' }, claims), { certificate })).toBe(700_027);
    const own = createClientCertificate();
    const x5t = thumbprintOf(own.certificate);
    const signedBy = (fields: object, header: object = { alg: 'RS256', x5t }): number | undefined =>
      codeOf(jwt(header, { ...claims, ...fields }, createKey(own.pem)), {
        certificate: own.certificate,
      });
    expect(signedBy({})).toBeUndefined();
    expect(signedBy({ iss: 'x' })).toBe(700_021);
    expect(signedBy({ sub: 'x' })).toBe(700_021);
    expect(signedBy({ aud: 'x' })).toBe(700_023);
    expect(signedBy({}, { alg: 'none', x5t })).toBe(700_027);
    expect(codeOf(jwt({ alg: 'RS256', x5t }, claims), { certificate: own.certificate })).toBe(
      700_027,
    );
  });

  test('of no JWT are empty', () => {
    expect(decodeJwtPart('%')).toEqual({});
  });
});
