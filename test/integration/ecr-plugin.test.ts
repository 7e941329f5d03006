// The official plugin (kubernetes/cloud-provider-aws, built by Go) and ecr() are asked the same, of the same fake services.
// Differences, all on purpose: the plugin answers for any host, and for hosts with a scheme or a port; where its
// cacheDuration would be 0 or less it leaves it out, so that the kubelet's default, which is hours, takes its place.

import { beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CredentialRequest, CredentialResponse } from '../../src/providers/contract.ts';
import { ecr } from '../../src/providers/ecr/ecr.ts';
import { nodeSystem } from '../../src/system/node-system.ts';
import {
  EXAMPLE_AWS_CREDENTIALS,
  type FakeAwsCredentials,
} from '../../src/testing/aws/fake-aws-credentials.ts';
import { startFakeEcr, type FakeEcr } from '../../src/testing/aws/fake-ecr.ts';
import { startFakeSts, type FakeSts } from '../../src/testing/aws/fake-sts.ts';
import { isolateAwsEnvironment, setVariables } from '../unit/providers/ecr/aws-environment.ts';

isolateAwsEnvironment();

const ACCOUNT = '123456789012';
const HOST = `${ACCOUNT}.dkr.ecr.us-west-2.amazonaws.com`;
const ROLE = 'arn:aws:iam::210987654321:role/pull';
const ANNOTATION = 'eks.amazonaws.com/ecr-role-arn';

const HOSTS = [
  HOST,
  `${ACCOUNT}.dkr.ecr-fips.us-east-1.amazonaws.com`,
  `${ACCOUNT}.dkr-ecr.us-west-2.on.aws`,
  `${ACCOUNT}.dkr-ecr-fips.us-west-2.on.aws`,
  `${ACCOUNT}.dkr.ecr.us-gov-west-1.amazonaws.com`,
  `${ACCOUNT}.dkr-ecr-fips.us-gov-west-1.on.aws`,
  `${ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn`,
  `${ACCOUNT}.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn`,
  `${ACCOUNT}.dkr.ecr.eusc-de-east-1.amazonaws.eu`,
  `${ACCOUNT}.dkr.ecr.us-iso-east-1.c2s.ic.gov`,
  `${ACCOUNT}.dkr.ecr.us-isob-east-1.sc2s.sgov.gov`,
  `${ACCOUNT}.dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk`,
  `${ACCOUNT}.dkr.ecr.us-isof-south-1.csp.hci.ic.gov`,
  'public.ecr.aws',
  'ecr-public.aws.com',
];

interface PluginResponse {
  readonly cacheKeyType: string;
  readonly cacheDuration?: string;
  readonly auth: CredentialResponse['auth'];
}

type Asked = Omit<CredentialRequest, 'signal'>;

const binary = join(mkdtempSync(join(tmpdir(), 'ecr-plugin-')), 'ecr-credential-provider');

