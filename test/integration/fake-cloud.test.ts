// A program that has nothing configured, with the clouds' real SDKs, in the fake cloud of docker-keyring/testing: a
// process of its own that finds its cloud, its identity and its tokens by the environment alone.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startFakeCloud, type CloudName, type FakeCloud } from 'docker-keyring/testing';

const PROGRAM = `
  import { createKeyring } from './src/index.ts';
  const errors = [];
  const onProblem = ({ message }) => errors.push(message);
  const keyring = createKeyring({ dockerConfig: false, onProblem });
  const credentials = await keyring.lookup(process.argv[2]);
  console.log(JSON.stringify({
    credentials: credentials.map(({ username, password }) => [username, password]),
    errors,
  }));
  await keyring.close();
`;

interface Found {
  /** What a program that reads it would take for ours. */
  readonly stderr: string;
  readonly credentials: readonly (readonly [username: string, password: string])[];
  readonly errors: readonly string[];
}

let folder: string;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'docker-keyring-program-')));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  await build({
    stdin: { contents: PROGRAM, resolveDir: resolve('.'), loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outfile: join(folder, 'program.mjs'),
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function runProgram({ env }: FakeCloud, image: string): Promise<Found> {
  const argv = [join(folder, 'program.mjs'), image];
  const options = { cwd: folder, env: { ...process.env, ...env } };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, argv, options);
  return { ...(JSON.parse(stdout) as Omit<Found, 'stderr'>), stderr };
}

interface Case {
  readonly machine: CloudName;
  readonly image: string;
  readonly username: string;
  /** The last token that the fakes gave out for a registry. */
  readonly given: (cloud: FakeCloud) => string | undefined;
}

const CASES: readonly Case[] = [
  {
    machine: 'aws',
    image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/app',
    username: 'AWS',
    given: ({ ecr }) => ecr.tokens.at(-1)?.password,
  },
  {
    machine: 'aws',
    image: 'public.ecr.aws/example/app',
    username: 'AWS',
    given: ({ ecr }) => ecr.tokens.at(-1)?.password,
  },
  {
    machine: 'google',
    image: 'us-docker.pkg.dev/lab-project/team/app',
    username: '_token',
    given: ({ gceMetadata }) => gceMetadata.tokens.at(-1)?.token,
  },
  {
    machine: 'azure',
    image: 'team.azurecr.io/app',
    username: '00000000-0000-0000-0000-000000000000',
    given: ({ acr }) => acr.refreshTokens.at(-1),
  },
];

describe('A program with no options, in a fake cloud,', () => {
  test.each(CASES)('on $machine finds $image', async ({ machine, image, username, given }) => {
    await using cloud = await startFakeCloud({ machine });
    const { credentials, errors, stderr } = await runProgram(cloud, image);
    expect(errors).toEqual([]);
    expect(stderr).toBe('');
    expect(given(cloud)).toBeDefined();
    expect(credentials).toEqual([[username, given(cloud)]]);
  });

  test.each(CASES)('on a machine of no cloud finds nothing for $image', async ({ image }) => {
    await using cloud = await startFakeCloud({ machine: 'none' });
    const { credentials, stderr } = await runProgram(cloud, image);
    expect(credentials).toEqual([]);
    expect(stderr).toBe('');
  });

  test('on azure takes an assigned identity by its client id', async () => {
    const [tenantId, clientId] = ['11111111-2222-3333-4444-555555555555', 'assigned'];
    const userAssigned = [{ tenantId, clientId }];
    await using cloud = await startFakeCloud({ machine: 'azure', azureMetadata: { userAssigned } });
    const env = { ...cloud.env, AZURE_CLIENT_ID: clientId };
    const { credentials, errors } = await runProgram({ ...cloud, env }, 'team.azurecr.io/app');
    expect(errors).toEqual([]);
    expect(credentials).toHaveLength(1);
    expect(cloud.azureMetadata.tokens.at(-1)).toMatchObject({ clientId });
  });

  test('prints no note of an SDK, which has some on where it found credentials', async () => {
    await using cloud = await startFakeCloud({ machine: 'aws' });
    const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' };
    const env = { ...cloud.env, ...keys, AWS_PROFILE: 'ci' };
    const image = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/app';
    const { credentials, stderr } = await runProgram({ ...cloud, env }, image);
    expect(credentials).toHaveLength(1);
    expect(stderr).toBe('');
  });

  test('finds credentials by the real names of the services, through the proxy', async () => {
    await using cloud = await startFakeCloud({ machine: 'aws' });
    const env = { ...cloud.env, AWS_ENDPOINT_URL_ECR: '' };
    const image = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/app';
    const { credentials } = await runProgram({ ...cloud, env }, image);
    expect(credentials).toEqual([['AWS', cloud.ecr.tokens[0]?.password]]);
    expect(cloud.proxy.connects).toEqual(['api.ecr.eu-west-1.amazonaws.com:443']);
  });
});
