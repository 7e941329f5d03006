import { describe, expect, test } from '@jest/globals';
import type { Diagnosis } from '../../../../src/providers/contract.ts';
import { ecr } from '../../../../src/providers/ecr/ecr.ts';
import type { EcrOptions } from '../../../../src/providers/ecr/ecr-options.ts';
import {
  EXAMPLE_AWS_CREDENTIALS,
  type FakeAwsCredentials,
} from '../../../../src/testing/aws/fake-aws-credentials.ts';
import { startFakeEcr } from '../../../../src/testing/aws/fake-ecr.ts';
import { startFakeSts } from '../../../../src/testing/aws/fake-sts.ts';
import { isolateAwsEnvironment, setVariables } from './aws-environment.ts';

isolateAwsEnvironment();

const IMAGE = '123456789012.dkr.ecr.us-west-2.amazonaws.com/app';
const ROLE = 'arn:aws:iam::210987654321:role/pull';

async function diagnose(
  images: readonly string[],
  options: EcrOptions = {},
): Promise<readonly Diagnosis[]> {
  const { signal } = new AbortController();
  return (await ecr(options).diagnose?.({ images, signal })) ?? [];
}

describe('the diagnosis', () => {
  test('tells credentials, clock and token of the region of this machine', async () => {
    await using fake = await startFakeEcr();
    setVariables({ ...fake.env, AWS_REGION: 'eu-west-1' });
    expect(await diagnose([])).toEqual([
      {
        status: 'ok',
        subject: 'identity',
        message: 'credentials from environment variables, access key …MPLE',
      },
      {
        status: 'ok',
        subject: 'clock',
        message: expect.stringMatching(
          /^this machine's clock and that of AWS differ by [0-2] seconds$/,
        ),
      },
      {
        status: 'ok',
        subject: 'token',
        message: 'ECR gave a token in eu-west-1, asked by account 123456789012, for 720 minutes',
      },
    ]);
  });

  test('looks at each region and principal of the images once', async () => {
    await using fake = await startFakeEcr();
    setVariables(fake.env);
    const found = await diagnose([IMAGE, `${IMAGE}/other`, 'public.ecr.aws/a', 'other.example/b']);
    const tokens = found.filter(({ subject }) => subject === 'token').map(({ message }) => message);
    expect(tokens).toEqual([
      'ECR gave a token in us-west-2, asked by account 123456789012, for 720 minutes',
      'ECR Public gave a token in us-east-1, for 720 minutes',
    ]);
    expect(fake.requests.length).toBe(2);
  });

  test('tells the role, and whose credentials were given', async () => {
    const credentials: FakeAwsCredentials[] = [EXAMPLE_AWS_CREDENTIALS];
    await using sts = await startFakeSts({ credentials, roles: { [ROLE]: {} } });
    await using fake = await startFakeEcr({ credentials });
    setVariables({ ...fake.env, ...sts.env });
    const [identity] = await diagnose([], { roleArn: ROLE, region: 'us-west-2' });
    expect(identity?.message).toMatch(
      new RegExp(`^credentials for role ${ROLE} from .+, access key …[0-9A-F]{4}$`),
    );
    const [given] = await diagnose([IMAGE], { credential: async () => EXAMPLE_AWS_CREDENTIALS });
    expect(given?.message).toBe('credentials from the AWS SDK, access key …MPLE');
  });

  test('asks for a region where none is known', async () => {
    expect(await diagnose([])).toEqual([
      {
        status: 'warning',
        subject: 'region',
        message: 'no region is known to ask for a token',
        hint: 'set AWS_REGION, or name an image',
      },
    ]);
  });

  test('says why there are no credentials, and what to do', async () => {
    const [only, ...more] = await diagnose([IMAGE]);
    expect(more).toEqual([]);
    expect(only).toMatchObject({ status: 'failure', subject: 'identity' });
    expect(only?.message).toContain('us-west-2: no AWS credentials: the SDK looked at');
    expect(only?.hint).toContain('give this machine a role');
  });

  test('says why there is no token', async () => {
    await using fake = await startFakeEcr();
    setVariables(fake.env);
    fake.inject({ kind: 'status', status: 503 }, { times: 1 });
    const found = await diagnose([IMAGE]);
    expect(found.map(({ status, subject }) => [status, subject])).toEqual([
      ['ok', 'identity'],
      ['failure', 'token'],
    ]);
    expect(found[1]?.hint).toBe('try again; if it lasts, look at the AWS Health Dashboard');
    fake.inject({ kind: 'reply', reply: { body: '{}' } }, { times: 1 });
    expect((await diagnose([IMAGE])).at(-1)).toEqual({
      status: 'failure',
      subject: 'token',
      message: 'us-west-2: the ECR API answered without a token',
    });
  });

  test('warns of a token without an expiry, and of one that has expired', async () => {
    await using fake = await startFakeEcr({ tokenLifetimeMs: undefined });
    setVariables(fake.env);
    expect((await diagnose([IMAGE])).at(-1)).toMatchObject({
      status: 'warning',
      message: expect.stringContaining('without an expiry'),
    });
    fake.setTokenLifetime(-600_000);
    expect((await diagnose([IMAGE])).at(-1)).toMatchObject({
      status: 'failure',
      message: expect.stringContaining('that has expired 10 minutes ago'),
    });
  });

  test.each([
    [120_000, 'warning'],
    [400_000, 'failure'],
  ])('says that the clock is off by %d ms', async (offset, status) => {
    await using fake = await startFakeEcr({ now: () => Date.now() + offset });
    setVariables({ ...fake.env, AWS_MAX_ATTEMPTS: '2' });
    const clock = (await diagnose([IMAGE])).find(({ subject }) => subject === 'clock');
    expect(clock).toMatchObject({ status, hint: 'set the clock (NTP)' });
  });

  test('says nothing of the clock without a Date header', async () => {
    await using fake = await startFakeEcr();
    setVariables(fake.env);
    const authorizationToken = Buffer.from('AWS:password').toString('base64');
    const body = JSON.stringify({ authorizationData: [{ authorizationToken }] });
    fake.inject({ kind: 'reply', reply: { headers: { date: 'never' }, body } });
    expect((await diagnose([IMAGE])).map(({ subject }) => subject)).toEqual(['identity', 'token']);
  });

  test('ends with the signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const asked = ecr().diagnose?.({ images: [IMAGE], signal });
    await expect(asked).rejects.toThrow('enough');
  });
});
