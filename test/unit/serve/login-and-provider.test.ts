// What a login stored, beside a provider that is for the same registry.

import { describe, expect, test } from '@jest/globals';
import { serveCredentialHelper } from '../../../src/serve/helper/serve-credential-helper.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { storesRun } from '../fakes/helper-world.ts';
import { auth } from '../fakes/keyring-inputs.ts';
import { ecrToken, jwt } from './ending-tokens.ts';
import { fakeHost } from './helper/helper-host.ts';
import { run, STORE, type Ran, type World } from './run-helper.ts';
import { desk } from './serving.ts';

const SERVER = 'r.test';
const HOUR_MS = 3_600_000;
const FROM_ENVIRONMENT = {
  config: { providers: ['environment'], cache: false },
  env: { DOCKER_USER: 'provider', DOCKER_PASSWORD: 'canary', DOCKER_REGISTRY_SERVER: SERVER },
};

function stored(secret: string, username = 'login'): NonNullable<World['files']> {
  return { [STORE]: { auths: { [SERVER]: { auth: auth(username, secret) } } } };
}

function usernameOf({ exitCode, stdout }: Ran): unknown {
  return exitCode === 0 ? (JSON.parse(stdout) as { Username: string }).Username : stdout.trim();
}

describe('A registry that a provider is for', () => {
  test('is answered by the provider, whatever a login stored', async () => {
    const world = { ...FROM_ENVIRONMENT, files: stored('canary') };
    const got = await run('get', `https://${SERVER}/v2/`, world);
    expect([usernameOf(got), got.stderr]).toEqual(['provider', '']);
    // Another registry's login counts as always.
    const env = { ...FROM_ENVIRONMENT.env, DOCKER_REGISTRY_SERVER: 's.test' };
    expect(usernameOf(await run('get', SERVER, { ...world, env }))).toBe('login');
  });

  test('takes a login, reports no error, and says who is asked first', async () => {
    const document = `{"ServerURL":"${SERVER}","Username":"ada","Secret":"canary"}`;
    const { system, ...ended } = await run('store', document, FROM_ENVIRONMENT);
    expect(ended).toEqual({
      exitCode: 0,
      stdout: '',
      stderr:
        'docker-credential-keyring: warning: the provider environment is asked for r.test first; the stored credential is used only if it has none\n',
    });
    expect(system.textOf(STORE)).toContain(auth('ada', 'canary'));
  });

  test('is answered from the store where the provider fails, which is told', async () => {
    const env = { DOCKER_USER: 'half', DOCKER_REGISTRY_SERVER: SERVER };
    const got = await run('get', SERVER, { ...FROM_ENVIRONMENT, env, files: stored('canary') });
    expect(usernameOf(got)).toBe('login');
    expect(got.stderr).toBe(
      'docker-credential-keyring: warning: Provider "environment" failed for r.test: DOCKER_USER is set and DOCKER_PASSWORD is not: set both, or neither; the stored credential is used\n',
    );
  });

  test('tells the failure where nothing is stored either', async () => {
    const env = { DOCKER_USER: 'half', DOCKER_REGISTRY_SERVER: SERVER };
    expect(usernameOf(await run('get', SERVER, { ...FROM_ENVIRONMENT, env }))).toMatch(
      /^Provider "environment" failed for r\.test: /,
    );
  });

  test('may be one of a plugin, whose configuration cannot be read', async () => {
    const config = { providers: ['exec:plugins.yaml,/bin'], cache: false };
    expect(usernameOf(await run('get', SERVER, { config, files: stored('canary') }))).toBe('login');
  });

  test('may be one of a plugin', async () => {
    const plugins = `{"apiVersion":"kubelet.config.k8s.io/v1","kind":"CredentialProviderConfig","providers":[{"name":"p",
      "apiVersion":"credentialprovider.kubelet.k8s.io/v1","matchImages":["r.test"],"defaultCacheDuration":"0s"}]}`;
    const answer = `{"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderResponse",
      "cacheKeyType":"Image","auth":{"r.test":{"username":"plugin","password":"canary"}}}`;
    const got = await run('get', SERVER, {
      config: { providers: ['exec:/plugins.yaml,/bin'], cache: false },
      files: { ...stored('canary'), '/plugins.yaml': plugins },
      run: () => ({ stdout: answer }),
    });
    expect(usernameOf(got)).toBe('plugin');
  });

  test('is none that a helper is asked for, since every registry is', async () => {
    const got = await run('get', SERVER, {
      config: { providers: ['helper:pass'], cache: false },
      files: stored('canary'),
      run: storesRun({ 'pass r.test': 'passed' }),
    });
    expect(usernameOf(got)).toBe('login');
  });

  test('is what a served provider says', async () => {
    const system = fakeSystem({ files: { '/s.json': JSON.stringify(stored('canary')[STORE]) } });
    const host = fakeHost(['get'], 'r.test');
    const provider = desk({
      matchImages: ['r.test'],
      provide: async () => ({
        auth: { 'r.test': { username: 'provider', password: 'canary' } },
        cacheKeyType: 'Registry',
      }),
    });
    await serveCredentialHelper(provider, { process: host, system, storeFile: '/s.json' });
    expect(host.ending().stdout).toContain('"Username":"provider"');
    const other = fakeHost(['get'], 'r.test');
    const elsewhere = { ...provider, matchImages: ['s.test'] };
    await serveCredentialHelper(elsewhere, { process: other, system, storeFile: '/s.json' });
    expect(other.ending().stdout).toContain('"Username":"login"');
  });
});

