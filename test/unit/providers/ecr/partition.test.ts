// What is of one partition of AWS goes to no endpoint and no registry of another.

import { describe, expect, test } from '@jest/globals';
import { ecr } from '../../../../src/providers/ecr/ecr.ts';
import type { EcrOptions } from '../../../../src/providers/ecr/ecr-options.ts';
import { EXAMPLE_AWS_CREDENTIALS } from '../../../../src/testing/aws/fake-aws-credentials.ts';
import { startFakeEcr } from '../../../../src/testing/aws/fake-ecr.ts';
import { startFakeSts } from '../../../../src/testing/aws/fake-sts.ts';
import { isolateAwsEnvironment, setVariables } from './aws-environment.ts';
import { request } from './requests.ts';

isolateAwsEnvironment();

const CHINA = '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app';
const GOV = '123456789012.dkr.ecr.us-gov-west-1.amazonaws.com/app';
const PLAIN = '123456789012.dkr.ecr.us-west-2.amazonaws.com/app';
const ROLE = 'arn:aws:iam::123456789012:role/pull';
const CHINESE_ROLE = 'arn:aws-cn:iam::123456789012:role/pull';

describe('ECR asks nobody', () => {
  test.each<[string, string, EcrOptions, string]>([
    [
      'with a role of another partition',
      CHINA,
      { roleArn: ROLE },
      'the role to assume is of the partition aws, and the registry of aws-cn: no token is sent to its STS',
    ],
    [
      'with a role of another partition for one account',
      GOV,
      { accounts: { '123456789012': { roleArn: ROLE } } },
      'is of the partition aws, and the registry of aws-us-gov',
    ],
    [
      'with a Chinese role for ECR Public',
      'public.ecr.aws/a/b',
      { roleArn: CHINESE_ROLE },
      'is of the partition aws-cn, and the registry of aws',
    ],
    [
      'in a region of another partition',
      PLAIN,
      { region: 'cn-north-1' },
      'the registry is of the partition aws, and the region cn-north-1, which is to be asked, of aws-cn',
    ],
  ])('%s', async (_what, image, options, message) => {
    await using sts = await startFakeSts();
    await using fake = await startFakeEcr();
    setVariables({ ...fake.env, ...sts.env });
    await expect(ecr(options).provide(request(image))).rejects.toThrow(message);
    expect([...sts.requests, ...fake.requests]).toEqual([]);
  });

  test.each([
    ['a role of another partition', ROLE, 'is of the partition aws, and the registry of aws-cn'],
    ['what is no role at all', 'pull', 'the role to assume is no ARN, and the registry of aws-cn'],
  ])('for a service account that names %s', async (_what, role, message) => {
    await using sts = await startFakeSts();
    await using fake = await startFakeEcr();
    setVariables({ ...fake.env, ...sts.env });
    const pod = {
      serviceAccountToken: 'pod-token',
      serviceAccountAnnotations: { 'eks.amazonaws.com/ecr-role-arn': role },
    };
    const asked = ecr({ serviceAccount: {} }).provide(request(CHINA, pod));
    await expect(asked).rejects.toThrow(message);
    expect([...sts.requests, ...fake.requests]).toEqual([]);
  });
});

test('ECR assumes a role of the registry’s own partition', async () => {
  const credentials = [EXAMPLE_AWS_CREDENTIALS];
  const roles = { [CHINESE_ROLE]: { webIdentityTokens: ['pod-token'] } };
  await using sts = await startFakeSts({ credentials, roles });
  await using fake = await startFakeEcr({ credentials });
  setVariables({ ...fake.env, ...sts.env });
  const pod = {
    serviceAccountToken: 'pod-token',
    serviceAccountAnnotations: { 'eks.amazonaws.com/ecr-role-arn': CHINESE_ROLE },
  };
  await ecr({ serviceAccount: {} }).provide(request(CHINA, pod));
  expect(sts.issued).toHaveLength(1);
});
