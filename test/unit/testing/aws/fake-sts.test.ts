import { describe, expect, test } from '@jest/globals';
import { fromTemporaryCredentials, fromWebToken } from '@aws-sdk/credential-providers';
import {
  EXAMPLE_AWS_CREDENTIALS,
  type FakeAwsCredentials,
} from '../../../../src/testing/aws/fake-aws-credentials.ts';
import {
  startFakeSts,
  type FakeSts,
  type FakeStsRole,
} from '../../../../src/testing/aws/fake-sts.ts';
import { ask, type Answer } from '../client.ts';
import { sign } from './sign.ts';

const ROLE = 'arn:aws:iam::210987654321:role/pull';
const FORM = 'application/x-www-form-urlencoded';

async function assume(sts: FakeSts, params: object = {}): Promise<FakeAwsCredentials> {
  return fromTemporaryCredentials({
    params: { RoleArn: ROLE, RoleSessionName: 'test', ...params },
    masterCredentials: EXAMPLE_AWS_CREDENTIALS,
    clientConfig: { region: 'us-west-2', endpoint: sts.url, maxAttempts: 1 },
  })();
}

async function assumeWithToken(sts: FakeSts, token: string): Promise<FakeAwsCredentials> {
  return fromWebToken({
    roleArn: ROLE,
    roleSessionName: 'test',
    webIdentityToken: token,
    clientConfig: { region: 'us-west-2', endpoint: sts.url, maxAttempts: 1 },
  })();
}

async function post(sts: FakeSts, body: string, type = FORM): Promise<Answer> {
  const headers = sign({
    host: sts.host,
    path: '/',
    body,
    service: 'sts',
    headers: { 'content-type': type },
  });
  return ask(sts.url, { method: 'POST', headers, body });
}

describe('the fake STS', () => {
  test('lets a known key assume a role, for an hour', async () => {
    const credentials = [EXAMPLE_AWS_CREDENTIALS];
    const now = Date.now();
    await using sts = await startFakeSts({ credentials, roles: { [ROLE]: {} }, now: () => now });
    const given = await assume(sts);
    expect(given).toMatchObject({
      accessKeyId: sts.issued[0]?.accessKeyId,
      secretAccessKey: sts.issued[0]?.secretAccessKey,
      sessionToken: sts.issued[0]?.sessionToken,
      expiration: new Date(now + 3_600_000),
    });
    expect(credentials).toEqual([EXAMPLE_AWS_CREDENTIALS, ...sts.issued]);
    const short = await assume(sts, { DurationSeconds: 900 });
    expect(short.expiration).toEqual(new Date(now + 900_000));
    expect(sts.env).toEqual({ AWS_ENDPOINT_URL_STS: sts.url });
  });

  test.each<[string, Record<string, FakeStsRole>, object]>([
    ['that is not there', {}, {}],
    ['for other keys', { [ROLE]: { accessKeyIds: ['AKIAOTHER'] } }, {}],
    ['whose external id is another', { [ROLE]: { externalId: 'agreed' } }, { ExternalId: 'other' }],
    ['whose external id is not named', { [ROLE]: { externalId: 'agreed' } }, {}],
    ['that wants no external id', { [ROLE]: {} }, { ExternalId: 'agreed' }],
  ])('refuses a role %s', async (_why, roles, params) => {
    await using sts = await startFakeSts({ roles });
    await expect(assume(sts, params)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(
        `is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
      ),
    });
  });

  test('takes a role for this key and this external id', async () => {
    const { accessKeyId } = EXAMPLE_AWS_CREDENTIALS;
    const role = { accessKeyIds: [accessKeyId], externalId: 'agreed' };
    await using sts = await startFakeSts({ roles: { [ROLE]: role } });
    await expect(assume(sts, { ExternalId: 'agreed' })).resolves.toBeDefined();
  });

  test('refuses a key that it does not know', async () => {
    await using sts = await startFakeSts({ credentials: [], roles: { [ROLE]: {} } });
    await expect(assume(sts)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  test('lets a web identity token assume a role, unsigned', async () => {
    await using sts = await startFakeSts({ roles: { [ROLE]: { webIdentityTokens: ['token'] } } });
    const given = await assumeWithToken(sts, 'token');
    expect(given.accessKeyId).toBe(sts.issued[0]?.accessKeyId);
    await expect(assumeWithToken(sts, 'other')).rejects.toMatchObject({
      name: 'InvalidIdentityTokenException',
    });
    const body = new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: ROLE,
      RoleSessionName: 'test',
      WebIdentityToken: 'token',
    });
    expect((await post(sts, body.toString())).body).toContain('is not signed');
  });

  test('refuses web identity tokens where there is no role, or the role takes none', async () => {
    await using none = await startFakeSts();
    await expect(assumeWithToken(none, 'token')).rejects.toMatchObject({ name: 'AccessDenied' });
    await using one = await startFakeSts({ roles: { [ROLE]: {} } });
    await expect(assumeWithToken(one, 'token')).rejects.toThrow('No OpenIDConnect provider');
  });

  test('says who the caller is', async () => {
    await using sts = await startFakeSts();
    const answer = await post(sts, 'Action=GetCallerIdentity&Version=2011-06-15');
    expect(answer.body).toContain('<Account>123456789012</Account>');
    expect(answer.body).toContain('<Arn>arn:aws:iam::123456789012:user/example</Arn>');
    const unsigned = await ask(sts.url, {
      method: 'POST',
      headers: { 'content-type': FORM },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    });
    expect(unsigned.body).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  test.each([
    ['Action=GetCallerIdentity', 'field \\"Version\\" is missing'],
    ['Action=GetCallerIdentity&Version=2011-06-15&x=%3C%26', 'field \\"x\\" is unknown'],
    ['Action=AssumeRole&Version=2011-06-15&RoleArn=x&RoleSessionName=yy', 'RoleArn'],
    ['Action=GetSessionToken&Version=2011-06-15', '<Code>InvalidAction</Code>'],
    ['', '<Code>InvalidAction</Code>'],
  ])('refuses %s', async (body, problem) => {
    await using sts = await startFakeSts();
    const answer = await post(sts, body);
    expect(answer.status).toBe(400);
    expect(answer.body.replaceAll('&quot;', '"')).toContain(problem);
  });

  test('refuses other methods and paths, and escapes what it repeats', async () => {
    await using sts = await startFakeSts();
    expect((await ask(sts.url)).body).toContain('<Code>InvalidAction</Code>');
    const body = 'Action=%3Cb%3E%26&Version=2011-06-15';
    expect((await post(sts, body)).body).toContain('a known Action: &lt;b>&amp;');
    const path = await ask(`${sts.url}/x`, { method: 'POST', body: 'Action=GetCallerIdentity' });
    expect(path.status).toBe(400);
  });
});
