// docker-credential-keyring, asked by real clients for a real registry that wants credentials: crane and oras, built by
// Go, and Debian's skopeo and docker-registry.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startFakeEcr } from '../../src/testing/index.ts';
import { inOrder } from '../unit/fakes/in-order.ts';
import {
  execute,
  installHelper,
  installPackages,
  type Ending,
  type InstalledHelper,
} from './credential-helper/installed-helper.ts';
import { CRANE, goProgram } from './registry/go-program.ts';
import { startRegistry, type Registry } from './registry/start-registry.ts';

const ORAS = 'oras.land/oras/cmd/oras@v1.2.3';
const USER = 'ada';
const PASSWORD = 'hunter2 "✓" <&>';

let helper: InstalledHelper;
let registry: Registry;
let host: string;
let image: string;

beforeAll(async () => {
  helper = installHelper();
  installPackages({
    'docker-registry': 'docker-registry',
    skopeo: 'skopeo',
    htpasswd: 'apache2-utils',
  });
  for (const [name, module] of Object.entries({ crane: CRANE, oras: ORAS })) {
    symlinkSync(goProgram(module), join(helper.bin, name));
  }
  registry = await startRegistry({
    directory: helper.directory,
    users: { [USER]: PASSWORD },
  });
  host = registry.host;
  image = `${host}/team/tiny:1`;
  const layer = join(helper.directory, 'layer.tar');
  execute('tar', ['-cf', layer, '-C', helper.directory, 'package.json']);
  await login();
  const pushed = await helper.run('crane', ['append', '--new_layer', layer, '--new_tag', image]);
  if (pushed.exitCode !== 0) throw new Error(`crane could not push: ${pushed.stderr}`);
}, 600_000);

afterAll(async () => {
  await registry.close();
  helper.remove();
});

beforeEach(() => {
  rmSync(helper.home, { recursive: true, force: true });
  mkdirSync(helper.home);
  helper.configureDocker({ credHelpers: { [host]: 'keyring' } });
});

const CLIENTS: readonly (readonly [string, () => Promise<Ending>])[] = [
  ['crane', () => helper.run('crane', ['pull', image, fresh('crane.tar')])],
  [
    'skopeo',
    () =>
      helper.run('skopeo', [
        'copy',
        '--insecure-policy',
        '--src-tls-verify=false',
        `docker://${image}`,
        `dir:${fresh('skopeo')}`,
      ]),
  ],
  [
    'oras',
    () =>
      helper.run('oras', [
        'cp',
        '--from-plain-http',
        image,
        '--to-oci-layout',
        `${fresh('oras')}:1`,
      ]),
  ],
];

describe.each(CLIENTS)('%s pulls', (_name, pull) => {
  test('with what a login stored, and not without it', async () => {
    expect(await pull()).toMatchObject({ exitCode: 1 });
    await login();
    const { exitCode, stdout, stderr } = await pull();
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(`${stdout}${stderr}`).not.toContain('hunter2');
  });

  test('with what a provider of the helper gives', async () => {
    helper.configure({ providers: ['environment'], store: 'none' });
    const variables = { DOCKER_USER: USER, DOCKER_PASSWORD: PASSWORD };
    Object.assign(helper.env, variables, { DOCKER_REGISTRY_SERVER: host });
    try {
      expect(await pull()).toMatchObject({ exitCode: 0 });
    } finally {
      for (const name of [...Object.keys(variables), 'DOCKER_REGISTRY_SERVER']) {
        Reflect.deleteProperty(helper.env, name);
      }
    }
  });

  test("with another of docker's files", async () => {
    const path = join(helper.home, 'other.json');
    const auth = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
    writeFileSync(path, JSON.stringify({ auths: { [host]: { auth } } }));
    helper.configure({ providers: [], dockerConfig: ['~/other.json'] });
    expect(await pull()).toMatchObject({ exitCode: 0 });
  });

  test('nothing where the file names the helper itself, which says so and ends', async () => {
    helper.configure({ providers: [], dockerConfig: ['~/.docker/config.json'] });
    const { exitCode, stderr } = await pull();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'a source of docker-credential-keyring names docker-credential-keyring itself, which is skipped',
    );
  });
});

