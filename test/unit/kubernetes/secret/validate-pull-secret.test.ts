import { describe, expect, test } from '@jest/globals';

import { createPullSecret } from '../../../../src/kubernetes/secret/create-pull-secret.ts';
import type { Finding } from '../../../../src/findings/finding.ts';
import { validatePullSecret } from '../../../../src/kubernetes/secret/validate-pull-secret.ts';

const TYPE = 'kubernetes.io/dockerconfigjson';

function codes(findings: readonly Finding[]): string[] {
  return findings.map(({ code }) => code);
}

function secretWith(document: string, type = TYPE): object {
  const key = type === TYPE ? '.dockerconfigjson' : '.dockercfg';
  return { metadata: { name: 'x' }, type, stringData: { [key]: document } };
}

function entry(key: string, fields: object = { username: 'u', password: 'p' }): object {
  return secretWith(JSON.stringify({ auths: { [key]: fields } }));
}

function record<T>(size: number, member: (index: number) => [string, T]): Record<string, T> {
  return Object.fromEntries(Array.from({ length: size }, (_, index) => member(index)));
}

test('of more than a thousand findings the rest is counted', () => {
  const findings = validatePullSecret({ data: record(3000, (index) => [`a ${index}`, '']) });
  expect(findings).toHaveLength(1001);
  expect(findings.at(-1)).toEqual({
    code: 'more-findings',
    severity: 'error',
    message: '2002 more findings are left out',
    where: {},
  });
  const entries = record(3000, (index) => [`https://r${index}.test:443/v1`, {}]);
  const warnings = validatePullSecret(secretWith(JSON.stringify({ auths: entries })));
  expect(warnings.at(-1)).toMatchObject({ code: 'more-findings', severity: 'warning' });
});

test('a token is judged by the given time', () => {
  const claims = Buffer.from('{"exp":1000}').toString('base64url');
  const secret = entry('r.test', { username: 'u', password: `e30.${claims}.x` });
  expect(codes(validatePullSecret(secret, { now: new Date(999_000) }))).toEqual([]);
  expect(codes(validatePullSecret(secret, { now: new Date(1_000_000) }))).toEqual([
    'credential-expired',
  ]);
  expect(codes(validatePullSecret(secret))).toEqual(['credential-expired']);
  for (const now of [new Date(NaN), 5 as never]) {
    expect(() => validatePullSecret(secret, { now })).toThrow('must be a valid Date');
  }
});

describe('what is no Secret', () => {
  test.each([[null], ['x'], [[]], [{ kind: 'ConfigMap' }]])('%j', (value) => {
    expect(codes(validatePullSecret(value))).toEqual(['not-a-secret']);
  });
});

