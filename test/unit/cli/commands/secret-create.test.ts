import { describe, expect, test } from '@jest/globals';
import {
  createPullSecret,
  createPullSecrets,
  formatPullSecret,
  formatPullSecrets,
} from '../../../../src/kubernetes/secret/create-pull-secret.ts';
import { parseManifests } from '../../../../src/kubernetes/manifest/manifests.ts';
import { run } from '../run.ts';

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

  test('makes one for each namespace, as a text that kubectl applies', async () => {
    const line = 'secret create regcred --username robot --password-stdin -n shop,jobs -n shop';
    const settings = { name: 'regcred', username: 'robot', password: 'canary' };
    const secrets = createPullSecrets({ ...settings, namespaces: ['shop', 'jobs'] });
    const json = await run(line, { stdin: 'canary' });
    expect(json).toMatchObject({ exitCode: 0, stderr: '', stdout: formatPullSecrets(secrets) });
    const yaml = await run(`${line} -o yaml`, { stdin: 'canary' });
    expect(await parseManifests(yaml.stdout)).toEqual(secrets);
    expect(await parseManifests(json.stdout)).toEqual(secrets);
    expect(yaml.stdout).toContain('\n---\napiVersion: v1\n');
  });

  test('warns once of what is odd about all of them', async () => {
    const line = 'secret create Reg --username robot --password-stdin -n a,B';
    const { stderr } = await run(line, { stdin: 'canary' });
    expect(stderr.split('\n').map((text) => text.slice(0, 42))).toEqual([
      'docker-keyring: warning: metadata.name: In',
      'docker-keyring: warning: metadata.namespac',
      '',
    ]);
  });

  test.each([
    [['--', '-a'], "the name of a Secret cannot begin with '-'"],
    [['a', '-n', 'b,,c'], 'namespaces must be a list of names'],
  ])('refuses %j, which kubectl does not take either', async (args, message) => {
    const line = ['secret', 'create', '--username', 'robot', '--password-stdin', ...args];
    const result = await run(line, { stdin: 'canary' });
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toBe(`docker-keyring: ${message}\n`);
  });

  test('says that a password on the command line is visible', async () => {
    const { stdout, stderr } = await run(
      'secret create regcred --username robot --password canary',
    );
    expect(stdout).toContain('"kind": "Secret"');
    expect(stderr).toBe(
      'docker-keyring: warning: --password is visible in process lists: use --password-stdin\n',
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
    expect(result.stderr).toContain('requires a pipe or a file as standard input');
  });
});
