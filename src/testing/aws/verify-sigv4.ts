// Checks a signature of AWS Signature Version 4 by computing it again.
// Source: AWS IAM user guide, "Create a signed AWS API request".

import { MAX_CLOCK_SKEW_MS } from '../../util/clock-skew.ts';
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FakeRequest } from '../fake-request.ts';
import type { AwsRefusal, FakeAwsCredentials } from './fake-aws-credentials.ts';

/** Who signed a request, and for which region. */
export interface SigV4Identity {
  readonly credentials: FakeAwsCredentials;
  readonly region: string;
}

/** What a signature must be. */
export interface SigV4Rules {
  /** The keys that are known. */
  readonly credentials: readonly FakeAwsCredentials[];
  /** The service's signing name: `ecr`. */
  readonly service: string;
  /** Headers that must be signed, beside the host and the date. */
  readonly signedHeaders?: readonly string[];
  /** The time, in milliseconds since 1970. */
  readonly now: number;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
const BASIC_TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

/** What an authorization header says. */
interface Claim {
  readonly accessKeyId: string;
  /** Date, region, service and a constant: the parts that the signing key is derived with. */
  readonly scope: readonly [date: string, region: string, service: string, end: string];
  readonly signedHeaders: string;
  readonly signature: string;
}

/** Checks the signature of a request. */
export function verifySigV4(request: FakeRequest, rules: SigV4Rules): SigV4Identity | AwsRefusal {
  const claim = readClaim(request);
  if (claim === undefined) {
    return refusal('MissingAuthenticationToken', 'No SigV4 authorization header');
  }
  const credentials = rules.credentials.find((one) => one.accessKeyId === claim.accessKeyId);
  if (credentials === undefined) return UNKNOWN_KEY;
  const problem =
    scopeProblem(claim, rules) ??
    keyProblem(request, credentials, rules.now) ??
    headerProblem(request, claim, rules) ??
    clockProblem(request, claim, rules.now);
  if (problem !== undefined) return problem;
  const expected = signatureOf(request, claim, credentials.secretAccessKey);
  return timingSafeEqual(Buffer.from(expected), Buffer.from(claim.signature))
    ? { credentials, region: claim.scope[1] }
    : refusal(
        'InvalidSignatureException',
        'The request signature we calculated does not match the signature you provided.',
      );
}

function readClaim({ headers }: FakeRequest): Claim | undefined {
  const parts = AUTHORIZATION.exec(headers['authorization'] ?? '');
  if (parts === null) return undefined;
  // Every group of the pattern takes part in every match.
  const [, accessKeyId, date, region, service, signedHeaders, signature] = parts as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return { accessKeyId, scope: [date, region, service, 'aws4_request'], signedHeaders, signature };
}

function scopeProblem({ scope }: Claim, { service }: SigV4Rules): AwsRefusal | undefined {
  if (scope[2] === service) return undefined;
  const message = `Credential should be scoped to correct service: '${service}'.`;
  return refusal('InvalidSignatureException', message);
}

const UNKNOWN_KEY = refusal(
  'UnrecognizedClientException',
  'The security token included in the request is invalid.',
);

function keyProblem(
  request: FakeRequest,
  { sessionToken, expiration }: FakeAwsCredentials,
  now: number,
): AwsRefusal | undefined {
  if (request.headers['x-amz-security-token'] !== sessionToken) return UNKNOWN_KEY;
  return expiration === undefined || expiration.getTime() > now
    ? undefined
    : refusal('ExpiredTokenException', 'The security token included in the request is expired');
}

function headerProblem(
  { headers }: FakeRequest,
  claim: Claim,
  { signedHeaders = [] }: SigV4Rules,
): AwsRefusal | undefined {
  const signed = claim.signedHeaders.split(';');
  const amazon = Object.keys(headers).filter((name) => name.startsWith('x-amz-'));
  const missing = ['host', 'x-amz-date', ...amazon, ...signedHeaders].find(
    (name) => !signed.includes(name),
  );
  return missing === undefined
    ? undefined
    : refusal('InvalidSignatureException', `'${missing}' must be a signed header`);
}

function clockProblem(
  { headers }: FakeRequest,
  { scope }: Claim,
  now: number,
): AwsRefusal | undefined {
  const time = headers['x-amz-date'] ?? '';
  const aheadMs = Date.parse(time.replace(BASIC_TIME, '$1-$2-$3T$4:$5:$6Z')) - now;
  if (!time.startsWith(scope[0]) || Number.isNaN(aheadMs)) {
    return refusal(
      'InvalidSignatureException',
      'Date in Credential scope does not match X-Amz-Date',
    );
  }
  if (Math.abs(aheadMs) <= MAX_CLOCK_SKEW_MS) return undefined;
  const problem = aheadMs < 0 ? 'expired' : 'not yet current';
  return refusal('InvalidSignatureException', `Signature ${problem}: ${time}`);
}

function signatureOf(
  { method, path, query, headers, body }: FakeRequest,
  { scope, signedHeaders }: Claim,
  secretAccessKey: string,
): string {
  const pairs = [...query].map((pair) => pair.map(encodeRfc3986).join('='));
  const canonical = [
    method,
    path.split('/').map(encodeRfc3986).join('/'),
    pairs.toSorted((a, b) => (a < b ? -1 : 1)).join('&'),
    ...signedHeaders.split(';').map((name) => `${name}:${flat(headers[name])}`),
    '',
    signedHeaders,
    createHash('sha256').update(body).digest('hex'),
  ].join('\n');
  const text = [
    'AWS4-HMAC-SHA256',
    headers['x-amz-date'],
    scope.join('/'),
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  let key = Buffer.from(`AWS4${secretAccessKey}`);
  for (const part of scope) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(text).digest('hex');
}

function flat(value = ''): string {
  return value.trim().replaceAll(/ +/g, ' ');
}

function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function refusal(code: string, message: string): AwsRefusal {
  return { code, message };
}
