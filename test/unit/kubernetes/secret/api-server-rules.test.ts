import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Finding } from '../../../../src/findings/finding.ts';
import type { PullSecret } from '../../../../src/kubernetes/pull-secret.ts';
import { parseManifests } from '../../../../src/kubernetes/manifest/manifests.ts';
import { validatePullSecret } from '../../../../src/kubernetes/secret/validate-pull-secret.ts';

const TYPE = 'kubernetes.io/dockerconfigjson';
const REDACTED = 'Invalid value: "<secret contents redacted>": ';
const REFUSED = 'Secret in version "v1" cannot be handled as a Secret: ';

interface Answer {
  title: string;
  manifest: string;
  answer: string;
}

// Recorded from kube-apiserver v1.37.2 through kubectl v1.32.4.
const answers = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/api-server-answers.json'), 'utf8'),
) as Answer[];

const CODES_OF_STORED: Record<string, string[]> = {
  '`{}`': ['no-entries'],
  '`null`': ['no-entries'],
  '`{"auths":{}}`': ['no-entries'],
  '`{"auths":{"":{}}}`': ['key-host', 'entry-empty'],
  '`{"auths":{"r.test":{"auth":"!!!"}}}`': ['auth-malformed'],
  '`{"auths":{"r.test":{"auth":"bm9jb2xvbg=="}}}`': ['auth-malformed'],
  '`{"auths":[]}`': ['secret-malformed'],
  '`{"auths":{"r.test":"x"}}`': ['secret-malformed'],
  '`{"r.test":{"username":"u","password":"p"}}`': ['no-auths'],
  '`{"auths":{"r.test":{"username":1}}}`': ['secret-malformed'],
  '`{"auths":{"r.test":{}},"auths":{}}`': ['entry-empty'],
  'wrong type: Opaque with a .dockerconfigjson key': ['secret-type'],
  'wrong type: an invented type': ['secret-type'],
};

/** What kubectl prints for a finding of the API server. */
function kubectlLine(name: string, { where, message }: Finding): string {
  return message.startsWith(REFUSED)
    ? `Error from server (BadRequest): error when creating "STDIN": ${message}`
    : `The Secret "${name}" is invalid: ${where.field}: ${message}`;
}

function isRefusal({ answer }: Answer): boolean {
  return !answer.endsWith(' created');
}

function apiServerRefusals(secret: unknown): Finding[] {
  return validatePullSecret(secret).filter(({ rejectedBy }) => rejectedBy === 'api-server');
}

function codes(findings: readonly Finding[]): string[] {
  return findings.map(({ code }) => code);
}

function secretWith(document: string): object {
  return { metadata: { name: 'x' }, type: TYPE, stringData: { '.dockerconfigjson': document } };
}

describe('the recorded answers of an API server', () => {
  test.each(answers.filter(isRefusal))('$title', async ({ manifest, answer }) => {
    const [secret]: PullSecret[] = await parseManifests(manifest);
    const refusals = apiServerRefusals(secret);
    const name = secret?.metadata?.name ?? '';
    expect(refusals.map((finding) => kubectlLine(name, finding))).toEqual([answer]);
    expect(refusals[0]?.severity).toBe('error');
  });

  const stored = answers.filter((answer) => !isRefusal(answer));
  test.each(stored)('$title, which it stores', async ({ title, manifest }) => {
    const [secret] = await parseManifests(manifest);
    expect(apiServerRefusals(secret)).toEqual([]);
    expect(codes(validatePullSecret(secret))).toEqual(CODES_OF_STORED[title]);
  });

  test('over 1 MiB', () => {
    const secret = secretWith(`{"auths":{}}${' '.repeat(1_048_576)}`);
    const [finding] = validatePullSecret(secret);
    expect(finding).toMatchObject({
      where: { field: 'data' },
      message: 'Too long: may not be more than 1048576 bytes',
      rejectedBy: 'api-server',
    });
    expect(codes(validatePullSecret(secretWith(`{"a":{}}${' '.repeat(1_048_568)}`)))).toEqual([
      'no-entries',
    ]);
  });

  test.each([
    [{ '.dockerconfigjson': '%%%' }, `${REFUSED}illegal base64 data at input byte 0`],
    [
      { '.dockerconfigjson': 'bm9wZQ==' },
      `${REDACTED}invalid character 'o' in literal null (expecting 'u')`,
    ],
    [{}, 'Required value'],
  ])('the raw Status for %j', (data, message) => {
    const secret = { metadata: { name: 'myregistrykey' }, type: TYPE, data };
    expect(validatePullSecret(secret)).toMatchObject([
      { where: { field: 'data[.dockerconfigjson]' }, message },
    ]);
  });
});

