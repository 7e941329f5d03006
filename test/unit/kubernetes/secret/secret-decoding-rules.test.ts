import { describe, expect, test } from '@jest/globals';

import { validatePullSecret } from '../../../../src/kubernetes/secret/validate-pull-secret.ts';

const TYPE = 'kubernetes.io/dockerconfigjson';
const REFUSED = 'Secret in version "v1" cannot be handled as a Secret: ';

function codes(secret: object): string[] {
  return validatePullSecret(secret).map(({ code }) => code);
}

describe('what the API server cannot decode', () => {
  test.each<[object, string]>([
    [{ data: 'x' }, 'string into Go struct field Secret.data of type map[string][]uint8'],
    [{ data: [] }, 'array into Go struct field Secret.data of type map[string][]uint8'],
    [{ data: { a: true } }, 'bool into Go struct field Secret.data of type []uint8'],
    [{ data: { a: {} } }, 'object into Go struct field Secret.data of type []uint8'],
    [{ stringData: { a: 1 } }, 'number into Go struct field Secret.stringData of type string'],
    [{ stringData: 1 }, 'number into Go struct field Secret.stringData of type map[string]string'],
    [{ metadata: 'x' }, 'string into Go struct field Secret.metadata of type v1.ObjectMeta'],
    [
      { metadata: { name: 5 } },
      'number into Go struct field ObjectMeta.metadata.name of type string',
    ],
    [
      { metadata: { uid: 5 } },
      'number into Go struct field ObjectMeta.metadata.uid of type types.UID',
    ],
    [{ type: 5 }, 'number into Go struct field Secret.type of type v1.SecretType'],
  ])('%j', (secret, message) => {
    expect(validatePullSecret(secret)).toMatchObject([
      { code: 'type-mismatch', message: `${REFUSED}json: cannot unmarshal ${message}` },
    ]);
  });

  test('is told first as the API server does: what a type reads itself ends the reading', () => {
    const data = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`k${index}`, 1]));
    const metadata = { creationTimestamp: 'x', deletionTimestamp: 'y', labels: { a: 1 } };
    const findings = validatePullSecret({ data, metadata });
    expect(findings).toHaveLength(101);
    expect(findings[0]).toMatchObject({
      code: 'time-invalid',
      where: { field: 'metadata.creationTimestamp' },
      message: expect.stringContaining('parsing time "x" as'),
    });
  });

  test('is not what a client has in place of JSON: dates, and what JSON leaves out', () => {
    const metadata = { name: 'x', creationTimestamp: new Date(0), labels: undefined };
    expect(codes({ metadata, data: undefined })).toEqual(['secret-type']);
    const invalid = { ...metadata, creationTimestamp: new Date(Number.NaN) };
    expect(codes({ metadata: { ...invalid, generation: 5n } })).toEqual(['secret-type']);
    expect(codes({ metadata: { ...invalid, generation: Number.NaN } })).toEqual(['secret-type']);
    expect(codes({ metadata, data: { a: [undefined, 1] }, immutable: () => true })).toEqual([
      'secret-type',
    ]);
  });

  test('is not an object that contains itself, which is only too large', () => {
    const secret: Record<string, unknown> = { metadata: { name: 'x' } };
    secret['again'] = [secret, secret];
    expect(codes(secret)).toEqual(['too-long']);
  });

  test('is looked for as deep as a Secret has fields', () => {
    const deep = { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } };
    const fieldsV1 = { deep, list: [[[[[[deep]]]]]] };
    const metadata = { name: 'x', managedFields: [{ fieldsV1 }] };
    expect(codes({ metadata })).toEqual(['secret-type']);
    expect(codes({ metadata, deep })).toEqual(['field-unknown']);
  });

  test('is told all at once', () => {
    const secret = { metadata: { name: 1, namespace: 2 }, data: { a: '!', b: 2 }, type: 3 };
    expect(validatePullSecret(secret).map(({ where }) => where.field)).toEqual([
      'data[a]',
      'data[b]',
      'metadata.name',
      'metadata.namespace',
      'type',
    ]);
  });

  test.each([
    ['{"auths":{}}', /looks like JSON/],
    ['eyJhIjoi8J-YgCJ9', /URL-safe/],
    ['e30', /padding is missing/],
    ['e 30=', /base64 -w0/],
    ['ab=c', /base64 -w0/],
  ])('has a hint: %s', (value, hint) => {
    const secret = { metadata: { name: 'x' }, data: { '.dockerconfigjson': value }, type: TYPE };
    expect(validatePullSecret(secret)[0]?.hint).toMatch(hint);
  });

  test('is not what is null: for Go, that is absent or empty', () => {
    const secret = {
      metadata: null,
      data: { a: null },
      stringData: { b: null },
      type: null,
      kind: null,
    };
    expect(codes(secret)).toEqual(['name-required', 'secret-type']);
  });
});