beforeAll(() => {
  const directory = join(import.meta.dirname, 'ecr-plugin');
  const module = 'k8s.io/cloud-provider-aws/cmd/ecr-credential-provider';
  const { status, error, stderr } = spawnSync('go', ['build', '-o', binary, module], {
    cwd: directory,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Go could not build the plugin: ${stderr || error?.message}`);
}, 600_000);

async function askPlugin(asked: Asked): Promise<PluginResponse | string> {
  const request = {
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    kind: 'CredentialProviderRequest',
    ...asked,
  };
  const { exitCode, stdout, stderr } = await nodeSystem.run({
    command: binary,
    args: [],
    stdin: JSON.stringify(request),
    timeoutMs: 30_000,
    maxOutputBytes: 1_000_000,
  });
  const text = Buffer.from(stdout).toString('utf8');
  return exitCode === 0 ? (JSON.parse(text) as PluginResponse) : stderr;
}

async function askUs(asked: Asked): Promise<CredentialResponse | undefined> {
  const provider = ecr({ serviceAccount: {} });
  return provider.provide({ ...asked, signal: new AbortController().signal });
}

/** Asks both, and compares everything but the password, which is new at each time; returns whom the services saw. */
async function compare(fake: FakeEcr, asked: Asked): Promise<readonly string[]> {
  const first = fake.tokens.length;
  const before = Date.now();
  const theirs = await askPlugin(asked);
  const after = Date.now();
  const ours = await askUs(asked);
  const tokens = fake.tokens.slice(first);
  const [host = ''] = asked.image.split('/', 1);
  expect([theirs, ours]).toEqual(
    tokens.map(({ username, password }) =>
      expect.objectContaining({
        auth: { [host]: { username, password } },
        cacheKeyType: 'Registry',
      }),
    ),
  );
  expect(new Set(tokens.map(({ service, region }) => `${service} ${region}`)).size).toBe(1);
  expect(ours?.expiresAt).toEqual(tokens[1]?.expiresAt);
  // Theirs is half of what was left when it asked its clock.
  const endMs = Number(tokens[0]?.expiresAt);
  expect(secondsOf(theirs)).toBeGreaterThanOrEqual(Math.floor((endMs - after) / 2000));
  expect(secondsOf(theirs)).toBeLessThanOrEqual(Math.ceil((endMs - before) / 2000));
  return tokens.map(({ accessKeyId }) => accessKeyId);
}

/** Go's way to write a duration. */
function secondsOf(response: PluginResponse | string): number {
  const duration = typeof response === 'string' ? response : response.cacheDuration;
  const [, hours = 0, minutes = 0, seconds = 0] =
    /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(String(duration)) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

describe('the official plugin and ecr()', () => {
  test.each(HOSTS)('give the same answer for %s', async (host) => {
    await using fake = await startFakeEcr();
    setVariables(fake.env);
    expect(await compare(fake, { image: `${host}/team/app` })).toEqual([
      EXAMPLE_AWS_CREDENTIALS.accessKeyId,
      EXAMPLE_AWS_CREDENTIALS.accessKeyId,
    ]);
  });

  test.each<[string, Partial<Asked>, Readonly<Record<string, string>>, boolean]>([
    ['the role of the annotation', { serviceAccountAnnotations: { [ANNOTATION]: ROLE } }, {}, true],
    ['the role of the variable', {}, { AWS_ECR_ROLE_ARN: ROLE }, true],
    [
      'the own principal for an empty annotation',
      { serviceAccountAnnotations: { [ANNOTATION]: '' } },
      { AWS_ECR_ROLE_ARN: ROLE },
      false,
    ],
    ['the own principal without a role', {}, {}, false],
  ])('use %s with a token of a service account', async (_what, more, variables, isRole) => {
    const { fake, sts } = await services();
    setVariables(variables);
    const image = `${HOST}/app`;
    const seen = await compare(fake, { image, serviceAccountToken: 'pod-token', ...more });
    const own = EXAMPLE_AWS_CREDENTIALS.accessKeyId;
    const roles = sts.issued.map(({ accessKeyId }) => accessKeyId);
    expect(seen).toEqual(isRole ? roles : [own, own]);
    expect(new Set(sts.requests.map(({ body }) => fieldsOf(body))).size).toBe(isRole ? 1 : 0);
    await Promise.all([fake.close(), sts.close()]);
  });

  test('both fail, without the own principal, when STS refuses the token', async () => {
    const { fake, sts } = await services();
    setVariables({ AWS_ECR_ROLE_ARN: ROLE });
    const asked = { image: `${HOST}/app`, serviceAccountToken: 'foreign-token' };
    expect(await askPlugin(asked)).toContain('failed to assume role');
    await expect(askUs(asked)).rejects.toThrow("STS does not accept the service account's token");
    expect(fake.requests).toEqual([]);
    await Promise.all([fake.close(), sts.close()]);
  });

  test('both fail when access is denied, and when there is no token', async () => {
    await using fake = await startFakeEcr();
    setVariables(fake.env);
    fake.deny('ecr:GetAuthorizationToken');
    const asked = { image: `${HOST}/app` };
    expect(await askPlugin(asked)).toContain('AccessDenied');
    await expect(askUs(asked)).rejects.toThrow('lacks the permission ecr:GetAuthorizationToken');
    fake.deny();
    fake.inject({ kind: 'reply', reply: { body: '{"authorizationData":[]}' } });
    expect(await askPlugin(asked)).toContain('authorization data was empty');
    await expect(askUs(asked)).rejects.toThrow('without a token');
  });

  test('say "do not cache" in their own ways when there is no expiry', async () => {
    await using fake = await startFakeEcr({ tokenLifetimeMs: undefined });
    setVariables(fake.env);
    expect(await askPlugin({ image: `${HOST}/app` })).toMatchObject({ cacheDuration: '0s' });
    expect(await askUs({ image: `${HOST}/app` })).not.toHaveProperty('expiresAt');
  });

  test('differ for a token that has expired: ours says so, theirs leaves it to the default', async () => {
    await using fake = await startFakeEcr({ tokenLifetimeMs: -60_000 });
    setVariables(fake.env);
    expect(await askPlugin({ image: `${HOST}/app` })).not.toHaveProperty('cacheDuration');
    const { expiresAt } = (await askUs({ image: `${HOST}/app` })) ?? {};
    expect(expiresAt?.getTime()).toBeLessThan(Date.now());
  });

  test.each([
    ['another host', 'evil.example.com/app', 'evil.example.com'],
    ['a port', `${HOST}:443/app`, HOST],
    ['a scheme', `https://${HOST}/app`, HOST],
  ])('differ for %s: theirs answers', async (_what, image, key) => {
    await using fake = await startFakeEcr();
    setVariables({ ...fake.env, AWS_REGION: 'us-west-2' });
    expect(await askPlugin({ image })).toMatchObject({ auth: { [key]: { username: 'AWS' } } });
    expect(await askUs({ image })).toBeUndefined();
  });
});

async function services(): Promise<{ readonly fake: FakeEcr; readonly sts: FakeSts }> {
  const credentials: FakeAwsCredentials[] = [EXAMPLE_AWS_CREDENTIALS];
  const roles = { [ROLE]: { webIdentityTokens: ['pod-token'] } };
  const sts = await startFakeSts({ credentials, roles });
  const fake = await startFakeEcr({ credentials });
  setVariables({ ...fake.env, ...sts.env });
  return { fake, sts };
}

/** A form without its order. */
function fieldsOf(body: string): string {
  return [...new URLSearchParams(body)].map(String).toSorted().join('&');
}
