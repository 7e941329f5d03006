import { describe, expect, test } from '@jest/globals';
import { config, run, type RunWorld } from './run.ts';

const env = {
  DOCKER_USER: 'robot',
  DOCKER_PASSWORD: 'canary',
  DOCKER_REGISTRY_SERVER: 'reg.test',
};
const helperWorld: RunWorld = {
  run: ({ stdin }) =>
    stdin.includes('reg.test')
      ? { stdout: JSON.stringify({ ServerURL: 'reg.test', Username: 'ada', Secret: 'canary' }) }
      : { exitCode: 1, stdout: 'credentials not found in native keychain\n' },
};

describe('--providers', () => {
  test('chooses who is asked, in the order in which they are named', async () => {
    const line = 'lookup reg.test/x --no-docker-config --providers';
    const world = { ...helperWorld, env };
    const both = await run([...line.split(' '), 'helper:pass, environment'], world);
    expect(both).toMatchObject({ exitCode: 0, stderr: '' });
    expect(both.stdout).toBe(`reg.test/x
  1.  ada    reg.test  from provider docker-helper:pass
  2.  robot  reg.test  from provider environment
`);
    const none = await run(`${line} none`, world);
    expect(none).toMatchObject({ exitCode: 1, system: { runs: [] } });
  });

  test('without it means the three clouds', async () => {
    const { stdout } = await run('explain reg.test/x --no-docker-config', { env });
    expect(stdout).toContain(
      'layer 3: providers\n  · not asked, because none of their matchImages matches: ecr, gcr, acr\n',
    );
    const named = await run('explain reg.test/x --no-docker-config --providers acr,ecr', { env });
    expect(named.stdout).toContain(
      '  · not asked, because none of their matchImages matches: acr, ecr\n',
    );
  });

  test.each([
    [
      'ecs',
      'there is no provider "ecs"; there are ecr, gcr, acr, environment, helper:NAME and none',
    ],
    ['', 'there is no provider ""; there are ecr, gcr, acr, environment, helper:NAME and none'],
    ['none,ecr', '--providers is either none or a list'],
    ['ecr,gcr,ecr', '--providers names ecr twice'],
    ['helper:../x', /helper's name is what follows/],
  ])('%j is wrong use', async (list, message) => {
    const { exitCode, stdout, stderr } = await run(['lookup', 'x', '--providers', list]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(typeof message === 'string' ? `docker-keyring: ${message}\n` : message);
  });

  test('with a registry in the environment that is none is wrong use', async () => {
    const wrong = { ...env, DOCKER_REGISTRY_SERVER: 'robot:canary@reg.test' };
    const { exitCode, stderr } = await run('lookup x --providers environment', { env: wrong });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('DOCKER_REGISTRY_SERVER must hold a registry');
  });

  test('is not for config, which is static', async () => {
    const { exitCode, stderr } = await run('config --providers ecr');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: "docker-keyring: unknown option '--providers'\n",
    });
  });
});

describe('A provider that fails', () => {
  const half = { DOCKER_USER: 'robot', DOCKER_REGISTRY_SERVER: 'reg.test' };

  test('is warned of by lookup', async () => {
    const line = 'lookup reg.test/x --no-docker-config --providers environment';
    const { exitCode, stderr } = await run(line, { env: half });
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      'docker-keyring: warning: Provider "environment" failed for reg.test/x: DOCKER_USER is set and DOCKER_PASSWORD is not: set both, or neither\n',
    );
  });

  test('is shown by explain with its reason', async () => {
    const line = 'explain reg.test/x --no-docker-config --providers environment,ecr';
    const { stdout } = await run(line, { env: half });
    expect(stdout).toMatch(
      /layer 3: providers\n {2}✗ provider environment: it failed, and contributes nothing; it is asked again in \d+ s\n {6}✗ Provider "environment" failed for reg.test\/x: .*\n {2}· not asked, because none of their matchImages matches: ecr\n/,
    );
  });
});

describe('A credential helper that a file names', () => {
  const files = {
    '/home/user/.docker/config.json': JSON.stringify({
      auths: { 'reg.test': {} },
      credsStore: 'pass',
    }),
  };

  test('is shown by explain behind its file', async () => {
    const { stdout } = await run('explain reg.test/x --providers none', { files, ...helperWorld });
    expect(stdout).toContain(`  · ~/.docker/config.json: it has no entries
  ✓ helper pass, named by ~/.docker/config.json: asked now about reg.test; it gave credentials
      ✓ reg.test  host and port match
`);
    const other = await run('explain other.test/x --providers none', { files, ...helperWorld });
    expect(other.stdout).toContain(
      '  · helper pass, named by ~/.docker/config.json: asked now about other.test; it has no credentials\n',
    );
  });

  test('is warned of, with short paths, where none is run', async () => {
    const line = 'explain reg.test/x --semantics kubelet --providers none';
    const { stdout } = await run(line, { files, ...helperWorld });
    expect(stdout).toContain(
      'warning: ~/.docker/config.json names docker-credential-pass, and no helper is run here\n',
    );
  });

  test('is shown with its failure, and with short paths', async () => {
    const { stdout } = await run('explain reg.test/x --providers none', { files });
    expect(stdout).toContain(
      '  ✗ helper pass, named by ~/.docker/config.json: it failed, and contributes nothing\n',
    );
    expect(stdout).toContain('in ~/.docker/config.json\n');
    expect(stdout).not.toContain('/home/user');
  });
});

test('A credential that ends is shown with its end', async () => {
  const token = { access_token: 'canary', expires_in: 3600, token_type: 'Bearer' };
  const { stdout, exitCode } = await run('lookup gcr.io/x --no-docker-config --providers gcr', {
    files: { '/sys/class/dmi/id/product_name': 'Google\n' },
    http: ({ url }) => {
      const headers = { 'Metadata-Flavor': 'Google' };
      if (url.includes('scopes')) {
        return { headers, body: '["https://www.googleapis.com/auth/cloud-platform"]' };
      }
      return url.includes('/token') ? { headers, body: token } : { headers, status: 404 };
    },
  });
  expect(stdout).toMatch(/from provider gcr, until 2026-01-01T\S+Z\n/);
  expect(exitCode).toBe(0);
});

test('Files without an entry for the image do not hide the providers', async () => {
  const line = 'lookup reg.test/x --docker-config c.json --providers environment';
  const files = { '/cwd/c.json': config({ 'other.test': 'a:canary' }) };
  const { stdout, exitCode } = await run(line, { env, files });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('1.  robot  reg.test  from provider environment\n');
});
