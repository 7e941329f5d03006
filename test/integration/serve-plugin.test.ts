// The kubelet's own code (v1.37.2, in a Go program) starts `docker-keyring plugin` by the configuration that
// `docker-keyring plugin config` prints, on machines of fake clouds, and gets the credentials.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startFakeCloud } from 'docker-keyring/testing';
import { buildPlugin } from '../../scripts/plugin-bundle.js';
import { nodeSystem } from '../../src/system/node-system.ts';
import { CASES, ECR_IMAGE, type Pod } from './serve-plugin-cases.ts';

const VERSIONS = ['v1', 'v1beta1', 'v1alpha1'];

let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'docker-keyring-serve-')));
  symlinkSync(resolve('node_modules'), at('node_modules'));
  mkdirSync(at('dist'));
  mkdirSync(at('bin'));
  mkdirSync(at('cache'), { mode: 0o700 });
  await buildPlugin(at('dist/plugin.cjs'));
  writeFileSync(
    at('bin/docker-keyring'),
    `#!/bin/sh\nexec '${process.execPath}' '${at('dist/plugin.cjs')}' "$@"\n`,
  );
  chmodSync(at('bin/docker-keyring'), 0o755);
  const { status, error, stderr } = spawnSync('go', ['build', '-o', at('kubelet-host'), '.'], {
    cwd: join(import.meta.dirname, 'kubelet-host'),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Go could not build the host: ${stderr || error?.message}`);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true }));

type Environment = Readonly<Record<string, string>>;

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

async function start(
  command: string,
  args: readonly string[],
  env: Environment,
  stdin = '',
): Promise<Run> {
  const limits = { timeoutMs: 60_000, maxOutputBytes: 1_000_000 };
  const { stdout, ...run } = await nodeSystem.run({ command, args, stdin, env, ...limits });
  return { ...run, stdout: Buffer.from(stdout).toString('utf8') };
}

interface Found {
  readonly audiences: readonly string[];
  readonly credentials: readonly (readonly { username: string; password: string }[])[];
}

/** Configures a kubelet by `plugin config`, and asks it. */
async function askKubelet(
  args: readonly string[],
  images: readonly string[],
  { env = {}, pod }: { env?: Environment; pod?: Pod } = {},
): Promise<Found & { readonly log: string }> {
  const configured = await start(at('bin/docker-keyring'), ['plugin', 'config', ...args], env);
  expect(configured).toMatchObject({ exitCode: 0, stderr: '' });
  writeFileSync(at('config.yaml'), configured.stdout);
  const question = { config: at('config.yaml'), binDir: at('bin'), images, ...pod };
  const { exitCode, stdout, stderr } = await start(
    at('kubelet-host'),
    [],
    env,
    JSON.stringify(question),
  );
  if (exitCode !== 0) throw new Error(`the kubelet's code refused: ${stderr}`);
  return { ...(JSON.parse(stdout) as Found), log: stderr };
}

describe('A kubelet that starts docker-keyring plugin', () => {
  test.each(VERSIONS.flatMap((version) => CASES.map((one) => Object.assign({ version }, one))))(
    'gets the credentials of $provider by the API $version',
    async ({ provider, version, image, cloud: options, username, given }) => {
      await using cloud = await startFakeCloud(options);
      const args = [`--provider=${provider}`, '--no-cache', `--api-version=${version}`];
      const { credentials, log } = await askKubelet(args, [image], cloud);
      expect(log).toBe('');
      expect(credentials).toEqual([[{ username, password: given(cloud).at(-1) }]]);
    },
  );

  test.each(CASES)(
    "gets those of a pod's service account from $provider, with and without one",
    async ({ provider, image, cloud: options, username, given, pod, audience, more = [] }) => {
      await using cloud = await startFakeCloud(options);
      const { env } = cloud;
      const args = [`--provider=${provider}`, '--no-cache', '--service-account-tokens', ...more];
      const own = await askKubelet(args, [image], { env, pod });
      expect(own.log).toBe('');
      expect(own).toMatchObject({
        audiences: [audience],
        credentials: [[{ username, password: given(cloud).at(-1) }]],
      });
      const others = await askKubelet(args, [image], { env });
      expect(others.audiences).toEqual([]);
      expect(others.credentials[0]).toHaveLength(1);
      expect(others.credentials[0]?.[0]?.password).not.toBe(own.credentials[0]?.[0]?.password);
    },
  );

  test('gets the token that an earlier start has got, and another registry of the region shares it', async () => {
    await using cloud = await startFakeCloud({ machine: 'aws' });
    const args = ['--provider=ecr', `--cache-dir=${at('cache')}`];
    const other = ECR_IMAGE.replace('123456789012', '210987654321');
    const first = await askKubelet(args, [ECR_IMAGE], cloud);
    const second = await askKubelet(args, [ECR_IMAGE, other], cloud);
    expect([first.log, second.log]).toEqual(['', '']);
    const credential = { username: 'AWS', password: cloud.ecr.tokens[0]?.password };
    expect(first.credentials).toEqual([[credential]]);
    expect(second.credentials).toEqual([[credential], [credential]]);
    expect(cloud.ecr.tokens).toHaveLength(1);
  });

  test('gets what is in the environment, in a config.json, and from a module of the user', async () => {
    writeFileSync(
      at('config.json'),
      JSON.stringify({
        auths: {
          'https://index.docker.io/v1/': { username: 'hub', password: 'p1' },
          'reg.example.com:5000/team': { username: 'team', password: 'p2' },
        },
      }),
    );
    writeFileSync(
      at('provider.mjs'),
      `export default () => ({
        name: 'desk',
        matchImages: ['*.example.org'],
        async provide({ image }) {
          const [host] = image.split('/');
          return { auth: { [host]: { username: 'desk', password: 'p3' } }, cacheKeyType: 'Registry' };
        },
      });`,
    );
    const env = {
      DOCKER_USER: 'ci',
      DOCKER_PASSWORD: 'p4',
      DOCKER_REGISTRY_SERVER: 'ci.example.net',
    };
    const providers = [
      'environment',
      `config:${at('config.json')}`,
      `module:${at('provider.mjs')}`,
    ];
    const args = [...providers.map((one) => `--provider=${one}`), '--no-cache'];
    const images = [
      'nginx',
      'reg.example.com:5000/team/app',
      'a.example.org/x',
      'ci.example.net/x',
    ];
    const { credentials, log } = await askKubelet(args, images, { env });
    expect(log).toBe('');
    expect(credentials).toEqual([
      [{ username: 'hub', password: 'p1' }],
      [{ username: 'team', password: 'p2' }],
      [{ username: 'desk', password: 'p3' }],
      [{ username: 'ci', password: 'p4' }],
    ]);
  });

  test('gets what a docker credential helper has', async () => {
    writeFileSync(
      at('bin/docker-credential-lab'),
      '#!/bin/sh\n[ "$1" = get ] && [ "$(cat)" = reg.example.com ] && ' +
        'echo \'{"ServerURL":"reg.example.com","Username":"u","Secret":"s"}\'\n',
    );
    chmodSync(at('bin/docker-credential-lab'), 0o755);
    const env = { PATH: `${at('bin')}:${process.env['PATH']}` };
    const args = ['--provider=helper:lab', '--match-image=*.example.com'];
    const { credentials } = await askKubelet(args, ['reg.example.com/app'], { env });
    expect(credentials).toEqual([[{ username: 'u', password: 's' }]]);
  });

  test('logs the one line that says why it failed, and gets nothing', async () => {
    await using cloud = await startFakeCloud({ machine: 'aws' });
    cloud.ecr.deny('ecr:GetAuthorizationToken');
    const { credentials, log } = await askKubelet(
      ['--provider=ecr', '--no-cache'],
      [ECR_IMAGE],
      cloud,
    );
    expect(credentials).toEqual([[]]);
    expect(log).toContain('docker-keyring: Provider "ecr" failed for ');
    expect(log).toContain('lacks the permission ecr:GetAuthorizationToken');
    // Of the SDK, about the version of Node.js.
    expect(log).not.toContain('Warning');
  });
});
