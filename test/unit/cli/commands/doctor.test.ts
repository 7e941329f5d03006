import { describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../../../src/cli/version.ts';
import { config, manifests, run, secret, type RunWorld } from '../run.ts';

const CONFIG = '/home/user/.docker/config.json';

/** A machine with one thing of every status. */
const world: RunWorld = {
  files: {
    [CONFIG]: JSON.stringify({
      auths: { 'reg.test': { auth: Buffer.from('robot:canary').toString('base64') }, 'x.test': 1 },
      credHelpers: { 'other.test': 'gone' },
    }),
    '/home/user/.dockercfg': '{',
  },
  modes: { [CONFIG]: 0o644 },
  env: {
    HTTPS_PROXY: 'http://robot:canary@proxy.test:3128',
    DOCKER_USER: 'ci',
    DOCKER_PASSWORD: 'canary',
    DOCKER_REGISTRY_SERVER: 'ci.test',
  },
};

const line = 'doctor reg.test/x ci.test/x other.test/x --providers environment,helper:pass';

/** Compares with a file, or writes it. */
function expectFixture(name: string, stdout: string): void {
  const written = stdout.replace(`version ${VERSION}`, 'version VERSION');
  const fixture = join(import.meta.dirname, 'fixtures', name);
  if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(fixture, written);
  expect(written).toBe(readFileSync(fixture, 'utf8'));
}

describe('doctor', () => {
  test('says what is there, what is wrong, and what to do', async () => {
    const result = await run(line, { ...world, env: { ...world.env, COLUMNS: '100' } });
    expect(result).toMatchObject({ exitCode: 1, stderr: '' });
    expectFixture('doctor.txt', result.stdout);
  });

  test('says the same as JSON', async () => {
    const result = await run(`${line} --output json`, world);
    expect(result).toMatchObject({ exitCode: 1, stderr: '' });
    expectFixture('doctor.json', result.stdout);
  });

  test.each([
    ['DOCKER_REGISTRY_SERVER', { DOCKER_REGISTRY_SERVER: 'robot:canary@reg.test' }, 'failure', 1],
    ['DOCKER_USER', { DOCKER_PASSWORD: 'canary' }, 'failure', 1],
    ['DOCKER_PASSWORD', { DOCKER_USER: 'ci', DOCKER_PASSWORD: '' }, 'failure', 1],
    ['neither DOCKER_USER nor DOCKER_PASSWORD', {}, 'warning', 0],
  ])('says what is wrong with %s, and looks at the rest', async (named, env, status, exitCode) => {
    const result = await run('doctor --providers environment -o json', { env });
    expect(result).toMatchObject({ exitCode, stderr: '' });
    const { checks } = JSON.parse(result.stdout) as { checks: readonly Record<string, unknown>[] };
    const message: unknown = expect.stringContaining(named);
    const found = checks.filter(({ area }) => area === 'provider');
    expect(found).toMatchObject([{ provider: 'environment', status, message }]);
    expect(checks.map(({ area }) => area)).toContain('machine');
    expect(result.stdout).not.toContain('canary');
  });

  test('shows what a cloud says of this machine', async () => {
    const headers = { 'Metadata-Flavor': 'Google', Date: 'Thu, 01 Jan 2026 00:10:00 GMT' };
    const answers: readonly (readonly [RegExp, unknown])[] = [
      [/\/email$/, 'robot@acme.iam.gserviceaccount.com'],
      [/\/scopes/, ['https://www.googleapis.com/auth/compute']],
      [/\/token/, { access_token: 'canary', expires_in: 3600, token_type: 'Bearer' }],
    ];
    const result = await run('doctor gcr.io/acme/x --providers gcr --no-docker-config', {
      files: { '/sys/class/dmi/id/product_name': 'Google Compute Engine\n' },
      env: { COLUMNS: '100' },
      http: ({ url }) => {
        const [, body] = answers.find(([pattern]) => pattern.test(url)) ?? [];
        return body === undefined ? { status: 404, headers } : { headers, body };
      },
    });
    expect(result).toMatchObject({ exitCode: 1, stderr: '' });
    expectFixture('doctor-gcr.txt', result.stdout);
  });

  test('is content with a machine that has nothing', async () => {
    const { exitCode, stdout } = await run('doctor --providers none');
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('ok: no problems found');
    const json = await run('doctor --providers none -o json');
    expect(JSON.parse(json.stdout)).toMatchObject({ status: 'ok', images: [] });
  });

  test('ends with 0 where there are only warnings, and with colours on a terminal', async () => {
    const { exitCode, stdout } = await run('doctor nowhere.test/x --providers none', {
      isTTY: true,
      columns: 80,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('\u001b[33m!\u001b[39m no credentials: it is pulled anonymously');
    expect(stdout.endsWith('\u001b[33m1 warning\u001b[39m\n')).toBe(true);
  });

  test('counts failures where there are no warnings, and leaves out what it does not look at', async () => {
    const { exitCode, stdout } = await run('doctor reg.test/X --no-docker-config --providers none');
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`docker configuration
  · files: no Docker configuration is read

reg.test/X
  ✗ not an image reference: `);
    expect(stdout.endsWith('\n\n1 failure\n')).toBe(true);
  });

  test('resolves the images of a pod where none is named', async () => {
    const pod = {
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: { containers: [{ image: 'reg.test/pod' }] },
    };
    const files = { '/cwd/p.yaml': manifests(pod), '/cwd/c.json': config({ 'reg.test': 'a:b' }) };
    const options = '--docker-config c.json --providers none';
    const { stdout } = await run(`doctor --pod p.yaml ${options}`, { files });
    expect(stdout).toContain(
      'reg.test/pod\n  ✓ 1 credential\n      1.  a  reg.test  from c.json\n',
    );
  });

  test("goes by the kubelet's rules for the pull secrets of a pod", async () => {
    const document = JSON.stringify({ auths: { 'a.test': { identitytoken: 'canary-8' } } });
    const pod = {
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { imagePullSecrets: [{ name: 'acr' }], containers: [{ image: 'a.test/x' }] },
    };
    const files = { '/cwd/all.yaml': manifests(pod, secret('acr', document, 'shop')) };
    const options = '--no-docker-config --providers none';
    const forPod = await run(`doctor --pod all.yaml ${options}`, { files });
    expect(forPod.stdout).toContain('1.  (empty)  a.test  from secret shop/acr\n');
    const here = await run(`doctor a.test/x --secret all.yaml ${options}`, { files });
    expect(here.stdout).toContain('1.  (identity token)  a.test  from secret shop/acr\n');
  });
});
