// ecr() against implementations that aren't ours: moto (Python) for ECR and STS, AWS's own EC2 metadata mock (Go).

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CredentialResponse } from '../../src/providers/contract.ts';
import { ecr } from '../../src/providers/ecr/ecr.ts';
import type { EcrOptions } from '../../src/providers/ecr/ecr-options.ts';
import { isolateAwsEnvironment, setVariables } from '../unit/providers/ecr/aws-environment.ts';

isolateAwsEnvironment();

const IMAGE = '123456789012.dkr.ecr.us-west-2.amazonaws.com/app';
const MOTO = 'moto[server]==5.2.5';
const METADATA_MOCK = 'github.com/aws/amazon-ec2-metadata-mock/cmd/ec2-metadata-mock';

const directory = mkdtempSync(join(tmpdir(), 'ecr-'));
const children: ChildProcess[] = [];
let moto = '';
let metadata = '';

beforeAll(async () => {
  run('python3', ['-m', 'venv', join(directory, 'venv')]);
  run(join(directory, 'venv/bin/pip'), ['install', '--quiet', MOTO]);
  moto = await start(join(directory, 'venv/bin/moto_server'), (port) => ['-p', port]);
  const mock = join(directory, 'ec2-metadata-mock');
  run('go', ['build', '-o', mock, METADATA_MOCK], join(import.meta.dirname, 'ecr-plugin'));
  metadata = await start(mock, (port) => ['--hostname', '127.0.0.1', '--port', port, '--imdsv2']);
}, 600_000);

afterAll(() => {
  for (const child of children) child.kill();
  rmSync(directory, { recursive: true, force: true });
});

async function ask(
  image: string,
  options: EcrOptions = {},
): Promise<CredentialResponse | undefined> {
  return ecr(options).provide({ image, signal: new AbortController().signal });
}

describe('moto', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' };

  test('gives a token, whose expiry is always in 2015, as it says', async () => {
    setVariables({ ...keys, AWS_ENDPOINT_URL: moto });
    const response = await ask(IMAGE);
    expect(response).toMatchObject({
      auth: { '123456789012.dkr.ecr.us-west-2.amazonaws.com': { username: 'AWS' } },
      cacheKeyType: 'Registry',
    });
    expect(response?.expiresAt?.getUTCFullYear()).toBe(2015);
  });

  test('lets a role be assumed before it', async () => {
    setVariables({ ...keys, AWS_ENDPOINT_URL: moto });
    const roleArn = 'arn:aws:iam::123456789012:role/pull';
    const response = await ask(IMAGE, { accounts: { '123456789012': { roleArn } } });
    expect(Object.values(response?.auth ?? {})).toMatchObject([{ username: 'AWS' }]);
  });

  test('lets a role be assumed with a web identity token', async () => {
    setVariables({ AWS_ENDPOINT_URL: moto });
    const provider = ecr({ serviceAccount: {} });
    const response = await provider.provide({
      image: IMAGE,
      signal: new AbortController().signal,
      serviceAccountToken: `${'x'.repeat(30)}.${'y'.repeat(30)}.z`,
      serviceAccountAnnotations: {
        'eks.amazonaws.com/ecr-role-arn': 'arn:aws:iam::123456789012:role/pull',
      },
    });
    expect(Object.values(response?.auth ?? {})).toMatchObject([{ username: 'AWS' }]);
  });

  test('makes the diagnosis say that the token has expired', async () => {
    setVariables({ ...keys, AWS_ENDPOINT_URL: moto });
    const { signal } = new AbortController();
    const found = await ecr().diagnose?.({ images: [IMAGE], signal });
    expect(found?.at(-1)).toMatchObject({
      status: 'failure',
      subject: 'token',
      message: expect.stringContaining('that has expired'),
    });
  });
});

describe("AWS's EC2 metadata mock", () => {
  test('gives the credentials of the instance, by a session token', async () => {
    setVariables({
      AWS_ENDPOINT_URL_ECR: moto,
      AWS_EC2_METADATA_DISABLED: 'false',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata,
    });
    const { signal } = new AbortController();
    const [identity] = (await ecr().diagnose?.({ images: [IMAGE], signal })) ?? [];
    expect(identity).toMatchObject({
      status: 'ok',
      // The mock's key is 12345678901.
      message: expect.stringMatching(/^credentials from .+, access key …8901$/),
    });
  });
});

function run(command: string, args: readonly string[], cwd = directory): void {
  const { status, error, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr || error?.message}`);
}

async function start(command: string, args: (port: string) => readonly string[]): Promise<string> {
  const port = await freePort();
  const child = spawn(command, args(String(port)), { stdio: 'ignore' });
  children.push(child);
  const url = `http://127.0.0.1:${port}`;
  await untilItAnswers(url, 300);
  return url;
}

async function untilItAnswers(url: string, tries: number): Promise<void> {
  try {
    await fetch(url);
  } catch (error) {
    if (tries === 0) throw error;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await untilItAnswers(url, tries - 1);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
