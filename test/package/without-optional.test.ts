// The package as `npm install --omit=optional` leaves it: small, and of use for everything but the clouds.

import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { nodes, run, tarball } from './consumer.ts';

const slim = join(dirname(tarball), 'consumer-without-optional');
const LIMIT_BYTES = 5_500_000;
const BLOCK_BYTES = 512;

beforeAll(() => {
  mkdirSync(slim);
  writeFileSync(join(slim, 'package.json'), '{ "private": true, "type": "module" }\n');
  const args = ['install', '--omit=optional', '--prefer-offline', '--no-audit', tarball];
  execFileSync('npm', args, { cwd: slim, stdio: ['ignore', 'ignore', 'pipe'] });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = {
    type: 'service_account',
    client_email: 'robot@acme.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: 'http://127.0.0.1:9/token',
  };
  writeFileSync(join(slim, 'key.json'), JSON.stringify(key));
});

/** What the disk gives for it, as `du` counts. */
function diskBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => lstatSync(join(folder, file)).blocks * BLOCK_BYTES)
    .reduce((sum, bytes) => sum + bytes, 0);
}

test('takes less than 5.5 MB with all that it depends on', () => {
  expect(diskBytes(join(slim, 'node_modules'))).toBeLessThan(LIMIT_BYTES);
});

test('has no SDK', () => {
  const present = readdirSync(join(slim, 'node_modules'));
  expect(present).toContain('docker-keyring');
  expect(present.filter((name) => /aws|azure|google|smithy|gaxios/.test(name))).toEqual([]);
});

describe.each(nodes)('On Node $name, without the SDKs', ({ path: node }) => {
  test.each([
    [
      '123456789012.dkr.ecr.us-west-2.amazonaws.com/app',
      '@aws-sdk/client-ecr',
      { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'canary' },
    ],
    [
      'public.ecr.aws/nginx/nginx',
      '@aws-sdk/client-ecr-public',
      { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'canary' },
    ],
    [
      'us-docker.pkg.dev/acme/containers/app',
      'google-auth-library',
      { GOOGLE_APPLICATION_CREDENTIALS: join(slim, 'key.json'), METADATA_SERVER_DETECTION: 'none' },
    ],
    [
      'shop.azurecr.io/web',
      '@azure/identity',
      {
        AZURE_TENANT_ID: '00000000-0000-0000-0000-000000000001',
        AZURE_CLIENT_ID: '00000000-0000-0000-0000-000000000002',
        AZURE_CLIENT_SECRET: 'canary',
      },
    ],
  ])('looking up %s gives an error that says to install %s', (image, name, env) => {
    const code = `
      import { createKeyring } from 'docker-keyring';
      const errors = [];
      const keyring = createKeyring({ onProblem: (error) => void errors.push(error) });
      const found = await keyring.lookup('${image}');
      console.log(JSON.stringify({ found: found.length, errors: errors.map(({ code, message }) => ({ code, message })) }));`;
    const { stdout, stderr } = run(node, ['--input-type=module', '--eval', code], {
      cwd: slim,
      env: { HOME: slim, ...env },
    });
    expect(stderr).toBe('');
    const { found, errors } = JSON.parse(stdout) as { found: number; errors: { code: string }[] };
    expect(found).toBe(0);
    expect(errors).toEqual([
      {
        code: 'ERR_KEYRING_PROVIDER_FAILED',
        message: expect.stringContaining(`npm install ${name}`),
      },
    ]);
  });

  test('an image of no cloud is looked up as ever, and every module can be imported', () => {
    const code = `
      import { createKeyring } from 'docker-keyring';
      import 'docker-keyring/kubernetes';
      import 'docker-keyring/providers';
      import 'docker-keyring/testing';
      const auths = { 'quay.io': { username: 'robot', password: 'canary' } };
      process.env.DOCKER_AUTH_CONFIG = JSON.stringify({ auths });
      const found = await createKeyring({ onProviderError: 'throw' }).lookup('quay.io/x/y');
      console.log(found.map(({ username }) => username).join());`;
    const { stdout, stderr } = run(node, ['--input-type=module', '--eval', code], {
      cwd: slim,
      env: { HOME: slim },
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'robot\n', stderr: '' });
  });
});