describe('a login', () => {
  test.each(['crane', 'oras', 'skopeo'])(
    'of %s is stored in a file for its owner only, and a logout erases it',
    async (client) => {
      expect(await loginWith(client)).toMatchObject({ exitCode: 0 });
      const path = join(helper.home, '.local/share/docker-keyring/credentials.json');
      const auth = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ auths: { [host]: { auth } } });
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(helper.home, '.docker/config.json'), 'utf8')).not.toContain(auth);
      const words = client === 'crane' ? ['auth', 'logout', host] : ['logout', host];
      expect(await helper.run(client, words, AUTH_FILE())).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ auths: {} });
    },
  );
});

test('a token of ECR comes by the SDK, and the program ends when it is told', async () => {
  const fake = await startFakeEcr();
  const server = '123456789012.dkr.ecr.us-west-2.amazonaws.com';
  const ask = (): Promise<Ending> =>
    helper.run('docker-credential-keyring', ['get'], { stdin: server, env: fake.env });
  // As `aws ecr get-login-password | docker login` does, before that token has ended.
  const given = JSON.stringify({ ServerURL: server, Username: 'AWS', Secret: 'hunter2' });
  const stored = await helper.run('docker-credential-keyring', ['store'], { stdin: given });
  expect(stored).toMatchObject({ exitCode: 0, stdout: '' });
  const [first, second] = [await ask(), await ask()];
  expect(first).toMatchObject({ exitCode: 0 });
  expect(JSON.parse(first.stdout)).toMatchObject({ Secret: fake.tokens[0]?.password });
  expect(second.stdout).toBe(first.stdout);
  expect(fake.tokens).toHaveLength(1);
  await fake.close();
});

describe('a loop', () => {
  test('through another helper is noticed, and ends', async () => {
    helper.addProgram(
      'docker-credential-around',
      '#!/bin/sh\nexec docker-credential-keyring "$@"\n',
    );
    helper.configure({ providers: ['helper:around'], store: 'none', cache: false });
    const { exitCode, stdout, stderr } = await helper.run('docker-credential-keyring', ['get'], {
      stdin: host,
    });
    expect(exitCode).toBe(1);
    expect(stdout).toBe(
      'a loop of credential helpers: docker-credential-around leads back to docker-credential-keyring\n',
    );
    expect(stderr).toContain('docker-credential-keyring: warning: a loop of credential helpers');
  });

  test('through the store is noticed, and ends', async () => {
    helper.addProgram(
      'docker-credential-around',
      '#!/bin/sh\nexec docker-credential-keyring "$@"\n',
    );
    helper.configure({ providers: [], store: 'helper:around' });
    const endings = await inOrder(['get', 'erase', 'list'], (action) =>
      helper.run('docker-credential-keyring', [action], { stdin: host }),
    );
    for (const { exitCode, stderr } of endings) {
      expect(exitCode).toBe(1);
      expect(stderr).toContain('docker-credential-around leads back to');
    }
  });

  test('is none where a keyring of the library asks the helper', async () => {
    await login();
    const { exitCode, stdout } = await helper.run('docker-keyring', [
      'lookup',
      image,
      '--show-secrets',
      '--output',
      'json',
      '--providers',
      'none',
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(JSON.stringify(PASSWORD).slice(1, -1));
  });
});

function fresh(name: string): string {
  const path = join(helper.directory, name);
  rmSync(path, { recursive: true, force: true });
  return path;
}

async function login(): Promise<void> {
  helper.configureDocker({ credHelpers: { [host]: 'keyring' } });
  const ending = await loginWith('crane');
  if (ending.exitCode !== 0) throw new Error(`crane could not log in: ${ending.stderr}`);
}

/** skopeo writes to a file of its own unless told otherwise. */
const AUTH_FILE = (): { env: Record<string, string> } => ({
  env: { REGISTRY_AUTH_FILE: join(helper.home, '.docker/config.json') },
});

function loginWith(client: string): Promise<Ending> {
  const insecure = { crane: [], oras: ['--plain-http'], skopeo: ['--tls-verify=false'] };
  const words = client === 'crane' ? ['auth', 'login'] : ['login'];
  const more = insecure[client as keyof typeof insecure];
  const args = [...words, '-u', USER, '--password-stdin', ...more, host];
  return helper.run(client, args, { ...AUTH_FILE(), stdin: PASSWORD });
}
