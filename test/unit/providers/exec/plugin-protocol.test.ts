import { describe, expect, test } from '@jest/globals';
import { PluginProtocolError } from '../../../../src/errors.ts';
import type { PluginApiVersion } from '../../../../src/providers/exec/config/plugin-config-types.ts';
import { readDocument } from '../../../../src/providers/exec/plugin-json.ts';
import {
  decodePluginRequest,
  decodePluginResponse,
  encodePluginRequest,
  encodePluginResponse,
} from '../../../../src/providers/exec/plugin-protocol.ts';

const V1 = 'credentialprovider.kubelet.k8s.io/v1';
const V1BETA1 = 'credentialprovider.kubelet.k8s.io/v1beta1';
const V1ALPHA1 = 'credentialprovider.kubelet.k8s.io/v1alpha1';

function answer(members: Readonly<Record<string, unknown>>): string {
  const meta = { kind: 'CredentialProviderResponse', apiVersion: V1, cacheKeyType: 'Image' };
  return JSON.stringify({ ...meta, ...members });
}

function fail(): never {
  throw new RangeError('oops');
}

function decode(text: string): unknown {
  return decodePluginResponse(V1, Buffer.from(text), 'p');
}

describe('A request', () => {
  // Recorded from a kubelet v1.37.2 (test/conformance/plugins).
  test('is what the kubelet writes, to the byte', () => {
    const request = {
      image: 'r.test/a',
      serviceAccountToken: 'a<b>&c\u2028',
      serviceAccountAnnotations: { b: 'ü"\n', 'a/é': '', '10': 'x', '9': 'y' },
    };
    expect(encodePluginRequest(V1, request)).toBe(
      '{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":"r.test/a","serviceAccountToken":"a\\u003cb\\u003e\\u0026c\\u2028","serviceAccountAnnotations":{"10":"x","9":"y","a/é":"","b":"ü\\"\\n"}}\n',
    );
  });

  test.each<[PluginApiVersion]>([[V1BETA1], [V1ALPHA1]])(
    'in %s has no service account',
    (apiVersion) => {
      const request = {
        image: 'r.test/a',
        serviceAccountToken: 't',
        serviceAccountAnnotations: { a: 'b' },
      };
      expect(encodePluginRequest(apiVersion, request)).toBe(
        `{"kind":"CredentialProviderRequest","apiVersion":"${apiVersion}","image":"r.test/a"}\n`,
      );
    },
  );

  test('leaves out what is empty', () => {
    const request = { image: 'r', serviceAccountToken: '', serviceAccountAnnotations: {} };
    expect(encodePluginRequest(V1, request)).toBe(encodePluginRequest(V1, { image: 'r' }));
  });

  test.each([
    { image: 'r.test/a' },
    { image: 'r.test/a', serviceAccountToken: 't', serviceAccountAnnotations: { __proto__x: 'y' } },
  ])('is read as it was written: %j', (request) => {
    expect(decodePluginRequest(encodePluginRequest(V1, request), 'p')).toEqual({
      apiVersion: V1,
      ...request,
    });
  });

  test('of a newer kubelet may have more fields', () => {
    const text = `{"kind":"CredentialProviderRequest","apiVersion":"${V1BETA1}","image":"r","new":{"a":[1]},"serviceAccountAnnotations":{"a":null}}`;
    expect(decodePluginRequest(text, 'p')).toEqual({
      apiVersion: V1BETA1,
      image: 'r',
      serviceAccountAnnotations: { a: '' },
    });
  });

  test.each([
    ['', 'there was none on standard input'],
    ['nothing', 'it is not a JSON object'],
    ['{nothing', 'it is not JSON (at byte 1)'],
    ['[]', 'it is not a JSON object'],
    [
      '{"kind":"CredentialProviderRequest","apiVersion":"v2","image":"r"}',
      'its apiVersion is none',
    ],
    [
      `{"kind":"Pod","apiVersion":"${V1}","image":"r"}`,
      'its kind is not CredentialProviderRequest',
    ],
    [`{"kind":"CredentialProviderRequest","apiVersion":"${V1}"}`, 'it names no image'],
    [
      `{"kind":"CredentialProviderRequest","apiVersion":"${V1}","image":1}`,
      'image is not a string',
    ],
  ])('%s is refused', (text, reason) => {
    expect(() => decodePluginRequest(text, 'p')).toThrow(PluginProtocolError);
    expect(() => decodePluginRequest(text, 'p')).toThrow(`the request cannot be used: ${reason}`);
  });
});

