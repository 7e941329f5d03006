// Credential helpers as Debian packages them: docker-credential-pass over pass and gpg, and docker-credential-ecr-login.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyring, type DockerKeyring } from '../../src/index.ts';
import { dockerHelper } from '../../src/providers/docker-helper/docker-helper.ts';
import { nodeSystem } from '../../src/system/node-system.ts';
import type { System } from '../../src/system/system.ts';
import {
  createTestCertificate,
  EXAMPLE_AWS_CREDENTIALS,
  startFakeEcr,
  startFakeProxy,
  type FakeEcr,
  type FakeProxy,
} from '../../src/testing/index.ts';

const HUB = 'https://index.docker.io/v1/';
const ECR_HOST = '123456789012.dkr.ecr.us-west-2.amazonaws.com';

const directory = mkdtempSync(join(tmpdir(), 'docker-helpers-'));
const store = {
  HOME: directory,
  GNUPGHOME: join(directory, 'gnupg'),
  PASSWORD_STORE_DIR: join(directory, 'store'),
};

beforeAll(() => {
  install({
    'docker-credential-pass': 'golang-docker-credential-helpers',
    'docker-credential-ecr-login': 'amazon-ecr-credential-helper',
    pass: 'pass',
    gpg: 'gnupg',
  });
  mkdirSync(store.GNUPGHOME, { mode: 0o700 });
  const key = ['--quick-generate-key', 'Nobody <nobody@example.test>', 'default', 'default'];
  run('gpg', ['--batch', '--passphrase', '', ...key, 'never']);
  run('pass', ['init', 'nobody@example.test']);
  keep('registry.test:5000', 'ada', 'hunter2 "✓"');
  keep('tokens.test', '<token>', 'an identity token');
  keep(HUB, 'hub-user', 'hunter2');
}, 300_000);

afterAll(() => {
  run('gpgconf', ['--kill', 'all']);
  rmSync(directory, { recursive: true, force: true });
});

describe('docker-credential-pass', () => {
  test.each<[string, object]>([
    ['credsStore', { credsStore: 'pass', auths: { 'registry.test:5000': {}, [HUB]: {} } }],
    [
      'credHelpers',
      { credHelpers: { 'registry.test:5000': 'pass', 'tokens.*': 'pass', [HUB]: 'pass' } },
    ],
  ])('is asked where %s names it', async (field, document) => {
    const path = join(directory, `${field}.json`);
    writeFileSync(path, JSON.stringify(document));
    const { keyring } = keyringWith(store, { files: [path] });

    const source = { kind: 'credential-helper', helper: 'pass', path };
    await expect(keyring.lookup('registry.test:5000/team/app')).resolves.toMatchObject([
      { username: 'ada', password: 'hunter2 "✓"', key: 'registry.test:5000', source },
    ]);
    await expect(keyring.lookup('tokens.test/app')).resolves.toMatchObject([
      { username: '', password: '', identityToken: 'an identity token', source },
    ]);
    await expect(keyring.lookup('nginx')).resolves.toMatchObject([
      { username: 'hub-user', password: 'hunter2', key: 'index.docker.io', source },
    ]);
  });

  test('is a provider', async () => {
    const provider = dockerHelper('pass', { env: store, matchImages: ['*.test:5000', '*.test'] });
    const keyring = createKeyring({ dockerConfig: false, providers: [provider] });
    await expect(keyring.lookup('registry.test:5000/app')).resolves.toMatchObject([
      { username: 'ada', source: { kind: 'provider', provider: 'docker-helper:pass' } },
    ]);
    await expect(keyring.lookup('unknown.test/app')).resolves.toEqual([]);
    await expect(keyring.lookup('unknown.example/app')).resolves.toEqual([]);
  });

  test('knows nothing of other servers: a miss, and no empty credential', async () => {
    const path = join(directory, 'miss.json');
    writeFileSync(path, JSON.stringify({ credsStore: 'pass', auths: { 'unknown.test': {} } }));
    const { keyring, runs } = keyringWith(store, { files: [path] });
    const { credentials, sources } = await keyring.explain('unknown.test/app');
    expect(credentials).toEqual([]);
    expect(sources.map(({ status, message }) => [status, message])).toEqual([
      [
        'no-match',
        'it holds 0 entries, and none matches; it names docker-credential-pass for the image',
      ],
      ['no-match', 'asked now about unknown.test; it has no credentials'],
    ]);
    expect(runs).toEqual(['docker-credential-pass unknown.test']);
  });

  test('is one process for any number of concurrent lookups', async () => {
    const path = join(directory, 'once.json');
    writeFileSync(path, JSON.stringify({ credsStore: 'pass' }));
    const { keyring, runs } = keyringWith(store, { files: [path] });
    const images = Array.from({ length: 1000 }, (_, index) => `registry.test:5000/app${index}`);
    const all = await Promise.all(images.map((image) => keyring.lookup(image)));
    expect(new Set(all.flat().map(({ username }) => username))).toEqual(new Set(['ada']));
    expect(runs).toEqual(['docker-credential-pass registry.test:5000']);
  });

  test('without its key fails in words that help and hold nothing', async () => {
    const GNUPGHOME = join(directory, 'no-key');
    mkdirSync(GNUPGHOME, { mode: 0o700 });
    const provider = dockerHelper('pass', { env: { ...store, GNUPGHOME } });
    const { signal } = new AbortController();
    await expect(provider.provide({ image: 'tokens.test/app', signal })).rejects.toThrow(
      'docker-credential-pass ended with code 1, it seems that gpg cannot decrypt its store',
    );
  });
});

