import { describe, expect, test } from '@jest/globals';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { inspect, type InspectOptions } from 'node:util';
import { decodeDockerConfig } from '../../../src/config/docker-config.ts';
import { Credential, type CredentialFields } from '../../../src/credential/credential.ts';
import { toDockerConfigJson } from '../../../src/credential/docker-config-json.ts';

function credential(fields: Partial<CredentialFields> = {}): Credential {
  return Credential.from({
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

  test('writes a user name with a colon where a kubelet reads it back', () => {
    const { auths } = toDockerConfigJson([credential({ username: 'a:b' })]);
    expect(auths).toEqual({ 'ghcr.io': { username: 'a:b', password: 'secret' } });
    const document = Buffer.from(JSON.stringify({ auths }));
    const { entries } = decodeDockerConfig(document, 'config.json', { tokens: false });
    expect(entries).toEqual([{ rawKey: 'ghcr.io', username: 'a:b', password: 'secret' }]);
  });
});

describe('a document shows no secret', () => {
  const SECRETS = /secret|cm9ib3Q6c2Vj/;
  const document = toDockerConfigJson([
    credential({ email: 'e', identityToken: 'secret-i', registryToken: 'secret-r' }),
    credential({ key: 'a.test', username: 'a:b' }),
  ]);

  test('where it is printed, or what is in it by accident', () => {
    expect(inspect(document)).toBe("{ auths: '[redacted: 2 entries]' }");
    expect(inspect(document.auths)).toBe("{ 'ghcr.io': [redacted], 'a.test': [redacted] }");
    expect(inspect(Object.values(document.auths))).toBe('[ [redacted], [redacted] ]');
  });

  test.each<InspectOptions>([
    {},
    { customInspect: false },
    { customInspect: false, getters: true },
    { customInspect: false, getters: true, showHidden: true, showProxy: true },
  ])('with the options %j', (options) => {
    for (const value of [document, { document }, [document]]) {
      expect(inspect(value, { ...options, depth: Infinity })).not.toMatch(SECRETS);
    }
  });

  test('in a table', () => {
    const lines: string[] = [];
    const write = (text: string): void => void lines.push(text);
    const output = new Console({ stdout: Object.assign(new Writable(), { write }) });
    output.table(document);
    output.table([document]);
    output.dir(document, { depth: null });
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toMatch(SECRETS);
  });

  test('in copies, which have no entries', () => {
    for (const copy of [{ ...document }, structuredClone(document), Object.assign({}, document)]) {
      expect(copy).not.toHaveProperty('auths');
      expect(JSON.stringify(copy)).not.toMatch(SECRETS);
    }
  });
});

function documentOf(fields: Partial<CredentialFields>): unknown {
  return toDockerConfigJson([credential(fields)]);
}

test('documents compare by their keys and all that is in their entries', () => {
  expect(documentOf({})).toEqual(documentOf({}));
  for (const fields of [{ password: 'other' }, { key: 'a.test' }, { email: 'e' }]) {
    expect(documentOf({})).not.toEqual(documentOf(fields));
  }
});

test('what a matcher clones for its diff can be printed', () => {
  const document = toDockerConfigJson([credential()]);
  const members = Object.getOwnPropertyDescriptors(document);
  const clone = Object.create(
    Object.getPrototypeOf(document) as object,
    members,
  ) as typeof document;
  expect(clone.auths).toBeUndefined();
  expect(JSON.stringify(clone)).toMatch(/^\{"auths":\{"ghcr\.io":"\[redacted [\da-f]{32}\]"\}\}$/);
});
