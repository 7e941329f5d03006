import { describe, expect, test } from '@jest/globals';
import { Agent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeSystem } from '../../../../src/system/node-system.ts';
import { ecr } from '../../../../src/providers/ecr/ecr.ts';
import type { CredentialRequest } from '../../../../src/providers/contract.ts';
import {
  EXAMPLE_AWS_CREDENTIALS,
  type FakeAwsCredentials,
} from '../../../../src/testing/aws/fake-aws-credentials.ts';
import { startFakeEc2Metadata } from '../../../../src/testing/aws/fake-ec2-metadata.ts';
import { startFakeEcr } from '../../../../src/testing/aws/fake-ecr.ts';
import { startFakeEcsMetadata } from '../../../../src/testing/aws/fake-ecs-metadata.ts';
import { startFakeSts } from '../../../../src/testing/aws/fake-sts.ts';
import { isolateAwsEnvironment, setVariables } from './aws-environment.ts';

isolateAwsEnvironment();

const HOST = '123456789012.dkr.ecr.us-west-2.amazonaws.com';
const OTHER_HOST = '210987654321.dkr.ecr.us-west-2.amazonaws.com';
const ROLE = 'arn:aws:iam::210987654321:role/pull';
const ANNOTATION = 'eks.amazonaws.com/ecr-role-arn';

function request(image: string, more: Partial<CredentialRequest> = {}): CredentialRequest {
  return { image, signal: new AbortController().signal, ...more };
}

