// Both bridges, each by one line of configuration, each with a real program on the far side: docker-credential-pass, as
// Debian packages it, served as a kubelet plugin; and the official ecr-credential-provider, built by Go, served as a
// credential helper.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeletHost } from '../conformance/plugins/kubelet-host.ts';
import { startFakeEcr, type FakeEcr } from '../../src/testing/index.ts';
import {
  execute,
  installHelper,
  installPackages,
  type Ending,
  type InstalledHelper,
} from './credential-helper/installed-helper.ts';

const V1 = 'credentialprovider.kubelet.k8s.io/v1';
const ECR_HOST = '123456789012.dkr.ecr.us-west-2.amazonaws.com';

let installed: InstalledHelper;

beforeAll(() => {
  installed = installHelper();
});
afterAll(() => installed.remove());

describe('docker-credential-pass as a kubelet plugin', () => {
  let store: Readonly<Record<string, string>>;

  beforeAll(() => {
    installPackages({
      'docker-credential-pass': 'golang-docker-credential-helpers',
      pass: 'pass',
      gpg: 'gnupg',
    });
    const GNUPGHOME = join(installed.directory, 'gnupg');
    store = { GNUPGHOME, PASSWORD_STORE_DIR: join(installed.directory, 'store') };
    mkdirSync(GNUPGHOME, { mode: 0o700 });
    const key = ['--quick-generate-key', 'Nobody <nobody@example.test>', 'default', 'default'];
    execute('gpg', ['--batch', '--passphrase', '', ...key, 'never'], store);
    execute('pass', ['init', 'nobody@example.test'], store);
    keep('registry.test:5000', 'ada', 'hunter2 "✓"');
    keep('tokens.test', '<token>', 'an identity token');
  }, 300_000);
  afterAll(() => {
    spawnSync('gpgconf', ['--kill', 'all'], { env: { ...process.env, ...store } });
  });

  function keep(ServerURL: string, Username: string, Secret: string): void {
    const { status } = spawnSync('docker-credential-pass', ['store'], {
      env: { ...process.env, ...store },
      input: JSON.stringify({ ServerURL, Username, Secret }),
    });
    if (status !== 0) throw new Error('docker-credential-pass keeps nothing');
  }

  function ask(image: string): Promise<Ending> {
    const request = { apiVersion: V1, kind: 'CredentialProviderRequest', image };
    return installed.run('docker-keyring', ['plugin', '--provider', 'helper:pass'], {
      stdin: JSON.stringify(request),
      env: store,
    });
  }

  test('gives what is in the store', async () => {
    const { exitCode, stdout, stderr } = await ask('registry.test:5000/team/app');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      apiVersion: V1,
      kind: 'CredentialProviderResponse',
      auth: { 'registry.test:5000': { username: 'ada', password: 'hunter2 "✓"' } },
    });
  });

  test("gives it to the kubelet's own code", async () => {
    const env = { ...installed.env, ...store };
    const config = {
      apiVersion: 'kubelet.config.k8s.io/v1',
      kind: 'CredentialProviderConfig',
      providers: [
        {
          name: 'docker-keyring',
          apiVersion: V1,
          matchImages: ['registry.test:5000', 'other.test'],
          defaultCacheDuration: '0s',
          args: ['plugin', '--provider', 'helper:pass'],
          env: Object.entries(env).map(([name, value]) => ({ name, value })),
        },
      ],
    };
    const path = join(installed.directory, 'kubelet.yaml');
    writeFileSync(path, JSON.stringify(config));
    const kubelet = await KubeletHost.start(installed.directory);
    const images = ['registry.test:5000/team/app', 'other.test/app'];
    const lookups = images.map((image) => ({ image, token: '', afterMs: 0 }));
    const placed = { config: path, binDir: installed.bin, serviceAccounts: {}, plugins: [] };
    await expect(kubelet.ask({ ...placed, lookups })).resolves.toEqual({
      lookups: [[{ username: 'ada', password: 'hunter2 "✓"' }], []],
    });
    kubelet.stop();
  }, 600_000);

  test('has nothing for another registry', async () => {
    const { exitCode, stdout } = await ask('other.test/app');
    expect(exitCode).toBe(0);
    expect(Object.keys(Object((JSON.parse(stdout) as { auth?: object }).auth))).toEqual([]);
  });

  test('fails for an identity token, which the protocol has no place for, and does not show it', async () => {
    const { exitCode, stdout, stderr } = await ask('tokens.test/app');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain("which the kubelet's plugin API has no field for");
    expect(stderr).not.toContain('an identity token');
  });
});

describe('ecr-credential-provider as a credential helper', () => {
  let fake: FakeEcr;

  beforeAll(async () => {
    const binary = join(installed.directory, 'plugins', 'ecr-credential-provider');
    const module = 'k8s.io/cloud-provider-aws/cmd/ecr-credential-provider';
    const directory = join(import.meta.dirname, 'ecr-plugin');
    execute('go', ['-C', directory, 'build', '-o', binary, module]);
    const config = {
      apiVersion: 'kubelet.config.k8s.io/v1',
      kind: 'CredentialProviderConfig',
      providers: [
        {
          name: 'ecr-credential-provider',
          apiVersion: V1,
          matchImages: ['*.dkr.ecr.*.amazonaws.com'],
          defaultCacheDuration: '12h',
        },
      ],
    };
    writeFileSync(join(installed.directory, 'plugins.yaml'), JSON.stringify(config));
    installed.configure({ providers: ['exec:../../../plugins.yaml,../../../plugins'] });
    fake = await startFakeEcr();
  }, 600_000);
  afterAll(() => fake.close());

  function get(server: string): Promise<Ending> {
    const options = { stdin: server, env: fake.env };
    return installed.run('docker-credential-keyring', ['get'], options);
  }

  test('gives a token of ECR, and keeps it for the next start', async () => {
    const first = await get(ECR_HOST);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(fake.tokens).toHaveLength(1);
    expect(JSON.parse(first.stdout)).toEqual({
      ServerURL: ECR_HOST,
      Username: 'AWS',
      Secret: fake.tokens[0]?.password,
    });
    await expect(get(`https://${ECR_HOST}`)).resolves.toMatchObject({ exitCode: 0 });
    expect(fake.tokens).toHaveLength(1);
  });

  test('is not asked for other registries', async () => {
    const stdout = 'credentials not found in native keychain\n';
    await expect(get('ghcr.io')).resolves.toMatchObject({ exitCode: 1, stdout, stderr: '' });
  });

  test('says why it failed, and not that there is nothing', async () => {
    fake.deny('ecr:GetAuthorizationToken');
    const { exitCode, stdout } = await get('210987654321.dkr.ecr.us-west-2.amazonaws.com');
    fake.deny();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('ecr-credential-provider');
    expect(stdout).toMatch(/^Provider "[^\n]*\n$/);
  });
});