describe('what the kubelet makes of a stored secret', () => {
  test('nothing is wrong with what createPullSecret makes', () => {
    const secret = createPullSecret({ name: 'x', username: 'u', password: 'p' });
    expect(validatePullSecret(secret)).toEqual([]);
    expect(validatePullSecret({ ...secret, kind: undefined, apiVersion: undefined })).toEqual([]);
  });

  test('a document that it rejects, with the place', () => {
    const secret = secretWith(
      '{"auths":{\n "r.test":{"auth":"bm9jb2xvbg=="},\n "s.test":{"email":[]}}}',
    );
    expect(validatePullSecret(secret)).toMatchObject([
      {
        code: 'auth-malformed',
        severity: 'error',
        rejectedBy: 'kubelet',
        where: { secret: 'x', key: 'r.test', field: 'data[.dockerconfigjson].auths[r.test]' },
        message: expect.stringMatching(/^"auth" is not .+ \(line 2, column \d+\)$/),
        hint: expect.stringContaining('base64'),
      },
      {
        code: 'secret-malformed',
        where: { key: 's.test' },
        message: expect.stringMatching(/line 3/),
      },
    ]);
  });

  test('problems of the whole document name no entry', () => {
    expect(validatePullSecret(secretWith('{"auths":5}'))[0]?.message).toMatch(/^"auths" must/);
  });

  test.each<[string, object, string[]]>([
    ['both empty', { username: '', auth: '' }, ['entry-empty']],
    ['no user name', { auth: 'OnA=' }, ['username-empty']],
    ['no password', { auth: 'dTo=' }, ['password-empty']],
    [
      'an identity token',
      { username: '<token>', identitytoken: 'canary' },
      ['identity-token-ignored'],
    ],
    [
      'a registry token',
      { username: 'u', password: 'p', registrytoken: 'canary' },
      ['identity-token-ignored'],
    ],
    [
      'a token of a wrong type',
      { username: 'u', password: 'p', identitytoken: 5 },
      ['field-ignored', 'no-entries'],
    ],
    ['a line break at the end', { username: 'u', password: 'canary\n' }, ['password-line-break']],
    [
      'line breaks at both ends',
      { auth: Buffer.from('u\n:canary\r\n').toString('base64') },
      ['password-line-break', 'password-line-break'],
    ],
    ['a space before', { username: ' u', password: 'p' }, ['outer-space']],
    ['a space inside', { username: 'u', password: 'p p' }, []],
    [
      'bytes that are not UTF-8',
      { auth: Buffer.from('u:\xFF', 'latin1').toString('base64') },
      ['not-utf8'],
    ],
  ])('a credential with %s', (_title, fields, expected) => {
    const findings = validatePullSecret(entry('r.test', fields));
    expect(codes(findings)).toEqual(expected);
    expect(JSON.stringify(findings)).not.toContain('canary');
    for (const { severity, code } of findings) {
      expect(severity).toBe('warning');
      expect(code).not.toBe('');
    }
  });

  test.each<[string, string[]]>([
    ['{"auths":{"r.test":{"auth":"dTpw"}},"credsStore":"desktop"}', ['credential-helper']],
    ['{"credHelpers":{"r.test":"gcr"}}', ['credential-helper', 'no-entries']],
    ['{"r.test":{"auth":"dTpw"}}', ['no-auths']],
    ['{"r.test":{"password":"p"}}', ['no-auths']],
    ['{"r.test":{"email":"e"}}', ['no-entries']],
  ])('the shape of %s', (document, expected) => {
    expect(codes(validatePullSecret(secretWith(document)))).toEqual(expected);
  });

  test.each<[string, string[]]>([
    ['{"r.test":{"auth":"dTpw"}}', []],
    ['{}', ['no-entries']],
    ['{"r.test":5}', ['secret-malformed']],
    ['{"auths":{"r.test":{"auth":"dTpw"}}}', ['auths-in-dockercfg', 'key-host', 'entry-empty']],
  ])('the shape of the .dockercfg %s', (document, expected) => {
    const secret = secretWith(document, 'kubernetes.io/dockercfg');
    expect(codes(validatePullSecret(secret))).toEqual(expected);
  });

  test('names the entry of a .dockercfg without an auths level', () => {
    const secret = secretWith('{"r.test":{}}', 'kubernetes.io/dockercfg');
    expect(validatePullSecret(secret)[0]?.where.field).toBe('data[.dockercfg][r.test]');
    expect(validatePullSecret(entry('r.test', {}))[0]?.where.field).toBe(
      'data[.dockerconfigjson].auths[r.test]',
    );
  });

  test('values that do not count', () => {
    const secret = {
      metadata: { name: 'x' },
      type: TYPE,
      data: { '.dockerconfigjson': 'e30=', '.dockercfg': 'e30=' },
      stringData: { '.dockerconfigjson': '{"auths":{"r.test":{"auth":"dTpw"}}}' },
    };
    expect(codes(validatePullSecret(secret))).toEqual(['data-overridden', 'key-unused']);
  });

  test.each([
    [{ '.dockercfg': 'e30=' }, /Use the type kubernetes.io\/dockercfg;/],
    [{}, /Use the type kubernetes.io\/dockerconfigjson or kubernetes.io\/dockercfg;/],
  ])('a type that it ignores, with %j', (data, hint) => {
    const [finding] = validatePullSecret({ metadata: { name: 'x' }, data });
    expect(finding).toMatchObject({
      code: 'secret-type',
      message: expect.stringContaining('Opaque'),
    });
    expect(finding?.hint).toMatch(hint);
  });
});