describe('What has ended', () => {
  const now = fakeSystem().now();
  const past = new Date(now - HOUR_MS);
  const future = new Date(now + HOUR_MS);
  const nothing = { config: { providers: [] } };
  const NOT_FOUND = 'credentials not found in native keychain';

  test.each([
    ['a JWT', jwt],
    ['a token of ECR', ecrToken],
  ])('is not served, as %s', async (_what, tokenUntil) => {
    const fresh = await run('get', SERVER, { ...nothing, files: stored(tokenUntil(future)) });
    expect(usernameOf(fresh)).toBe('login');
    const ended = await run('get', SERVER, { ...nothing, files: stored(tokenUntil(past)) });
    expect({ answer: usernameOf(ended), stderr: ended.stderr }).toEqual({
      answer: NOT_FOUND,
      stderr: `docker-credential-keyring: warning: the stored credential for r.test is skipped: it expired at ${past.toISOString()}; log in again\n`,
    });
  });

  test('is not served where another helper stores it', async () => {
    const token = jwt(past);
    const got = await run('get', SERVER, {
      config: { providers: [], store: 'helper:pass' },
      run: () => ({ stdout: `{"ServerURL":"r.test","Username":"<token>","Secret":"${token}"}` }),
    });
    expect(usernameOf(got)).toBe(NOT_FOUND);
  });

  test('is not served from a file or a helper, and what follows is', async () => {
    const got = await run('get', SERVER, {
      config: { providers: ['helper:pass'], dockerConfig: ['/c.json'], cache: false },
      files: { '/c.json': { auths: { [SERVER]: { identitytoken: jwt(past) } } } },
      run: storesRun({ 'pass r.test': 'passed' }),
    });
    expect(usernameOf(got)).toBe('passed');
    expect(got.stderr).toBe(
      `docker-credential-keyring: warning: the credential under r.test is skipped: it expired at ${past.toISOString()}\n`,
    );
  });

  test('is the affair of a provider that says when it ends', async () => {
    const host = fakeHost(['get'], 'r.test');
    const provider = desk({
      matchImages: ['r.test'],
      provide: async () => ({
        auth: { 'r.test': { username: 'AWS', password: ecrToken(past) } },
        cacheKeyType: 'Registry',
        // By this machine's clock, which may be wrong.
        expiresAt: new Date(now - 1000),
      }),
    });
    await serveCredentialHelper(provider, { process: host, system: fakeSystem() });
    expect(host.exitCode).toBe(0);
  });
});

test('What a source prints goes to standard error', async () => {
  const host = fakeHost(['get'], 'r.test');
  const provider = desk({
    matchImages: ['r.test'],
    async provide() {
      host.stdout.write('printed\n');
      throw new Error('no luck');
    },
  });
  await serveCredentialHelper(provider, { process: host, system: fakeSystem() });
  expect(host.ending()).toMatchObject({
    stdout: 'Provider "desk" failed for r.test: it threw Error: no luck\n',
    stderr: 'printed\n',
  });
});