describe('names', () => {
  const RULE = 'a lowercase RFC 1123 subdomain must consist of';
  test.each<[object, string, string | undefined]>([
    [{}, 'metadata.name', 'Required value: name or generateName is required'],
    [{ name: '' }, 'metadata.name', 'Required value: name or generateName is required'],
    [{ generateName: 'a-' }, 'metadata.generateName', undefined],
    // The dash is masked, and so is the letter before it; the name that is made of it is still wrong.
    [{ generateName: 'A-' }, 'metadata.name', `Invalid value: "A-xxxxx": ${RULE}`],
    [{ name: 'a.b-c' }, 'metadata.name', undefined],
    [
      { name: 'a\n"\u0001\u00A0\u{E0001}' },
      'metadata.name',
      String.raw`Invalid value: "a\n\"\x01\u00a0\U000e0001": ${RULE}`,
    ],
    [{ name: 'x', namespace: 'team-a' }, 'metadata.namespace', undefined],
    [
      { name: 'x', namespace: 'team.a' },
      'metadata.namespace',
      'Invalid value: "team.a": must not contain dots',
    ],
    [
      { name: 'x', namespace: 'Team' },
      'metadata.namespace',
      'Invalid value: "Team": a lowercase RFC 1123 label must',
    ],
    [
      { name: 'x', namespace: 'a'.repeat(64) },
      'metadata.namespace',
      `Invalid value: "${'a'.repeat(64)}": must be no more than 63 characters`,
    ],
    [
      { name: 'a'.repeat(254) },
      'metadata.name',
      `Invalid value: "${'a'.repeat(254)}": must be no more than 253 characters`,
    ],
  ])('%j', (metadata, field, message) => {
    const secret = { metadata, type: TYPE, stringData: { '.dockerconfigjson': '{}' } };
    const refusals = apiServerRefusals(secret);
    expect(refusals.map(({ where }) => where.field)).toEqual(message === undefined ? [] : [field]);
    expect(refusals[0]?.message ?? '').toContain(message ?? '');
  });

  test.each([
    ['.', ["must not be '.'"]],
    ['..', ["must not be '..'"]],
    ['..a', ["must not start with '..'"]],
    ['a'.repeat(254), ['must be no more than 253 characters']],
    ['..a b', ['a valid config key must', "must not start with '..'"]],
    ['', ['a valid config key must']],
  ])('of data keys: %s', (key, problems) => {
    const secret = {
      metadata: { name: 'x' },
      type: TYPE,
      data: { '.dockerconfigjson': 'e30=', [key]: '' },
    };
    const refusals = validatePullSecret(secret).filter(({ code }) => code === 'data-key-invalid');
    const prefix = `Invalid value: "${key}": `;
    expect(refusals).toHaveLength(problems.length);
    for (const [index, problem] of problems.entries()) {
      expect(refusals[index]?.message.startsWith(prefix + problem)).toBe(true);
    }
  });
});

test('a generated name is judged too, with x for what is random', () => {
  const long = 'B'.repeat(60);
  const refusals = apiServerRefusals({ metadata: { generateName: long }, type: 'Opaque' });
  expect(refusals.map(({ where }) => where.field)).toEqual([
    'metadata.generateName',
    'metadata.name',
  ]);
  expect(refusals[1]?.message).toMatch(/^Invalid value: "B{58}xxxxx": a lowercase RFC 1123/);
});

describe('content that the API server refuses', () => {
  test.each([
    ['true', 'json: cannot unmarshal bool into Go value of type map[string]interface {}'],
    ['1', 'json: cannot unmarshal number into Go value of type map[string]interface {}'],
    ['{"a":1e400,"b":-1e999}', 'json: cannot unmarshal number 1e400 into Go value of type float64'],
    [
      `{"a":${'9'.repeat(400)}}`,
      `json: cannot unmarshal number ${'9'.repeat(400)} into Go value of type float64`,
    ],
    ['{"a":1e308}x', "invalid character 'x' after top-level value"],
  ])('%.20s', (document, problem) => {
    expect(validatePullSecret(secretWith(document))).toMatchObject([
      {
        code: 'json-invalid',
        where: { field: 'data[.dockerconfigjson]' },
        message: REDACTED + problem,
      },
    ]);
  });

  test.each([
    [' \n', /value is empty/],
    [Buffer.from('{"auths":{}}').toString('base64'), /twice over/],
    ['\uFEFF{}', /byte order mark/],
    ['nope', /^$/],
    ['nop', /^$/],
  ])('has a hint: %j', (document, hint) => {
    const [finding] = validatePullSecret(secretWith(document));
    expect(finding?.hint ?? '').toMatch(hint);
    expect(Object.keys(finding ?? {}).includes('hint')).toBe(!hint.test(''));
  });

  test.each([
    [{ '.dockercfg': 'e30=' }, /belongs to the type kubernetes.io\/dockercfg/],
    [{ 'config.json': 'e30=' }, /not config.json/],
    [{}, /Put the Docker configuration under the key .dockerconfigjson/],
  ])('is not there: %j', (data, hint) => {
    const [finding] = validatePullSecret({ metadata: { name: 'x' }, type: TYPE, data });
    expect(finding?.hint).toMatch(hint);
  });
});

test.each([
  ['kubernetes.io/ssh-auth', { 'ssh-privatekey': 'eA==' }],
  ['kubernetes.io/basic-auth', { password: '' }],
  ['kubernetes.io/tls', { 'tls.crt': '', 'tls.key': '' }],
])('a Secret of the type %s is judged by its own keys', (type, data) => {
  const metadata = { name: 'x' };
  expect(apiServerRefusals({ metadata, type, data })).toEqual([]);
  expect(apiServerRefusals({ metadata, type })).toMatchObject([
    ...Object.keys(data)
      .slice(0, 1)
      .map(() => ({ code: 'key-required' })),
    ...(type === 'kubernetes.io/ssh-auth' ? [] : [{ code: 'key-required' }]),
  ]);
});
