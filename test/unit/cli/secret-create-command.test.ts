import { describe, expect, test } from '@jest/globals';
import { createPullSecret, formatPullSecret } from '../../../src/kubernetes/create-pull-secret.ts';
import { run } from './run.ts';

const account = { name: 'regcred', server: 'ghcr.io', username: 'robot', password: 'canary' };

describe('secret create', () => {
  test("prints the manifest byte for byte as kubectl's JSON", async () => {
    const line =
      'secret create regcred --server ghcr.io --username robot --email a@b.test -n shop --append-hash';
    const result = await run(`${line} --password-stdin`, { stdin: 'canary\n' });
    const expected = { ...account, email: 'a@b.test', namespace: 'shop', appendHash: true };
    expect(result).toEqual({
      ...result,
      exitCode: 0,
      stdout: formatPullSecret(createPullSecret(expected)),
      stderr: '',
    });
  });

  test('prints the manifest as kubectl prints YAML', async () => {
    const { stdout } = await run(
      'secret create regcred --server ghcr.io --username robot --password-stdin -o yaml',
      { stdin: 'canary' },
    );
    // kubectl create secret docker-registry … --dry-run=client -o yaml, v1.37.2
    expect(stdout).toBe(`apiVersion: v1
data:
  .dockerconfigjson: eyJhdXRocyI6eyJnaGNyLmlvIjp7InVzZXJuYW1lIjoicm9ib3QiLCJwYXNzd29yZCI6ImNhbmFyeSIsImF1dGgiOiJjbTlpYjNRNlkyRnVZWEo1In19fQ==
kind: Secret
metadata:
  name: regcred
type: kubernetes.io/dockerconfigjson
`);
  });

  test.each([
    ['canary\r\n', 'canary'],
    ['canary\n\n', 'canary\n'],
    [' canary ', ' canary '],
  ])('takes the password %j for %j', async (stdin, password) => {
    const { stdout } = await run('secret create regcred --username robot --password-stdin', {
      stdin,
    });
    const expected = createPullSecret({ name: 'regcred', username: 'robot', password });
    expect(stdout).toBe(formatPullSecret(expected));
  });

  test('takes a password that is not UTF-8, and warns of it', async () => {
    const password = Buffer.from([0x70, 0xff]);
    const result = await run('secret create regcred --username robot --password-stdin', {
      stdin: password,
    });
    const expected = createPullSecret({ name: 'regcred', username: 'robot', password });
    expect(result.stdout).toBe(formatPullSecret(expected));
    expect(result.stderr).toContain('is not UTF-8');
  });

  test('takes a whole config.json', async () => {
    const document = '{"auths":{"ghcr.io":{"auth":"YTpi"}}}';
    const { stdout } = await run('secret create regcred --from-file c.json', {
      files: { '/cwd/c.json': document },
    });
    const expected = createPullSecret({ name: 'regcred', dockerConfig: document });
    expect(stdout).toBe(formatPullSecret(expected));
  });

  test('warns of what is odd about the secret, with a hint where there is one', async () => {
    const line = 'secret create Reg --server GHCR.io --username robot --password-stdin';
    const { exitCode, stderr } = await run(line, { stdin: 'canary' });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^docker-keyring: warning: metadata\.name: Invalid value: "Reg": .*\n/);
    expect(stderr).toMatch(/auths\[GHCR\.io\].* \(.*\)\n$/);
    expect(stderr).not.toContain('canary');
  });

  test('says that a password on the command line is visible', async () => {
    const { stdout, stderr } = await run(
      'secret create regcred --username robot --password canary',
    );
    expect(stdout).toContain('"kind": "Secret"');
    expect(stderr).toBe(
      'docker-keyring: warning: a --password is visible in process lists; --password-stdin is not\n',
    );
  });

  test.each([
    ['--password-stdin', '--username is missing'],
    ['--username robot', '--password-stdin is missing'],
    ['--username robot --password canary --password-stdin', 'exclude each other'],
    ['--username robot --password-stdin', 'password must not be empty'],
    ['--from-file nowhere', 'there is no file nowhere'],
  ])('refuses %j', async (options, message) => {
    const result = await run(`secret create regcred ${options}`);
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toMatch(/^docker-keyring: .*\n$/);
    expect(result.stderr).toContain(message);
    expect(result.stderr).not.toContain('canary');
  });

  test('does not read a password from a terminal, which would show it', async () => {
    const result = await run('secret create regcred --username robot --password-stdin', {
      isTTY: true,
      stdin: 'canary',
    });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain('wants the password from a pipe or a file');
  });
});
