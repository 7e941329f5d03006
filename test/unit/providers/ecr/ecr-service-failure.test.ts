import { describe, expect, test } from '@jest/globals';
import { ecr } from '../../../../src/providers/ecr/ecr.ts';
import { explainEcrError } from '../../../../src/providers/ecr/failure.ts';
import type { EcrPrincipal } from '../../../../src/providers/ecr/principal.ts';
import { EXAMPLE_AWS_CREDENTIALS } from '../../../../src/testing/aws/fake-aws-credentials.ts';
import { startFakeEcr } from '../../../../src/testing/aws/fake-ecr.ts';
import { startFakeProxy } from '../../../../src/testing/fake-proxy.ts';
import { isolateAwsEnvironment, setVariables } from './aws-environment.ts';
import { failureOf, IMAGE } from './requests.ts';

isolateAwsEnvironment();

const PRIVATE: EcrPrincipal = { kind: 'private', region: 'us-west-2', stsRegion: 'us-west-2' };
/** Errors of Node itself are of another realm than a test of Jest, where the SDK hides their codes: hence no "reach". */
const REASONS = { 'malformed-json': 'is not AWS', reset: 'failed with' } as const;

describe('a clock that is off', () => {
  const HOUR_MS = 3_600_000;

  test.each([-HOUR_MS, HOUR_MS])(
    'by %d ms is named when the SDK may not try again',
    async (offset) => {
      await using fake = await startFakeEcr({ now: () => Date.now() + offset });
      setVariables(fake.env);
      const { message } = await failureOf(ecr(), IMAGE);
      expect(message).toContain("this machine's clock is off");
    },
  );

  test('is corrected by the SDK, which learns it from the Date header', async () => {
    await using fake = await startFakeEcr({ now: () => Date.now() + HOUR_MS });
    setVariables({ ...fake.env, AWS_MAX_ATTEMPTS: '2' });
    const { signal } = new AbortController();
    await expect(ecr().provide({ image: IMAGE, signal })).resolves.toBeDefined();
    expect(fake.requests.length).toBe(2);
  });
});

describe('a service that does not answer well', () => {
  test.each([
    ['7', 7000],
    [undefined, undefined],
    ['soon', undefined],
  ])('throttles with Retry-After %s', async (retryAfter, expected) => {
    await using fake = await startFakeEcr();
    setVariables(fake.env);
    fake.throttle({ times: 1, ...(retryAfter === undefined ? {} : { retryAfter }) });
    const failure = await failureOf(ecr(), IMAGE);
    expect(failure.message).toContain('AWS throttles the requests');
    expect(failure.retryAfterMs).toBe(expected);
  });

  test('throttles with a date', () => {
    const now = Date.UTC(2026, 0, 1);
    const wait = (date: Date): number | undefined =>
      explainEcrError(throttled(date), PRIVATE, now).retryAfterMs;
    expect(wait(new Date(now + 60_000))).toBe(60_000);
    expect(wait(new Date(now - 60_000))).toBe(0);
  });

  test('fails with status 503, and says when to come again', async () => {
    await using fake = await startFakeEcr();
    setVariables(fake.env);
    fake.inject({ kind: 'status', status: 503, retryAfter: '3' });
    const failure = await failureOf(ecr(), IMAGE);
    expect(failure.message).toContain('AWS answered with HTTP status 503');
    expect(failure.retryAfterMs).toBe(3000);
  });

  test('does not do it in this region', () => {
    const error = Object.assign(new Error(''), { name: 'UnsupportedCommandException' });
    expect(explainEcrError(error, { ...PRIVATE, kind: 'public' }, 0).hint).toContain(
      'us-east-1 only',
    );
  });

  test('fails in a way of its own, which is named without its message', async () => {
    await using fake = await startFakeEcr();
    setVariables(fake.env);
    const body = JSON.stringify({ __type: 'OddException', message: 'hunter2' });
    fake.inject({ kind: 'status', status: 400, body });
    expect((await failureOf(ecr(), IMAGE)).message).toBe(
      'the AWS SDK failed with Odd (HTTP status 400); run "docker-keyring doctor"',
    );
  });

  test.each([
    ['no token', { authorizationData: [{}] }, 'without a token'],
    ['no data', {}, 'without a token'],
    ['an empty list', { authorizationData: [] }, 'without a token'],
    ['no object', { authorizationData: [null] }, 'without a token'],
    [
      'a token that is a number',
      { authorizationData: [{ authorizationToken: 5 }] },
      'without a token',
    ],
    [
      'an expiry in words',
      { authorizationData: [{ authorizationToken: 'QVdTOmI=', expiresAt: 'soon' }] },
      'is not AWS',
    ],
    [
      'an expiry beyond all time',
      { authorizationData: [{ authorizationToken: 'QVdTOmI=', expiresAt: 1e30 }] },
      'an expiry that is no time',
    ],
    ['no base64', { authorizationData: [{ authorizationToken: 'QVdT!' }] }, 'is not the base64 of'],
    ['no colon', { authorizationData: [{ authorizationToken: 'QVdT' }] }, 'is not the base64 of'],
  ])('answers with %s', async (_what, body, message) => {
    await using fake = await startFakeEcr();
    setVariables(fake.env);
    fake.inject({ kind: 'reply', reply: { body: JSON.stringify(body) } });
    expect((await failureOf(ecr(), IMAGE)).message).toContain(message);
  });

  test.each([{ kind: 'malformed-json' }, { kind: 'reset' }] as const)(
    'answers with the fault $kind',
    async (fault) => {
      await using fake = await startFakeEcr();
      setVariables(fake.env);
      fake.inject(fault);
      expect((await failureOf(ecr(), IMAGE)).message).toContain(REASONS[fault.kind]);
    },
  );

  test('is out of reach, which the code of Node tells, however deep it is', () => {
    const deep = new Error('wrapped', {
      cause: Object.assign(new Error(''), { code: 'ENOTFOUND' }),
    });
    expect(explainEcrError(deep, PRIVATE, 0).reason).toContain(
      'the API of AWS in region us-west-2 is out of reach: the name does not resolve',
    );
    const circle = new Error('in a circle');
    circle.cause = circle;
    expect(explainEcrError(circle, PRIVATE, 0).reason).toBe('the AWS SDK failed with Error');
  });

  test('is out of reach behind a proxy that refuses', async () => {
    await using proxy = await startFakeProxy({});
    setVariables({ HTTPS_PROXY: proxy.url });
    const provider = ecr({ credential: EXAMPLE_AWS_CREDENTIALS });
    const { message } = await failureOf(provider, IMAGE);
    expect(proxy.connects).toEqual(['api.ecr.us-west-2.amazonaws.com:443']);
    expect(message).toContain(`is out of reach: the proxy ${proxy.url} refused with status`);
  });

  test('takes too long for one request', () => {
    const error = Object.assign(new Error(''), { name: 'TimeoutError' });
    expect(explainEcrError(error, PRIVATE, 0).reason).toContain('it does not answer in time');
  });
});

function throttled(until: Date): Error {
  return Object.assign(new Error('slow'), {
    $metadata: { httpStatusCode: 429 },
    $response: { headers: { 'retry-after': until.toUTCString() } },
  });
}