describe('An answer', () => {
  test.each<[string, object]>([
    [answer({}), { auth: {}, cacheKeyType: 'Image' }],
    [answer({ auth: null, cacheDuration: null }), { auth: {}, cacheKeyType: 'Image' }],
    [answer({ cacheKeyType: 'Registry', auth: {} }), { auth: {}, cacheKeyType: 'Registry' }],
    [
      answer({ cacheKeyType: 'Global', cacheDuration: '1h0.5ms' }),
      { auth: {}, cacheKeyType: 'Global', cacheDurationMs: 3_600_000.5 },
    ],
    [
      answer({ cacheDuration: '-1m' }),
      { auth: {}, cacheKeyType: 'Image', cacheDurationMs: -60_000 },
    ],
    [
      answer({ auth: { 'r.test': { username: 'u', password: 'p' }, '*.test': null, x: {} } }),
      {
        auth: {
          'r.test': { username: 'u', password: 'p' },
          '*.test': { username: '', password: '' },
          x: { username: '', password: '' },
        },
        cacheKeyType: 'Image',
      },
    ],
  ])('%s is understood', (text, response) => {
    expect(decode(text)).toEqual(response);
    expect(decode(` \n${text}\n\n`)).toEqual(response);
  });

  test('may have a key named __proto__', () => {
    const text = answer({}).replace('}', ',"auth":{"__proto__":{"username":"u","password":"p"}}}');
    expect(Object.keys((decode(text) as { auth: object }).auth)).toEqual(['__proto__']);
  });

  test.each([
    ['', 'it printed nothing'],
    ['canary', 'it is not JSON (at byte 0)'],
    [`${answer({})}${answer({})}`, 'it is not JSON (at byte'],
    ['null', 'it is not a JSON object'],
    [answer({ apiVersion: V1BETA1, canary: 1 }), `its apiVersion is ${V1BETA1}, and must be ${V1}`],
    [answer({ apiVersion: 'canary' }), `its apiVersion is another one, and must be ${V1}`],
    [answer({ apiVersion: null }), `its apiVersion is missing, and must be ${V1}`],
    [answer({ kind: 'canary' }), 'its kind is not CredentialProviderResponse'],
    [answer({ cacheKeyType: 'image' }), 'its cacheKeyType is none of Image, Registry and Global'],
    [answer({ canary: 1 }), 'it has a field that is none of kind, apiVersion, cacheKeyType'],
    [answer({}).replace('}', ',"kind":"canary"}'), 'a field of it is there twice'],
    [answer({ cacheDuration: 5 }), 'cacheDuration is not a string'],
    [answer({ cacheDuration: 'canary' }), 'its cacheDuration is no duration as Go writes them'],
    [answer({ auth: [] }), 'auth is not an object'],
    [answer({ auth: { canary: 'canary' } }), 'an entry of auth is not an object'],
    [answer({ auth: { a: { username: 1 } } }), 'a username in auth is not a string'],
    [
      answer({ auth: { a: { canary: '' } } }),
      'an entry of auth has a field that is none of username',
    ],
  ])('%s is refused, and not quoted', (text, reason) => {
    expect(() => decode(text)).toThrow(`Plugin "p": its response cannot be used: ${reason}`);
    expect(() => decode(text)).not.toThrow('canary');
  });

  test('is written as Go writes it', () => {
    const auth = {
      'r.test': { username: '<u>', password: 'p', email: 'e' },
      '*.test': { username: '', password: '' },
    };
    expect(encodePluginResponse(V1, { auth, cacheKeyType: 'Image', cacheDurationMs: 90_000 })).toBe(
      `{"kind":"CredentialProviderResponse","apiVersion":"${V1}","cacheKeyType":"Image","cacheDuration":"1m30s","auth":{"*.test":{"username":"","password":""},"r.test":{"username":"\\u003cu\\u003e","password":"p"}}}\n`,
    );
    expect(encodePluginResponse(V1BETA1, { auth: {}, cacheKeyType: 'Global' })).toBe(
      `{"kind":"CredentialProviderResponse","apiVersion":"${V1BETA1}","cacheKeyType":"Global"}\n`,
    );
  });
});

test('A mistake of this package is not taken for one of a plugin', () => {
  expect(() => readDocument(Buffer.from('{}'), fail)).toThrow('oops');
  expect(() => decodePluginRequest(undefined as unknown as string, 'p')).toThrow(
    'must be of type string',
  );
});