describe('The newest form of "not found"', () => {
  test('is a miss from a helper that nobody has to install', async () => {
    const program = join(directory, 'docker-credential-newest');
    const script = '#!/bin/sh\necho "credentials not found in native keychain"\nexit 1\n';
    writeFileSync(program, script, { mode: 0o755 });
    const env = { PATH: `${directory}:${process.env['PATH']}` };
    const path = join(directory, 'newest.json');
    writeFileSync(path, JSON.stringify({ credsStore: 'newest', auths: { 'r.test': {} } }));
    const { keyring } = keyringWith(env, { files: [path] });
    const { credentials, sources } = await keyring.explain('r.test/app');
    expect(credentials).toEqual([]);
    expect(sources[1]?.message).toBe('asked now about r.test; it has no credentials');
  });
});

describe('docker-credential-ecr-login', () => {
  const API = 'api.ecr.us-west-2.amazonaws.com';
  let fake: FakeEcr;
  let proxy: FakeProxy;
  let env: Readonly<Record<string, string>>;

  // Its version 0.6.0 knows no AWS_ENDPOINT_URL_ECR: it gets to the fake by the proxy and the name of the real one.
  beforeAll(async () => {
    const tls = await createTestCertificate([API]);
    fake = await startFakeEcr({ tls });
    proxy = await startFakeProxy({ [`${API}:443`]: fake.host });
    const caFile = join(directory, 'ca.pem');
    writeFileSync(caFile, tls.ca);
    env = {
      HOME: directory,
      HTTPS_PROXY: proxy.url,
      NO_PROXY: '',
      AWS_CA_BUNDLE: caFile,
      AWS_ECR_DISABLE_CACHE: '1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: EXAMPLE_AWS_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: EXAMPLE_AWS_CREDENTIALS.secretAccessKey,
    };
  });
  afterAll(async () => {
    await proxy.close();
    await fake.close();
  });

  test('gets a token of ECR, which a wildcard in credHelpers leads to', async () => {
    const path = join(directory, 'ecr.json');
    const credHelpers = { '*.dkr.ecr.*.amazonaws.com': 'ecr-login' };
    writeFileSync(path, JSON.stringify({ credHelpers }));
    const { keyring, runs } = keyringWith(env, { files: [path] });
    const [credential, ...others] = await keyring.lookup(`${ECR_HOST}/team/app:1.0`);
    expect(fake.tokens).toHaveLength(1);
    expect(others).toEqual([]);
    expect(credential).toMatchObject({
      username: 'AWS',
      password: fake.tokens.at(-1)?.password,
      key: '*.dkr.ecr.*.amazonaws.com',
      source: { kind: 'credential-helper', helper: 'ecr-login', path },
    });
    expect(fake.tokens.at(-1)).toMatchObject({ service: 'ecr', region: 'us-west-2' });
    expect(runs).toEqual([`docker-credential-ecr-login ${ECR_HOST}`]);
  });

  test('says of other hosts that it has nothing: a miss', async () => {
    const provider = dockerHelper('ecr-login', { env });
    const keyring = createKeyring({ dockerConfig: false, providers: [provider] });
    const { credentials, sources } = await keyring.explain('registry.test/app');
    expect(credentials).toEqual([]);
    expect(sources.map(({ status }) => status)).toEqual(['no-match']);
  });
});

interface HelperKeyring {
  readonly keyring: DockerKeyring;
  /** Every program that was run, and what it was told. */
  readonly runs: readonly string[];
}

/** A keyring on this machine, whose helpers run in an environment of their own. */
function keyringWith(
  env: Readonly<Record<string, string>>,
  dockerConfig: { readonly files: readonly string[] },
): HelperKeyring {
  const runs: string[] = [];
  const system: System = {
    ...nodeSystem,
    run(request) {
      runs.push(`${request.command} ${request.stdin}`);
      return nodeSystem.run({ ...request, env });
    },
  };
  return { keyring: createKeyring({ system, dockerConfig, providers: [] }), runs };
}

function keep(ServerURL: string, Username: string, Secret: string): void {
  run('docker-credential-pass', ['store'], JSON.stringify({ ServerURL, Username, Secret }));
}

function run(command: string, args: readonly string[], input = ''): void {
  const env = { ...process.env, ...store };
  const { status, error, stderr } = spawnSync(command, args, { env, input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`);
}

/** Installs the Debian packages of programs that are not there. */
function install(packages: Readonly<Record<string, string>>): void {
  const missing = Object.entries(packages).filter(
    ([program]) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
  );
  if (missing.length === 0) return;
  const names = missing.map(([, name]) => name);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const installer = 'apt-get';
  const installing = ['install', '-y', '--no-install-recommends', ...names];
  for (const args of [['update'], installing]) {
    const { status, stderr, error } = spawnSync(installer, args, { env, encoding: 'utf8' });
    if (status !== 0) {
      throw new Error(
        `This test needs the Debian packages ${names.join(', ')}, and ${installer} ${args[0]} failed: ${error?.message ?? stderr}`,
      );
    }
  }
}
