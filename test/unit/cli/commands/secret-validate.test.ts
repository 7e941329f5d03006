import { describe, expect, test } from '@jest/globals';
import { config, manifests, run, secret } from '../run.ts';

const good = secret('good', config({ 'ghcr.io': 'a:canary' }), 'shop');
const broken = secret('broken', '{"auths": canary', 'shop');
const odd = secret('odd', '{}');
const choking = secret('choking', '{"auths":{"ghcr.io":{"auth":"canary!"}}}');

describe('secret validate', () => {
  test('finds nothing in a good secret', async () => {
    const result = await run('secret validate s.yaml', {
      files: { '/cwd/s.yaml': manifests(good, { kind: 'Pod' }) },
    });
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(result.stdout).toBe('ok: 1 secret, no problems found\n');
  });

  test('shows each finding with its place, who rejects the secret, and a hint', async () => {
    const result = await run('secret validate a.yaml -', {
      files: { '/cwd/a.yaml': manifests(good, broken, choking) },
      stdin: manifests(odd, { metadata: { name: 1 }, type: 'Opaque' }, { data: {} }),
    });
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toContain(
      'error[json-invalid]: data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": ',
    );
    expect(result.stdout).toContain(
      '\n --> a.yaml: secret shop/broken\n  = note: the API server rejects the secret\n',
    );
    expect(result.stdout).toContain(
      '\n --> a.yaml: secret choking\n  = note: the kubelet fails every pull that needs the secret\n',
    );
    expect(result.stdout).toMatch(/warning\[.*\n --> standard input: secret odd\n/);
    expect(result.stdout).toContain('\n --> standard input: secret (no name)\n');
    expect(result.stdout).toContain('\n  = hint: ');
    expect(result.stdout).toMatch(/\n6 secrets, \d errors, \d warnings\n$/);
    expect(result.stdout).not.toContain('canary');
  });

  test('counts what there is', async () => {
    const files = { '/cwd/a.yaml': manifests(odd), '/cwd/b.yaml': manifests(broken) };
    const warning = await run('secret validate a.yaml', { files });
    expect(warning.stdout).toMatch(/\n1 secret, 1 warning\n$/);
    const error = await run('secret validate b.yaml', { files });
    expect(error.stdout).toMatch(/\n1 secret, 1 error\n$/);
  });

  test('says where a file is no YAML, and when it contains no Secret', async () => {
    const result = await run('secret validate a.yaml b.yaml', {
      files: { '/cwd/a.yaml': 'a: [canary', '/cwd/b.yaml': 'kind: Pod' },
    });
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toMatch(
      /^error\[manifest-invalid\]: not YAML: .*\n --> a\.yaml:\d+:\d+\n/,
    );
    expect(result.stdout).toContain(
      'error[no-secret]: the file contains no Secret\n --> b.yaml\n\n0 secrets, 2 errors\n',
    );
    expect(result.stdout).not.toContain('canary');
  });

  test('prints JSON', async () => {
    const result = await run('secret validate a.yaml -o json', {
      files: { '/cwd/a.yaml': manifests(good, broken) },
    });
    expect(JSON.parse(result.stdout)).toMatchObject([
      { file: 'a.yaml', secret: 'shop/good', findings: [] },
      { file: 'a.yaml', secret: 'shop/broken', findings: [{ code: 'json-invalid' }] },
    ]);
  });

  test('goes no further without one of the files', async () => {
    const result = await run('secret validate nowhere.yaml');
    expect(result).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: 'docker-keyring: there is no file nowhere.yaml\n',
    });
  });
});
