import { describe, expect, test } from '@jest/globals';

import { parseChallenges } from '../../../../src/providers/cloud/http-challenge.ts';
import { Random } from '../../../conformance/random.ts';

/** Challenges as plain data. */
function read(...headers: string[]): unknown {
  return parseChallenges(headers).map(({ scheme, token68, parameters }) => [
    scheme,
    token68 ?? Object.fromEntries(parameters),
  ]);
}

const BEARER = ['bearer', { realm: 'https://a.azurecr.io/oauth2/token', service: 'a.azurecr.io' }];

describe('parseChallenges', () => {
  test.each([
    'Bearer realm="https://a.azurecr.io/oauth2/token",service="a.azurecr.io"',
    'Bearer realm="https://a.azurecr.io/oauth2/token", service="a.azurecr.io"',
    'bearer   REALM = "https://a.azurecr.io/oauth2/token" ,\tservice =a.azurecr.io',
    'Bearer realm=https://a.azurecr.io/oauth2/token,service=a.azurecr.io',
    'Bearer service=a.azurecr.io,realm="https://a.azurecr.io/oauth2/token"',
    ',, Bearer realm="https:\\/\\/a.azurecr.io/oauth2/token",,service="a.azurecr.io",',
    'Bearer realm="https://a.azurecr.io/oauth2/token" service="a.azurecr.io"',
    'Bearer realm="https://a.azurecr.io/oauth2/token",service="a.azurecr.io',
    'Bearer realm="https://a.azurecr.io/oauth2/token",service="a.azurecr.io",realm="https://b"',
  ])('reads %j', (header) => {
    expect(read(header)).toEqual([BEARER]);
  });

  test('reads several challenges of one header, and of several', () => {
    const basic = ['basic', { realm: 'a, "b"', charset: 'UTF-8' }];
    expect(
      read(
        'Negotiate, Basic realm="a, \\"b\\"", charset=UTF-8, Negotiate YII=, Newauth x',
        'Digest',
      ),
    ).toEqual([['negotiate', {}], basic, ['negotiate', 'YII='], ['newauth', 'x'], ['digest', {}]]);
  });

  test('passes over what is malformed', () => {
    expect(read('', '(', 'realm="x"', '"Bearer" realm=x, Basic realm="y"', '=,=')).toEqual([
      ['basic', { realm: 'y' }],
    ]);
    expect(read('Bearer realm="a\\')).toEqual([['bearer', { realm: 'a' }]]);
    expect(read('Bearer realm=, service=x')).toEqual([['bearer', 'realm=']]);
  });

  test('ends for whatever it is given', () => {
    const random = new Random(4, 0);
    const pieces = ['Bearer', ' ', ',', '=', '"', '\\', 'realm', '\t', '(', 'é', 'a68=='];
    for (let round = 0; round < 2000; round += 1) {
      const header = Array.from({ length: random.below(12) }, () => random.pick(pieces)).join('');
      expect(Array.isArray(parseChallenges([header]))).toBe(true);
    }
    expect(parseChallenges(['Basic a="\\'.repeat(50_000)])).toHaveLength(1);
  });
});
