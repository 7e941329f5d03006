import { describe, expect, test } from '@jest/globals';
import {
  fromContainerMetadata,
  fromHttp,
  fromInstanceMetadata,
} from '@aws-sdk/credential-providers';
import { EXAMPLE_ROLE_CREDENTIALS } from '../../../../src/testing/aws/fake-aws-credentials.ts';
import { startFakeEc2Metadata } from '../../../../src/testing/aws/fake-ec2-metadata.ts';
import { startFakeEcsMetadata } from '../../../../src/testing/aws/fake-ecs-metadata.ts';
import { isolateAwsEnvironment, setVariables } from '../../providers/ecr/aws-environment.ts';
import { ask } from '../client.ts';

isolateAwsEnvironment();

const TTL = 'x-aws-ec2-metadata-token-ttl-seconds';
const TOKEN = 'x-aws-ec2-metadata-token';
const SESSION = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'secret',
  sessionToken: 'session',
  expiration: new Date('2099-01-02T03:04:05Z'),
  arn: 'arn:aws:sts::123456789012:assumed-role/task/1',
};

describe('the fake EC2 metadata', () => {
  test("gives the SDK the role's credentials", async () => {
    await using metadata = await startFakeEc2Metadata({ credentials: SESSION, roleName: 'pull' });
    setVariables(metadata.env);
    const { arn: _arn, ...expected } = SESSION;
    expect(await fromInstanceMetadata()()).toMatchObject(expected);
  });

  test('lets keys expire in six hours unless told otherwise', async () => {
    const now = Date.UTC(2098, 0, 1);
    await using metadata = await startFakeEc2Metadata({ now: () => now });
    setVariables(metadata.env);
    const { accessKeyId } = EXAMPLE_ROLE_CREDENTIALS;
    const expiration = new Date(now + 21_600_000);
    expect(await fromInstanceMetadata()()).toMatchObject({ accessKeyId, expiration });
  });

  test('wants a session token that it gave and that has not expired', async () => {
    let now = Date.now();
    await using metadata = await startFakeEc2Metadata({ now: () => now, region: 'eu-west-1' });
    const url = `${metadata.url}/latest/meta-data/placement/region`;
    const status = async (token?: string): Promise<number | undefined> =>
      (await ask(url, { headers: token === undefined ? {} : { [TOKEN]: token } })).status;
    expect(await status()).toBe(401);
    expect(await status('made up')).toBe(401);
    const given = await ask(`${metadata.url}/latest/api/token`, {
      method: 'PUT',
      headers: { [TTL]: '60' },
    });
    expect(given.headers[TTL]).toBe('60');
    expect((await ask(url, { headers: { [TOKEN]: given.body } })).body).toBe('eu-west-1');
    now += 60_000;
    expect(await status(given.body)).toBe(401);
  });

  test.each([
    ['GET', { [TTL]: '60' }, 405],
    ['PUT', {}, 400],
    ['PUT', { [TTL]: '0' }, 400],
    ['PUT', { [TTL]: '21601' }, 400],
    ['PUT', { [TTL]: '1.5' }, 400],
    ['PUT', { [TTL]: '60', 'x-forwarded-for': '10.0.0.1' }, 403],
  ])('gives no session token for a %s with %j', async (method, headers, status) => {
    await using metadata = await startFakeEc2Metadata();
    const answer = await ask(`${metadata.url}/latest/api/token`, { method, headers });
    expect(answer.status).toBe(status);
  });

  test('knows one role, no other paths, and nothing but GET', async () => {
    await using metadata = await startFakeEc2Metadata();
    const roles = `${metadata.url}/latest/meta-data/iam/security-credentials`;
    const token = await sessionToken(metadata.url);
    const headers = { [TOKEN]: token };
    expect((await ask(roles, { headers })).body).toBe('node');
    expect((await ask(`${roles}/`, { headers })).body).toBe('node');
    expect((await ask(`${roles}/other`, { headers })).status).toBe(404);
    expect((await ask(`${roles}/node`, { headers, method: 'POST' })).status).toBe(405);
  });

  test('may be of an instance without a role', async () => {
    await using metadata = await startFakeEc2Metadata({ credentials: undefined });
    const headers = { [TOKEN]: await sessionToken(metadata.url) };
    const roles = `${metadata.url}/latest/meta-data/iam/security-credentials/`;
    expect((await ask(roles, { headers })).status).toBe(404);
  });
});

describe('the fake container metadata', () => {
  test('gives the SDK credentials, for the token of the environment', async () => {
    await using metadata = await startFakeEcsMetadata({
      credentials: SESSION,
      authorizationToken: 'agent',
    });
    setVariables(metadata.env);
    const { arn: _arn, ...expected } = SESSION;
    expect(await fromHttp()()).toMatchObject(expected);
  });

  test('wants no token where it has none', async () => {
    await using metadata = await startFakeEcsMetadata();
    setVariables(metadata.env);
    const { accessKeyId } = EXAMPLE_ROLE_CREDENTIALS;
    expect(await fromContainerMetadata()()).toMatchObject({ accessKeyId });
    const url = metadata.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? '';
    expect((await ask(url, { headers: { authorization: 'x' } })).status).toBe(401);
    expect((await ask(`${url}?x=1`)).status).toBe(404);
    expect((await ask(`${url}/x`)).status).toBe(404);
    expect((await ask(url, { method: 'POST' })).status).toBe(404);
  });
});

async function sessionToken(url: string): Promise<string> {
  const answer = await ask(`${url}/latest/api/token`, { method: 'PUT', headers: { [TTL]: '60' } });
  return answer.body;
}
