import { describe, expect, test } from '@jest/globals';

import { PullSecretError } from '../../../../src/errors.ts';
import { decodeDataValue } from '../../../../src/go/base64.ts';
import { decodePullSecret } from '../../../../src/kubernetes/secret/decode-pull-secret.ts';
import { validatePullSecret } from '../../../../src/kubernetes/secret/validate-pull-secret.ts';
import type { PullSecret } from '../../../../src/kubernetes/pull-secret.ts';

const TYPE = 'kubernetes.io/dockerconfigjson';
const CONFIG = '{"auths":{"r.test":{"auth":"dTpw"}}}';
const metadata = { namespace: 'team-a', name: 'regcred', uid: 'u1' };

function decode(secret: object) {
  return decodePullSecret({ metadata, ...secret }, { tokens: false });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

describe('a pull secret that the kubelet uses', () => {
  test('gives its entries and where they came from', () => {
    const decoded = decode({ type: TYPE, data: { '.dockerconfigjson': base64(CONFIG) } });
    expect(decoded).toMatchObject({
      status: 'used',
      key: '.dockerconfigjson',
      source: { kind: 'pull-secret', ...metadata },
      config: { entries: [{ rawKey: 'r.test', username: 'u', password: 'p' }] },
    });
  });

  test('may be of the older type', () => {
    const data = { '.dockercfg': base64('{"r.test":{"auth":"dTpw"}}'), '.dockerconfigjson': '!' };
    expect(decode({ type: 'kubernetes.io/dockercfg', data })).toMatchObject({
      status: 'used',
      key: '.dockercfg',
      config: { entries: [{ rawKey: 'r.test' }] },
    });
  });

  test('may have its value in stringData, which replaces data', () => {
    const data = { '.dockerconfigjson': '!!!' };
    const stringData = { '.dockerconfigjson': CONFIG };
    expect(decode({ type: TYPE, data, stringData }).status).toBe('used');
    expect(decode({ type: TYPE, data: null, stringData }).status).toBe('used');
  });

  test('may have no metadata, or some that is not text', () => {
    const stringData = { '.dockerconfigjson': CONFIG };
    const source = { kind: 'pull-secret', namespace: '', name: '' };
    for (const odd of [undefined, null, { name: 5, namespace: {}, uid: '' }]) {
      expect(decode({ metadata: odd, type: TYPE, stringData }).source).toEqual(source);
    }
  });

  test('may have line breaks in its base64', () => {
    const wrapped = base64(CONFIG).replace(/.{20}/g, '$&\r\n');
    expect(decode({ type: TYPE, data: { '.dockerconfigjson': wrapped } }).status).toBe('used');
  });
});

test('bytes may be a list of numbers, as the API server takes them', () => {
  const bytes = [...Buffer.from(CONFIG)];
  const used = decode({ type: TYPE, data: { '.dockerconfigjson': bytes } });
  expect(used).toMatchObject({ status: 'used', config: { entries: [{ rawKey: 'r.test' }] } });
  const empty = decode({ type: TYPE, data: { '.dockerconfigjson': [] } });
  expect(empty).toMatchObject({ status: 'ignored', reason: 'data-empty' });
  for (const wrong of [[256], [1.5], [-1], ['x']]) {
    const decoded = decode({ type: TYPE, data: { '.dockerconfigjson': wrong } });
    expect(decoded).toMatchObject({ error: { reason: expect.stringContaining('list of bytes') } });
  }
  const withNull = decode({ type: TYPE, data: { '.dockerconfigjson': [null] } });
  expect(withNull).toMatchObject({ error: { reason: expect.stringContaining('not JSON') } });
});

describe('a Secret of more than 10 MiB is refused, as a file is,', () => {
  const large = 'e30='.repeat(2_700_000);
  test.each([
    ['in data', { data: { '.dockerconfigjson': large } }],
    ['in stringData', { stringData: { '.dockerconfigjson': large } }],
    ['in keys that do not count', { data: { '.dockerconfigjson': 'e30=', other: large } }],
    [
      'in many values',
      {
        stringData: Object.fromEntries(
          Array.from({ length: 11 }, (_, at) => [`k${at}`, 'x'.repeat(1024 * 1024)]),
        ),
      },
    ],
    ['as a list of bytes', { data: { '.dockerconfigjson': [...Buffer.alloc(10_485_761)] } }],
  ])('%s', (_where, values) => {
    expect(decode({ type: TYPE, ...values })).toMatchObject({
      status: 'malformed',
      error: { reason: expect.stringContaining('more than 10 MiB') },
    });
    expect(validatePullSecret({ metadata, type: TYPE, ...values })).toMatchObject([
      { rejectedBy: 'api-server', message: 'Request entity too large: limit is 3145728' },
    ]);
  });
});

describe('a pull secret that the kubelet ignores', () => {
  test.each<[object, string, string]>([
    [
      { type: 'Opaque', stringData: { '.dockerconfigjson': CONFIG } },
      'wrong-type',
      'its type is "Opaque", and so neither',
    ],
    [{}, 'wrong-type', 'its type is not given, and so neither'],
    [{ type: null }, 'wrong-type', 'its type is not given'],
    [{ type: TYPE }, 'key-missing', 'it has no data key .dockerconfigjson'],
    [{ type: TYPE, data: { '.dockercfg': 'e30=' } }, 'key-missing', 'it has no data key'],
    [
      { type: TYPE, data: Object.create({ '.dockerconfigjson': 'e30=' }) },
      'key-missing',
      'it has no data key',
    ],
    [{ type: TYPE, data: { '.dockerconfigjson': undefined } }, 'key-missing', 'it has no data key'],
    [
      { type: TYPE, data: { '.dockerconfigjson': '' } },
      'data-empty',
      'data[.dockerconfigjson] is empty',
    ],
    [
      { type: TYPE, data: { '.dockerconfigjson': null } },
      'data-empty',
      'data[.dockerconfigjson] is empty',
    ],
    [
      {
        type: TYPE,
        data: { '.dockerconfigjson': 'e30=' },
        stringData: { '.dockerconfigjson': '' },
      },
      'data-empty',
      'data',
    ],
  ])('%j', (secret, reason, message) => {
    const decoded = decode(secret);
    expect(decoded).toMatchObject({ status: 'ignored', reason, source: { name: 'regcred' } });
    expect(decoded).toHaveProperty('message', expect.stringContaining(message));
  });
});

describe('a malformed pull secret', () => {
  test.each<[object, string]>([
    [{ type: 5 }, 'Pull secret team-a/regcred: type must be a string'],
    [{ type: TYPE, data: 'x' }, 'data[.dockerconfigjson]: data must be an object'],
    [{ type: TYPE, stringData: [] }, 'data[.dockerconfigjson]: stringData must be an object'],
    [{ type: TYPE, data: { '.dockerconfigjson': 5 } }, 'the value must be a string of base64'],
    [
      { type: TYPE, stringData: { '.dockerconfigjson': 5 } },
      'stringData[.dockerconfigjson] must be a string',
    ],
    [
      { type: TYPE, data: { '.dockerconfigjson': 'e30' } },
      'the value is not base64: illegal data at input byte 0',
    ],
    [
      { type: TYPE, stringData: { '.dockerconfigjson': '{' } },
      'Pull secret team-a/regcred, data[.dockerconfigjson], line 1, column 2: the JSON ends too early',
    ],
    [
      { type: TYPE, stringData: { '.dockerconfigjson': '{"auths":{"r.test":5}}' } },
      'line 1, column 20: entry "r.test": an entry must be an object',
    ],
  ])('%j', (secret, message) => {
    const decoded = decode(secret);
    expect(decoded.status).toBe('malformed');
    expect(decoded).toHaveProperty('error', expect.any(PullSecretError));
    expect(decoded).toHaveProperty('error.message', expect.stringContaining(message));
  });

  test('is not one whose tokens only are wrong, which the kubelet ignores', () => {
    const document = '{"auths":{"r.test":{"identitytoken":5}}}';
    const secret = { type: TYPE, stringData: { '.dockerconfigjson': document } };
    expect(decode(secret).status).toBe('used');
    expect(decodePullSecret(secret, { tokens: true })).toMatchObject({
      status: 'used',
      config: { problems: [{ strict: false }] },
    });
  });

  test('without a name says so', () => {
    expect(decode({ metadata: {}, type: 5 })).toHaveProperty(
      'error.message',
      'Pull secret (no name): type must be a string',
    );
  });
});

describe('what is no Secret', () => {
  test.each<[unknown, string]>([
    [null, 'A pull secret must be a Secret object, not null'],
    ['canary', 'A pull secret must be a Secret object, not a value of type string'],
    [['canary'], 'A pull secret must be a Secret object, not an array'],
    [{ kind: 'ConfigMap' }, 'A pull secret must be a Secret, not a ConfigMap'],
    [{ kind: 'can ary' }, 'A pull secret must be a Secret, not a thing of another kind'],
    [{ kind: 5 }, 'A pull secret must be a Secret, not a thing of another kind'],
  ])('%j is a TypeError', (value, message) => {
    expect(() => decodePullSecret(value as PullSecret, { tokens: false })).toThrow(
      new TypeError(message),
    );
  });
});

// What encoding/base64 of Go 1.26 answered.
describe('base64', () => {
  test.each<[string, number | string]>([
    ['', ''],
    ['YQ==', 'a'],
    ['YWI=', 'ab'],
    ['YWJj', 'abc'],
    ['Y\nQ\r=\n=\n', 'a'],
    ['\n', ''],
    ['not base64!', 3],
    ['e30', 0],
    ['e3\n0', 1],
    ['YWJjZ', 4],
    ['eyJhIjoi8J-YgCJ9', 10],
    ['%%%', 0],
    ['=', 0],
    ['Y=', 1],
    ['YQ=', 3],
    ['YQ=\n', 4],
    ['YQ=x', 2],
    ['YQ=\nx', 3],
    ['YQ\n=\n=x', 6],
    ['YWI=x', 4],
    ['YWI=\nx', 5],
    ['YWJjé', 4],
    ['éé', 0],
  ])('%j: %j', (text, expected) => {
    const result = decodeDataValue(text);
    expect('bytes' in result ? Buffer.from(result.bytes).toString() : result.illegalAt).toBe(
      expected,
    );
  });
});
