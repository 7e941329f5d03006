import { describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import { Credential, type CredentialFields } from '../../../src/credential/credential.ts';
import { toDockerConfigJson } from '../../../src/credential/docker-config-json.ts';

function credential(fields: Partial<CredentialFields> = {}): Credential {
  return new Credential({
    username: 'robot',
    password: 'secret',
    key: 'ghcr.io',
    source: { kind: 'docker-config', path: '/config.json' },
    ...fields,
  });
}

describe('toDockerConfigJson', () => {
  test('writes one entry for each key, the first of several', () => {
    const document = toDockerConfigJson([
      credential({ key: 'b.test' }),
      credential({ key: 'a.test', username: 'first' }),
      credential({ key: 'a.test', username: 'second' }),
    ]);
    expect(JSON.stringify(document)).toBe(
      JSON.stringify({
        auths: {
          'b.test': { auth: 'cm9ib3Q6c2VjcmV0' },
          'a.test': { auth: Buffer.from('first:secret').toString('base64') },
        },
      }),
    );
  });

  test('writes the tokens and the e-mail address', () => {
    const fields = { email: 'e', identityToken: 'i', registryToken: 'r' };
    expect(
      toDockerConfigJson([credential({ ...fields, username: '', password: '' })]).auths,
    ).toEqual({ 'ghcr.io': { email: 'e', identitytoken: 'i', registrytoken: 'r' } });
  });

  test('writes an empty credential as an empty entry', () => {
    const empty = credential({ username: '', password: '' });
    expect(toDockerConfigJson([empty]).auths).toEqual({ 'ghcr.io': {} });
    const nameOnly = credential({ password: '' });
    expect(toDockerConfigJson([nameOnly]).auths).toEqual({ 'ghcr.io': { auth: 'cm9ib3Q6' } });
  });

  test('writes Docker Hub under the name that docker knows', () => {
    const { auths } = toDockerConfigJson([credential({ key: 'index.docker.io' })]);
    expect(Object.keys(auths)).toEqual(['https://index.docker.io/v1/']);
  });

  test('writes the name that it is told', () => {
    const credentials = [credential({ key: '*.test' }), credential({ key: 'a.test' })];
    const { auths } = toDockerConfigJson(credentials, { server: 'a.test' });
    expect(Object.keys(auths)).toEqual(['a.test']);
  });

  test.each(['__proto__', 'constructor', 'toString'])(
    'takes %s for a key like any other',
    (key) => {
      const document = toDockerConfigJson([credential({ key })]);
      expect(Object.hasOwn(document.auths, key)).toBe(true);
      expect(JSON.stringify(document)).toContain(`"${key}":{"auth":"cm9ib3Q6c2VjcmV0"}`);
    },
  );

  test('keeps bytes that are not UTF-8', () => {
    const basicBytes = Uint8Array.of(0x75, 0x3a, 0xff);
    const { auths } = toDockerConfigJson([credential({ basicBytes })]);
    expect(auths['ghcr.io']).toEqual({ auth: Buffer.from(basicBytes).toString('base64') });
  });

  test('gives a document whose printing shows no secret', () => {
    const document = toDockerConfigJson([credential()]);
    expect(inspect(document)).toBe("{ auths: '[redacted: 1 entries]' }");
    expect(inspect({ document }, { depth: 9, showHidden: true })).not.toContain('cm9ib3Q6c2Vj');
  });
});
