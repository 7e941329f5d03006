import { describe, expect, test } from '@jest/globals';
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import {
  ECRPUBLICClient,
  GetAuthorizationTokenCommand as GetPublicTokenCommand,
} from '@aws-sdk/client-ecr-public';
import { createTestCertificate } from '../../../../src/testing/tls/certificates.ts';
import {
  EXAMPLE_AWS_CREDENTIALS,
  type FakeAwsCredentials,
} from '../../../../src/testing/aws/fake-aws-credentials.ts';
import { startFakeEcr, type FakeEcr } from '../../../../src/testing/aws/fake-ecr.ts';
import { ask, type Answer } from '../client.ts';
import { sign } from './sign.ts';

const TARGET = 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken';

function client(
  fake: FakeEcr,
  credentials: FakeAwsCredentials = EXAMPLE_AWS_CREDENTIALS,
  region = 'us-west-2',
): ECRClient {
  return new ECRClient({ region, endpoint: fake.url, credentials, maxAttempts: 1 });
}

async function post(
  fake: FakeEcr,
  body: string,
  headers: Readonly<Record<string, string>> = {},
  path = '/',
): Promise<Answer> {
  const signed = sign({
    host: fake.host,
    path,
    body,
    service: 'ecr',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': TARGET, ...headers },
  });
  return ask(`${fake.url}${path}`, { method: 'POST', headers: signed, body });
}

describe('the fake ECR', () => {
  test('gives the SDK a token, and keeps it', async () => {
    await using fake = await startFakeEcr({ account: '210987654321' });
    const output = await client(fake).send(new GetAuthorizationTokenCommand({}));
    const [token] = fake.tokens;
    expect(output.authorizationData).toEqual([
      {
        authorizationToken: Buffer.from(`AWS:${token?.password}`).toString('base64'),
        expiresAt: token?.expiresAt,
        proxyEndpoint: 'https://210987654321.dkr.ecr.us-west-2.amazonaws.com',
      },
    ]);
    expect(token).toMatchObject({
      service: 'ecr',
      region: 'us-west-2',
      accessKeyId: EXAMPLE_AWS_CREDENTIALS.accessKeyId,
    });
  });

  test('answers one entry for each account that is asked for', async () => {
    await using fake = await startFakeEcr();
    const registryIds = ['111111111111', '222222222222'];
    const output = await client(fake).send(new GetAuthorizationTokenCommand({ registryIds }));
    expect(output.authorizationData?.map(({ proxyEndpoint }) => proxyEndpoint)).toEqual([
      'https://111111111111.dkr.ecr.us-west-2.amazonaws.com',
      'https://222222222222.dkr.ecr.us-west-2.amazonaws.com',
    ]);
  });

  test('is ECR Public too, in one region', async () => {
    await using fake = await startFakeEcr();
    const publicClient = (region: string): ECRPUBLICClient =>
      new ECRPUBLICClient({
        region,
        endpoint: fake.url,
        credentials: EXAMPLE_AWS_CREDENTIALS,
        maxAttempts: 1,
      });
    const output = await publicClient('us-east-1').send(new GetPublicTokenCommand({}));
    expect(output.authorizationData?.expiresAt).toEqual(fake.tokens[0]?.expiresAt);
    await expect(
      publicClient('eu-west-1').send(new GetPublicTokenCommand({})),
    ).rejects.toMatchObject({ name: 'UnsupportedCommandException' });
  });

  test('speaks TLS', async () => {
    const tls = await createTestCertificate(['127.0.0.1']);
    await using fake = await startFakeEcr({ tls });
    const answer = await ask(fake.url, { ca: tls.ca });
    expect(answer.body).toContain('UnknownOperationException');
  });

  test('tells the SDKs by the environment where it is, with the first of its keys', async () => {
    await using one = await startFakeEcr({ credentials: [] });
    expect(one.env).toEqual({
      AWS_ENDPOINT_URL_ECR: one.url,
      AWS_ENDPOINT_URL_ECR_PUBLIC: one.url,
    });
    const credentials = [{ ...EXAMPLE_AWS_CREDENTIALS, sessionToken: 'session' }];
    await using other = await startFakeEcr({ credentials });
    expect(other.env).toMatchObject({
      AWS_ACCESS_KEY_ID: EXAMPLE_AWS_CREDENTIALS.accessKeyId,
      AWS_SESSION_TOKEN: 'session',
    });
  });

  test('throttles, denies, and changes the life of tokens when it is told to', async () => {
    await using fake = await startFakeEcr();
    const send = async (): Promise<unknown> =>
      client(fake).send(new GetAuthorizationTokenCommand({}));
    fake.throttle();
    await expect(send()).rejects.toMatchObject({ name: 'ThrottlingException' });
    fake.clearFaults();
    fake.throttle({ times: 1, retryAfter: '9' });
    await expect(send()).rejects.toMatchObject({
      $response: { headers: { 'retry-after': '9' } },
    });
    fake.deny('ecr:GetAuthorizationToken');
    await expect(send()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('user/example is not authorized to perform: ecr:Get'),
    });
    fake.deny();
    fake.setTokenLifetime(undefined);
    expect(await send()).not.toHaveProperty('authorizationData.0.expiresAt');
  });

  test.each([
    ['registryIds is not a list of accounts', '{"registryIds":["1"]}'],
    ['registryIds is not a list of accounts', '{"registryIds":[]}'],
    ['registryIds is not a list of accounts', '{"registryIds":"123456789012"}'],
    ['unknown member nextToken', '{"nextToken":1}'],
    ['the body is not a JSON object', 'null'],
    ['the body is not a JSON object', '{'],
  ])('refuses a body: %s', async (message, body) => {
    await using fake = await startFakeEcr();
    expect(JSON.parse((await post(fake, body)).body)).toEqual({
      __type: 'InvalidParameterException',
      message,
    });
  });

  test('refuses another path, another type, and another target', async () => {
    await using fake = await startFakeEcr();
    expect((await post(fake, '{}')).status).toBe(200);
    expect((await post(fake, '{}', {}, '/x')).body).toContain('SerializationException');
    const json = { 'content-type': 'application/json' };
    expect((await post(fake, '{}', json)).body).toContain('SerializationException');
    const target = { 'x-amz-target': 'AmazonEC2ContainerRegistry_V20150921.ListImages' };
    expect((await post(fake, '{}', target)).body).toContain('UnknownOperationException');
  });
});
