import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { Credential, type CredentialFields } from '../../../src/credential/credential.ts';
import { credentialHash } from '../../../src/kubelet/credential-hash.ts';

function hash(fields: Partial<CredentialFields>): string {
  return credentialHash(
    Credential.from({
      username: '',
      password: '',
      key: 'gcr.io',
      source: { kind: 'docker-config', path: '/config.json' },
      ...fields,
    }),
  );
}

function sha256(json: string): string {
  return createHash('sha256').update(json).digest('hex');
}

describe('the hash is one of the JSON that Go writes', () => {
  test.each<[Partial<CredentialFields>, string]>([
    [{ username: 'u', password: 'p' }, '{"username":"u","password":"p"}'],
    [{ username: 'u', password: 'p', email: 'e' }, '{"username":"u","password":"p","email":"e"}'],
    [{ username: 'u' }, '{"username":"u"}'],
    [{ password: 'p' }, '{"password":"p"}'],
    [{}, '{}'],
    [{ username: 'a:b', password: 'c:d' }, '{"username":"a:b","password":"c:d"}'],
    [
      { username: 'u', password: '<&>' },
      String.raw`{"username":"u","password":"\u003c\u0026\u003e"}`,
    ],
    [
      { username: 'u', password: '\uFFFD', basicBytes: Uint8Array.of(0x75, 0x3a, 0xff) },
      String.raw`{"username":"u","password":"\ufffd"}`,
    ],
  ])('%o', (fields, json) => {
    expect(hash(fields)).toBe(sha256(json));
  });

  test('in which neither tokens nor key nor source count', () => {
    const fields = {
      username: 'u',
      password: 'p',
      identityToken: 'i',
      registryToken: 'r',
      key: 'k',
    };
    expect(hash(fields)).toBe(hash({ username: 'u', password: 'p' }));
  });
});
