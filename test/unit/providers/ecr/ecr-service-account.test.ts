import { describe, expect, test } from '@jest/globals';
import { ecr } from '../../../../src/providers/ecr/ecr.ts';
import {
  EXAMPLE_AWS_CREDENTIALS,
  type FakeAwsCredentials,
} from '../../../../src/testing/aws/fake-aws-credentials.ts';
import { startFakeEcr } from '../../../../src/testing/aws/fake-ecr.ts';
import { startFakeSts } from '../../../../src/testing/aws/fake-sts.ts';
import { isolateAwsEnvironment, setVariables } from './aws-environment.ts';
import { HOST, request, ROLE } from './requests.ts';

isolateAwsEnvironment();

const ANNOTATION = 'eks.amazonaws.com/ecr-role-arn';

describe('the token of a service account', () => {
  const roles = { [ROLE]: { webIdentityTokens: ['pod-token'] } };
  const serviceAccountToken = 'pod-token';

  test('assumes the role of the annotation, in the region of the registry', async () => {
    const credentials: FakeAwsCredentials[] = [EXAMPLE_AWS_CREDENTIALS];
    await using sts = await startFakeSts({ credentials, roles });
    await using fake = await startFakeEcr({ credentials });
    setVariables({ ...fake.env, ...sts.env, AWS_ECR_ROLE_ARN: 'arn:aws:iam::1:role/other' });
    const provider = ecr({ serviceAccount: {} });
    const pod = { serviceAccountToken, serviceAccountAnnotations: { [ANNOTATION]: ROLE } };
    await provider.provide(request(`${HOST}/app`, pod));
    await provider.provide(request(`${HOST}/app`, pod));
    expect(sts.issued.map(({ arn }) => arn)).toEqual([
      'arn:aws:sts::210987654321:assumed-role/pull/ecr-credential-provider',
      'arn:aws:sts::210987654321:assumed-role/pull/ecr-credential-provider',
    ]);
    expect(fake.tokens.map(({ accessKeyId }) => accessKeyId)).toEqual(
      sts.issued.map(({ accessKeyId }) => accessKeyId),
    );
  });

  test('assumes the role of AWS_ECR_ROLE_ARN where there is no annotation', async () => {
    const credentials: FakeAwsCredentials[] = [];
    await using sts = await startFakeSts({ credentials, roles });
    await using fake = await startFakeEcr({ credentials });
    setVariables({ ...fake.env, ...sts.env, AWS_ECR_ROLE_ARN: ROLE });
    await ecr({ serviceAccount: {} }).provide(request(`${HOST}/app`, { serviceAccountToken }));
    expect(fake.tokens).toMatchObject([{ accessKeyId: sts.issued[0]?.accessKeyId }]);
  });

  test.each([
    ['neither annotation nor variable', { serviceAccountToken }, {}],
    [
      'an empty annotation',
      { serviceAccountToken, serviceAccountAnnotations: { [ANNOTATION]: '' } },
      { AWS_ECR_ROLE_ARN: ROLE },
    ],
    ['no token', {}, { AWS_ECR_ROLE_ARN: ROLE }],
  ])('leaves it to the own credentials of the machine with %s', async (_why, pod, variables) => {
    await using fake = await startFakeEcr();
    setVariables({ ...fake.env, ...variables });
    await ecr({ serviceAccount: {} }).provide(request(`${HOST}/app`, pod));
    expect(fake.tokens).toMatchObject([{ accessKeyId: EXAMPLE_AWS_CREDENTIALS.accessKeyId }]);
  });

  test('is not used by a provider that was not told to', async () => {
    await using fake = await startFakeEcr();
    setVariables({ ...fake.env, AWS_ECR_ROLE_ARN: ROLE });
    await ecr().provide(request(`${HOST}/app`, { serviceAccountToken }));
    expect(fake.tokens).toMatchObject([{ accessKeyId: EXAMPLE_AWS_CREDENTIALS.accessKeyId }]);
  });

  test('never falls back to the credentials of the machine when STS refuses', async () => {
    await using sts = await startFakeSts({ roles });
    await using fake = await startFakeEcr();
    setVariables({ ...fake.env, ...sts.env, AWS_ECR_ROLE_ARN: ROLE });
    const asked = ecr({ serviceAccount: {} }).provide(
      request(`${HOST}/app`, { serviceAccountToken: 'foreign-token' }),
    );
    await expect(asked).rejects.toThrow("STS does not accept the service account's token");
    expect(fake.requests).toEqual([]);
  });
});
