import { describe, expect, test } from '@jest/globals';
import { EXAMPLE_AWS_CREDENTIALS } from '../../../../src/testing/aws/fake-aws-credentials.ts';
import { verifySigV4, type SigV4Rules } from '../../../../src/testing/aws/verify-sigv4.ts';
import type { FakeRequest } from '../../../../src/testing/fake-request.ts';
import { sign, type Unsigned } from './sign.ts';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const RULES: SigV4Rules = {
  credentials: [EXAMPLE_AWS_CREDENTIALS],
  service: 'ecr',
  now: NOW,
  signedHeaders: ['x-amz-target'],
};
const BASE: Unsigned = {
  host: 'localhost',
  path: '/',
  body: '{}',
  service: 'ecr',
  headers: { 'x-amz-target': 'Example.Get' },
  date: new Date(NOW),
};

function signed(
  changes: Partial<Unsigned> = {},
  tampering: Partial<FakeRequest> = {},
): FakeRequest {
  const request = { ...BASE, ...changes };
  return {
    method: 'POST',
    host: request.host,
    path: request.path,
    query: new URLSearchParams(request.query),
    rawQuery: request.query ?? '',
    headers: sign(request),
    rawHeaders: [],
    body: request.body,
    ...tampering,
  };
}

function codeOf(request: FakeRequest, rules: SigV4Rules = RULES): string {
  const result = verifySigV4(request, rules);
  return 'code' in result ? `${result.code}: ${result.message}` : result.region;
}

describe('the check of a signature', () => {
  // The vector of AWS: IAM user guide, "Create a signed AWS API request", GET of IAM's ListUsers.
  test("agrees with AWS's own example", () => {
    const request = signed(
      {},
      {
        method: 'GET',
        host: 'iam.amazonaws.com',
        query: new URLSearchParams('Action=ListUsers&Version=2010-05-08'),
        body: '',
        headers: {
          'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
          host: 'iam.amazonaws.com',
          'x-amz-date': '20150830T123600Z',
          authorization:
            'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
        },
      },
    );
    const credentials = [
      { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    ];
    const now = Date.UTC(2015, 7, 30, 12, 36);
    expect(codeOf(request, { credentials, service: 'iam', now })).toBe('us-east-1');
  });

  test('takes a right signature, of any path, query and blanks', () => {
    expect(codeOf(signed())).toBe('us-west-2');
    expect(codeOf(signed({ query: 'a=1&b=%28%2A%29' }))).toBe('us-west-2');
    expect(codeOf(signed({ query: 'a=1&b=2' }, { query: new URLSearchParams('b=2&a=1') }))).toBe(
      'us-west-2',
    );
    const request = signed({ headers: { 'x-amz-target': 'Example.Get', 'x-blank': 'a b' } });
    const headers = { ...request.headers, 'x-blank': ' a   b ' };
    expect(codeOf({ ...request, headers })).toBe('us-west-2');
  });

  test.each([
    ['body', { body: '{"a":1}' }],
    ['method', { method: 'PUT' }],
    ['path', { path: '/x' }],
    ['query', { query: new URLSearchParams('a=1') }],
  ])('notices another %s', (_what, tampering) => {
    expect(codeOf(signed({}, tampering))).toMatch(/^InvalidSignatureException: The request sig/);
  });

  test('notices another secret, and a signed header that is gone', () => {
    expect(codeOf(signed({ secretAccessKey: 'wrong' }))).toMatch(/^InvalidSignatureException: The/);
    const request = signed({ headers: { 'x-amz-target': 'a', 'x-extra': 'b' } });
    const headers = { ...request.headers, 'x-extra': undefined };
    expect(codeOf({ ...request, headers })).toMatch(/^InvalidSignatureException: The/);
  });

  test('wants a header, a known key and its service', () => {
    expect(codeOf(signed({}, { headers: {} }))).toMatch(/^MissingAuthenticationToken/);
    expect(codeOf(signed(), { ...RULES, credentials: [] })).toMatch(/^UnrecognizedClientException/);
    expect(codeOf(signed({ service: 'ecr-public' }))).toContain("correct service: 'ecr'");
  });

  test.each(['host', 'x-amz-date', 'x-amz-target'])('wants %s to be signed', (name) => {
    expect(codeOf(signed({ unsigned: [name] }))).toContain(`'${name}' must be a signed header`);
    const { signedHeaders: _none, ...rules } = RULES;
    expect(codeOf(signed({ unsigned: [name] }), rules)).toContain(`'${name}' must be a signed`);
  });

  test('wants the session token of a key that has one, and no other', () => {
    const session = { ...EXAMPLE_AWS_CREDENTIALS, sessionToken: 'session' };
    const rules = { ...RULES, credentials: [session] };
    const withToken = (token: string): FakeRequest =>
      signed({ headers: { 'x-amz-target': 'a', 'x-amz-security-token': token } });
    expect(codeOf(withToken('session'), rules)).toBe('us-west-2');
    expect(codeOf(withToken('other'), rules)).toMatch(/^UnrecognizedClientException/);
    expect(codeOf(signed(), rules)).toMatch(/^UnrecognizedClientException/);
    expect(codeOf(withToken('session'))).toMatch(/^UnrecognizedClientException/);
  });

  test('wants a key that has not expired', () => {
    expect(codeOf(signed(), expiringAt(NOW + 1))).toBe('us-west-2');
    expect(codeOf(signed(), expiringAt(NOW))).toMatch(/^ExpiredTokenException/);
  });

  test('wants a time within five minutes, the one of its scope', () => {
    const at = (offsetMs: number): string => codeOf(signed({ date: new Date(NOW + offsetMs) }));
    expect([at(-300_000), at(300_000)]).toEqual(['us-west-2', 'us-west-2']);
    expect(at(-301_000)).toContain('Signature expired');
    expect(at(301_000)).toContain('Signature not yet current');
    expect(codeOf(signed({ scopeDate: '20260101' }))).toContain('does not match X-Amz-Date');
    const { 'x-amz-date': _date, ...headers } = signed().headers;
    expect(codeOf(signed({}, { headers }))).toContain('does not match X-Amz-Date');
    const odd = { ...headers, 'x-amz-date': '20260102' };
    expect(codeOf(signed({}, { headers: odd }))).toContain('does not match X-Amz-Date');
  });
});

function expiringAt(time: number): SigV4Rules {
  return {
    ...RULES,
    credentials: [{ ...EXAMPLE_AWS_CREDENTIALS, expiration: new Date(time) }],
  };
}
