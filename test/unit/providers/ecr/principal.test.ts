import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ecr } from '../../../../src/providers/ecr/ecr.ts';
import type { EcrOptions } from '../../../../src/providers/ecr/ecr-options.ts';
import {
  EXAMPLE_AWS_CREDENTIALS,
  type FakeAwsCredentials,
} from '../../../../src/testing/aws/fake-aws-credentials.ts';
import { startFakeEc2Metadata } from '../../../../src/testing/aws/fake-ec2-metadata.ts';
import { startFakeEcr } from '../../../../src/testing/aws/fake-ecr.ts';
import { startFakeEcsMetadata } from '../../../../src/testing/aws/fake-ecs-metadata.ts';
import { startFakeSts } from '../../../../src/testing/aws/fake-sts.ts';
import { isolateAwsEnvironment, setVariables } from './aws-environment.ts';
import { HOST, OTHER_HOST, request, ROLE } from './requests.ts';

isolateAwsEnvironment();

describe('the principal', () => {
  test('may be given as credentials, with the endpoint', async () => {
    const credentials = {
      accessKeyId: 'AKIAGIVEN',
      secretAccessKey: 'given',
      sessionToken: 'session',
    };
    await using fake = await startFakeEcr({ credentials: [credentials] });
    const endpoints = { ecr: fake.url, ecrPublic: fake.url };
    const provider = ecr({ credential: async () => credentials, endpoints });
    await provider.provide(request(`${HOST}/app`));
    await provider.provide(request('public.ecr.aws/app'));
    expect(fake.tokens.map(({ accessKeyId }) => accessKeyId)).toEqual(['AKIAGIVEN', 'AKIAGIVEN']);
  });

  test('may be a profile, for all registries or for those of an account', async () => {
    const keys = [
      { accessKeyId: 'AKIAALL', secretAccessKey: 'all' },
      { accessKeyId: 'AKIAONE', secretAccessKey: 'one' },
    ];
    await using fake = await startFakeEcr({ credentials: keys });
    const directory = mkdtempSync(join(tmpdir(), 'docker-keyring-'));
    const file = join(directory, 'credentials');
    writeFileSync(
      file,
      '[all]\naws_access_key_id = AKIAALL\naws_secret_access_key = all\n' +
        '[one]\naws_access_key_id = AKIAONE\naws_secret_access_key = one\n',
    );
    setVariables({ AWS_SHARED_CREDENTIALS_FILE: file, AWS_ENDPOINT_URL_ECR: fake.url });
    const provider = ecr({ profile: 'all', accounts: { '210987654321': { profile: 'one' } } });
    await provider.provide(request(`${HOST}/app`));
    await provider.provide(request(`${OTHER_HOST}/app`));
    rmSync(directory, { recursive: true });
    expect(fake.tokens.map(({ accessKeyId }) => accessKeyId)).toEqual(['AKIAALL', 'AKIAONE']);
  });

  test('may be a role, assumed in the region of the registry with an external id', async () => {
    const credentials: FakeAwsCredentials[] = [EXAMPLE_AWS_CREDENTIALS];
    await using sts = await startFakeSts({
      credentials,
      roles: { [ROLE]: { externalId: 'agreed' } },
    });
    await using fake = await startFakeEcr({ credentials });
    setVariables({ ...fake.env, ...sts.env });
    const account = { roleArn: ROLE, externalId: 'agreed', roleSessionName: 'puller' };
    const provider = ecr({ accounts: { '210987654321': account } });
    await provider.provide(request(`${OTHER_HOST}/app`));
    await provider.provide(request(`${OTHER_HOST}/other`));
    await provider.provide(request(`${HOST}/app`));
    expect(sts.issued.map(({ arn }) => arn)).toEqual([
      'arn:aws:sts::210987654321:assumed-role/pull/puller',
    ]);
    expect(sts.requests[0]?.headers['authorization']).toContain('/us-west-2/sts/aws4_request');
    const role = sts.issued[0]?.accessKeyId;
    expect(fake.tokens.map(({ accessKeyId }) => accessKeyId)).toEqual([
      role,
      role,
      EXAMPLE_AWS_CREDENTIALS.accessKeyId,
    ]);
  });

  test('may be a role for everything, assumed with given credentials at a given endpoint', async () => {
    const credentials: FakeAwsCredentials[] = [EXAMPLE_AWS_CREDENTIALS];
    await using sts = await startFakeSts({ credentials, roles: { [ROLE]: {} } });
    await using fake = await startFakeEcr({ credentials });
    const endpoints = { ecr: fake.url, ecrPublic: fake.url, sts: sts.url };
    const provider = ecr({ roleArn: ROLE, endpoints, credential: EXAMPLE_AWS_CREDENTIALS });
    setVariables({ AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-central-1' });
    await provider.provide(request(`${HOST}/app`));
    await provider.provide(request('public.ecr.aws/app'));
    expect(sts.issued.map(({ arn }) => arn?.split('/').at(-1))).toEqual([
      'docker-keyring',
      'docker-keyring',
    ]);
    const regions = sts.requests.map(({ headers }) => headers['authorization']?.split('/')[2]);
    expect(regions).toEqual(['us-west-2', 'eu-central-1']);
  });

  test('may be assumed from a profile of the shared configuration', async () => {
    const credentials: FakeAwsCredentials[] = [
      { accessKeyId: 'AKIABASE', secretAccessKey: 'base' },
    ];
    await using sts = await startFakeSts({ credentials, roles: { [ROLE]: {} } });
    await using fake = await startFakeEcr({ credentials });
    const directory = mkdtempSync(join(tmpdir(), 'docker-keyring-'));
    const file = join(directory, 'credentials');
    writeFileSync(file, '[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = base\n');
    setVariables({ AWS_SHARED_CREDENTIALS_FILE: file });
    const endpoints = { ecr: fake.url, sts: sts.url };
    const accounts = { '123456789012': { roleArn: ROLE, region: 'eu-west-1' } };
    await ecr({ profile: 'base', accounts, endpoints }).provide(request(`${HOST}/app`));
    rmSync(directory, { recursive: true });
    expect(fake.tokens).toMatchObject([
      { accessKeyId: sts.issued[0]?.accessKeyId, region: 'eu-west-1' },
    ]);
  });

  test('comes from instance metadata, which no proxy sees', async () => {
    const role = { accessKeyId: 'ASIANODE', secretAccessKey: 'node', sessionToken: 'session' };
    await using metadata = await startFakeEc2Metadata({ credentials: role });
    await using fake = await startFakeEcr({ credentials: [role] });
    setVariables({ AWS_ENDPOINT_URL_ECR: fake.url, ...metadata.env });
    // Nobody listens there; the APIs are excepted from the proxy.
    setVariables({ HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: fake.host });
    await ecr().provide(request(`${HOST}/app`));
    expect(fake.tokens).toMatchObject([{ accessKeyId: 'ASIANODE' }]);
    expect(metadata.requests.map(({ method }) => method)).toEqual(['PUT', 'GET', 'GET']);
  });

  test('comes from container metadata', async () => {
    const task = { accessKeyId: 'ASIATASK', secretAccessKey: 'task', sessionToken: 'session' };
    await using metadata = await startFakeEcsMetadata({
      credentials: task,
      authorizationToken: 'agent',
    });
    await using fake = await startFakeEcr({ credentials: [task] });
    setVariables({ AWS_ENDPOINT_URL_ECR: fake.url, ...metadata.env });
    await ecr().provide(request(`${HOST}/app`));
    expect(fake.tokens).toMatchObject([{ accessKeyId: 'ASIATASK' }]);
  });
});

describe('the scope of an answer', () => {
  test('is another scope in another region, or for another principal', () => {
    const first = scopeOf(`${HOST}/app`);
    expect(scopeOf(`${HOST}/other`)).toBe(first);
    expect(scopeOf('123456789012.dkr.ecr.eu-west-1.amazonaws.com/app')).not.toBe(first);
    expect(scopeOf('public.ecr.aws/app')).not.toBe(first);
    expect(scopeOf(`${HOST}/app`, { profile: 'ci' })).not.toBe(first);
    expect(scopeOf(`${HOST}/app`, { roleArn: ROLE })).not.toBe(first);
    expect(scopeOf(`${HOST}/app`, { credential: EXAMPLE_AWS_CREDENTIALS })).not.toBe(first);
    expect(scopeOf(`${HOST}/app`, { accounts: { '123456789012': { roleArn: ROLE } } })).not.toBe(
      first,
    );
    expect(scopeOf(`${HOST}/app`, { accounts: { '210987654321': { roleArn: ROLE } } })).toBe(first);
    setVariables({ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' });
    expect(scopeOf(`${HOST}/app`)).not.toBe(first);
  });

  test('is a scope of its own for each function that gives credentials', () => {
    const scopes = [ecr({ credential: giveExample }), ecr({ credential: giveExample })].map(
      (provider) => provider.cacheScope?.(`${HOST}/app`),
    );
    expect(new Set(scopes).size).toBe(2);
  });

  test('follows the environment when it changes, and forgets the names of many regions', () => {
    const provider = ecr();
    const scope = (region: string): string | undefined =>
      provider.cacheScope?.(`123456789012.dkr.ecr.${region}.amazonaws.com/app`);
    const first = scope('us-west-2');
    setVariables({ AWS_PROFILE: 'ci' });
    expect(scope('us-west-2')).not.toBe(first);
    const names = Array.from({ length: 2500 }, (_, index) => scope(`x-${index}`));
    expect(new Set(names).size).toBe(2500);
  });
});

function scopeOf(image: string, options: EcrOptions = {}): string | undefined {
  return ecr(options).cacheScope?.(image);
}

async function giveExample(): Promise<FakeAwsCredentials> {
  return EXAMPLE_AWS_CREDENTIALS;
}