describe('a private registry', () => {
  test('is answered with a token of its own region, from the environment alone', async () => {
    await using fake = await startFakeEcr();
    setVariables({ ...fake.env, AWS_REGION: 'eu-central-1' });
    const response = await ecr().provide(request(`${HOST}/team/app`));
    const [token] = fake.tokens;
    expect(response).toEqual({
      auth: { [HOST]: { username: 'AWS', password: token?.password } },
      cacheKeyType: 'Registry',
      expiresAt: token?.expiresAt,
    });
    expect(token).toMatchObject({ service: 'ecr', region: 'us-west-2' });
    expect(fake.requests.map(({ body }) => body)).toEqual(['{}']);
  });

  test('has no expiry where the API names none', async () => {
    await using fake = await startFakeEcr({ tokenLifetimeMs: undefined });
    setVariables(fake.env);
    expect(await ecr().provide(request(`${HOST}/app`))).not.toHaveProperty('expiresAt');
  });

  test('shares scope, client and answer with the other registries of its region', async () => {
    await using fake = await startFakeEcr();
    setVariables(fake.env);
    const provider = ecr();
    const scopes = Array.from({ length: 10_000 }, (_, index) =>
      provider.cacheScope?.(`${100_000_000_000 + index}.dkr.ecr.us-west-2.amazonaws.com/app`),
    );
    expect(new Set(scopes).size).toBe(1);
    expect(scopes[0]).toMatch(/^private us-west-2 [0-9a-f]{64}$/);
    const response = await provider.provide(request(`${HOST}/app`));
    const other = response && provider.forImage?.(response, `${OTHER_HOST}/x`);
    expect(other).toEqual({ ...response, auth: { [OTHER_HOST]: response?.auth[HOST] } });
  });

  test('is another scope in another region, or for another principal', () => {
    const scope = (image: string, options = {}): string | undefined =>
      ecr(options).cacheScope?.(image);
    const first = scope(`${HOST}/app`);
    expect(scope(`${HOST}/other`)).toBe(first);
    expect(scope('123456789012.dkr.ecr.eu-west-1.amazonaws.com/app')).not.toBe(first);
    expect(scope('public.ecr.aws/app')).not.toBe(first);
    expect(scope(`${HOST}/app`, { profile: 'ci' })).not.toBe(first);
    expect(scope(`${HOST}/app`, { roleArn: ROLE })).not.toBe(first);
    expect(scope(`${HOST}/app`, { credentials: EXAMPLE_AWS_CREDENTIALS })).not.toBe(first);
    expect(scope(`${HOST}/app`, { accounts: { '123456789012': { roleArn: ROLE } } })).not.toBe(
      first,
    );
    expect(scope(`${HOST}/app`, { accounts: { '210987654321': { roleArn: ROLE } } })).toBe(first);
    setVariables({ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE' });
    expect(scope(`${HOST}/app`)).not.toBe(first);
  });

  test('is a scope of its own for each function that gives credentials', () => {
    const credentials = async (): Promise<FakeAwsCredentials> => EXAMPLE_AWS_CREDENTIALS;
    const scopes = [ecr({ credentials }), ecr({ credentials })].map((provider) =>
      provider.cacheScope?.(`${HOST}/app`),
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

describe('images that are not of ECR', () => {
  test('get nothing, even when the provider is asked', async () => {
    const provider = ecr();
    expect(await provider.provide(request('evil.example.com/app'))).toBeUndefined();
    expect(provider.cacheScope?.('evil.example.com/app')).toBeUndefined();
    const response = { auth: {}, cacheKeyType: 'Registry' } as const;
    expect(provider.forImage?.(response, 'evil.example.com/app')).toBe(response);
    expect(provider.forImage?.(response, `${HOST}/app`)).toBe(response);
  });
});

describe('ECR Public', () => {
  test.each(['public.ecr.aws', 'ecr-public.aws.com'])(
    'gives %s a token of us-east-1',
    async (host) => {
      await using fake = await startFakeEcr();
      setVariables({ ...fake.env, AWS_REGION: 'eu-central-1' });
      const response = await ecr().provide(request(`${host}/docker/library/nginx`));
      const [token] = fake.tokens;
      expect(token).toMatchObject({ service: 'ecr-public', region: 'us-east-1' });
      expect(response?.auth).toEqual({ [host]: { username: 'AWS', password: token?.password } });
    },
  );
});

describe('the principal', () => {
  test('may be given as credentials, with the endpoint', async () => {
    const credentials = {
      accessKeyId: 'AKIAGIVEN',
      secretAccessKey: 'given',
      sessionToken: 'session',
    };
    await using fake = await startFakeEcr({ credentials: [credentials] });
    const endpoints = { ecr: fake.url, ecrPublic: fake.url };
    const provider = ecr({ credentials: async () => credentials, endpoints });
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
    const provider = ecr({ roleArn: ROLE, endpoints, credentials: EXAMPLE_AWS_CREDENTIALS });
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

describe('a host of the user', () => {
  test('gets a token of the region that is listed with it, by the role of its account', async () => {
    const credentials: FakeAwsCredentials[] = [EXAMPLE_AWS_CREDENTIALS];
    await using sts = await startFakeSts({ credentials, roles: { [ROLE]: {} } });
    await using fake = await startFakeEcr({ credentials });
    setVariables({ ...fake.env, ...sts.env });
    const provider = ecr({
      hosts: { 'registry.example.com': { region: 'eu-west-1', account: '210987654321' } },
      accounts: { '210987654321': { roleArn: ROLE } },
    });
    const response = await provider.provide(request('registry.example.com/app'));
    expect(Object.keys(response?.auth ?? {})).toEqual(['registry.example.com']);
    expect(fake.tokens).toMatchObject([
      { region: 'eu-west-1', accessKeyId: sts.issued[0]?.accessKeyId },
    ]);
  });
});

describe('the API', () => {
  test('is the one of the options: FIPS and dual-stack', async () => {
    const asked: string[] = [];
    const httpsAgent = new RefusingAgent((host) => asked.push(host));
    const system = {
      ...nodeSystem,
      httpAgents: async () => ({ httpAgent: new Agent(), httpsAgent }),
    };
    const images = [`${HOST}/app`, 'public.ecr.aws/app'];
    const modes = [{}, { useFipsEndpoint: true }, { useDualstackEndpoint: true }];
    await inTurn(
      modes.flatMap((mode) => images.map((image) => ({ mode, image }))),
      async ({ mode, image }) => {
        const provider = ecr({ credentials: EXAMPLE_AWS_CREDENTIALS, system, ...mode });
        await expect(provider.provide(request(image))).rejects.toThrow('(ENETUNREACH)');
      },
    );
    expect(asked).toEqual([
      'api.ecr.us-west-2.amazonaws.com',
      'api.ecr-public.us-east-1.amazonaws.com',
      'api.ecr-fips.us-west-2.amazonaws.com',
      'api.ecr-public-fips.us-east-1.amazonaws.com',
      'ecr.us-west-2.api.aws',
      'ecr-public.us-east-1.api.aws',
    ]);
  });
});

/** Connects to nobody, and tells whom it was asked for. */
class RefusingAgent extends HttpsAgent {
  readonly #tell: (host: string) => void;

  constructor(tell: (host: string) => void) {
    super();
    this.#tell = tell;
  }

  override createConnection(options: { readonly host?: string }): never {
    this.#tell(options.host ?? '');
    throw Object.assign(new Error('no network'), { code: 'ENETUNREACH' });
  }
}

async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  await items.reduce(async (before, item) => {
    await before;
    await work(item);
  }, Promise.resolve());
}

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
