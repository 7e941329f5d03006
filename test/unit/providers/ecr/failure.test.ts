import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MissingPackageError } from '../../../../src/errors.ts';
import { ecr } from '../../../../src/providers/ecr/ecr.ts';
import { explainEcrError } from '../../../../src/providers/ecr/failure.ts';
import type { EcrPrincipal } from '../../../../src/providers/ecr/principal.ts';
import { nodeSystem } from '../../../../src/system/node-system.ts';
import {
  EXAMPLE_AWS_CREDENTIALS,
  type FakeAwsCredentials,
} from '../../../../src/testing/aws/fake-aws-credentials.ts';
import { startFakeEcr } from '../../../../src/testing/aws/fake-ecr.ts';
import { startFakeSts } from '../../../../src/testing/aws/fake-sts.ts';
import { isolateAwsEnvironment, setVariables } from './aws-environment.ts';
import { failureOf, IMAGE, PUBLIC_IMAGE, ROLE } from './requests.ts';
import { untilTrue } from '../../testing/client.ts';

isolateAwsEnvironment();

const PRIVATE: EcrPrincipal = { kind: 'private', region: 'us-west-2', stsRegion: 'us-west-2' };

describe('an answer of access denied', () => {
  test('names the principal and ecr:GetAuthorizationToken', async () => {
    await using fake = await startFakeEcr();
    setVariables(fake.env);
    fake.deny('ecr:GetAuthorizationToken');
    const { message } = await failureOf(ecr(), IMAGE);
    expect(message).toBe(
      'arn:aws:iam::123456789012:user/example lacks the permission ecr:GetAuthorizationToken; allow ecr:GetAuthorizationToken on resource "*"',
    );
  });

  test.each(['ecr-public:GetAuthorizationToken', 'sts:GetServiceBearerToken'])(
    'names %s, of the two that ECR Public wants',
    async (permission) => {
      await using fake = await startFakeEcr();
      setVariables(fake.env);
      fake.deny(permission);
      const { message } = await failureOf(ecr(), PUBLIC_IMAGE);
      expect(message).toContain(`lacks the permission ${permission}`);
      expect(message).toContain(
        'allow ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken',
      );
    },
  );

  test('names what is needed where the service does not', () => {
    const error = Object.assign(new Error('Forbidden'), { name: 'AccessDenied' });
    expect(explainEcrError(error, PRIVATE, 0).reason).toBe(
      'the principal lacks the permission ecr:GetAuthorizationToken',
    );
  });

  test('names the role that may not be assumed', async () => {
    await using sts = await startFakeSts();
    setVariables(sts.env);
    const options = { roleArn: ROLE, credential: EXAMPLE_AWS_CREDENTIALS };
    const { message } = await failureOf(ecr(options), IMAGE);
    expect(message).toContain(`user/example may not assume ${ROLE}: sts:AssumeRole is denied`);
    const pod = ecr({ ...options, serviceAccount: {} });
    setVariables({ AWS_ECR_ROLE_ARN: ROLE });
    expect((await failureOf(pod, IMAGE)).message).toContain(
      `the principal may not assume ${ROLE}: sts:AssumeRoleWithWebIdentity is denied`,
    );
  });

  test('names no role where the chain chose it', () => {
    const message = 'Not authorized to perform: sts:AssumeRoleWithWebIdentity';
    const error = Object.assign(new Error(message), { name: 'AccessDenied' });
    expect(explainEcrError(error, PRIVATE, 0).reason).toContain('may not assume the role');
  });
});

describe('credentials', () => {
  test('that nobody has: says where the chain looked', async () => {
    const { message } = await failureOf(ecr(), IMAGE);
    expect(message).toContain('no AWS credentials: the SDK looked at environment variables');
    expect(message).toContain('set AWS_PROFILE');
  });

  test('of a profile that does not exist', async () => {
    const { message } = await failureOf(ecr({ profile: 'ci' }), IMAGE);
    expect(message).toContain('no AWS credentials for profile "ci"');
  });

  test('of an SSO profile without a session', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'docker-keyring-'));
    const file = join(directory, 'config');
    writeFileSync(
      file,
      '[profile sso]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = r\n' +
        '[sso-session s]\nsso_region = us-west-2\nsso_start_url = https://example.awsapps.com/start\n',
    );
    setVariables({ AWS_CONFIG_FILE: file, HOME: directory });
    const { message } = await failureOf(ecr({ profile: 'sso' }), IMAGE);
    rmSync(directory, { recursive: true });
    expect(message).toContain('run "aws sso login"');
  });

  test('that have expired', async () => {
    const expired = { ...EXAMPLE_AWS_CREDENTIALS, expiration: new Date(0) };
    await using fake = await startFakeEcr({ credentials: [expired] });
    setVariables(fake.env);
    expect((await failureOf(ecr(), IMAGE)).message).toContain('have expired');
  });

  test('that AWS does not know', async () => {
    await using fake = await startFakeEcr({ credentials: [] });
    setVariables(fake.env);
    const credential = EXAMPLE_AWS_CREDENTIALS;
    expect((await failureOf(ecr({ credential }), IMAGE)).message).toContain(
      'AWS does not know the access key in region us-west-2',
    );
  });

  test('with a wrong secret', async () => {
    await using fake = await startFakeEcr();
    setVariables({ ...fake.env, AWS_SECRET_ACCESS_KEY: 'wrong' });
    expect((await failureOf(ecr(), IMAGE)).message).toContain('AWS refused the signature');
  });

  test('are looked for anew after a failure', async () => {
    const credentials: FakeAwsCredentials[] = [];
    await using fake = await startFakeEcr({ credentials });
    setVariables(fake.env);
    const provider = ecr({ credential: EXAMPLE_AWS_CREDENTIALS });
    await failureOf(provider, IMAGE);
    credentials.push(EXAMPLE_AWS_CREDENTIALS);
    const { signal } = new AbortController();
    await expect(provider.provide({ image: IMAGE, signal })).resolves.toBeDefined();
  });
});

describe('other failures', () => {
  test('are those of the caller when it gave up', async () => {
    await using fake = await startFakeEcr();
    setVariables(fake.env);
    fake.inject({ kind: 'hang' });
    const controller = new AbortController();
    const asked = ecr().provide({ image: IMAGE, signal: controller.signal });
    await untilTrue(() => fake.requests.length > 0);
    controller.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
  });

  test('of a missing package stay what they are', async () => {
    const missing = new MissingPackageError('@aws-sdk/client-ecr');
    const system = { ...nodeSystem, httpAgents: () => Promise.reject(missing) };
    const { signal } = new AbortController();
    await expect(ecr({ system }).provide({ image: IMAGE, signal })).rejects.toBe(missing);
  });

  test.each([
    ['undefined', undefined],
    ['a text', 'hunter2'],
    ['an error with an odd name', Object.assign(new Error('x'), { name: 'hunter2 is odd' })],
  ])('that are %s are explained', (_what, error) => {
    expect(explainEcrError(error, PRIVATE, 0)).toEqual({
      reason: 'the AWS SDK failed with an error',
      hint: 'run "docker-keyring doctor"',
      retryAfterMs: undefined,
    });
  });
});
