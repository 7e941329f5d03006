import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { nodeSystem } from '../../../src/system/node-system.ts';
import { auth } from '../fakes/keyring-inputs.ts';
import { buildNodeProgram, type NodeProgram } from './node-program.ts';

let program: NodeProgram;

beforeAll(() => {
  program = buildNodeProgram([
    'src/create-keyring/create-keyring.ts',
    'src/system/node-system.ts',
    'src/cli/run-cli.ts',
    'src/cli/plugin-process.ts',
    'src/cli/credential-helper/run-credential-helper.ts',
  ]);
  const config = JSON.stringify({ auths: { 'r.test': { auth: auth('robot') } } });
  writeFileSync(join(program.folder, 'config.json'), config);
});

afterAll(() => {
  program.remove();
});

test('no home directory is an empty text', () => {
  const missing = new Error('A system error occurred: uv_os_homedir returned ENOENT');
  const os = process.getBuiltinModule('node:os');
  const homedirSpy = jest.spyOn(os, 'homedir').mockImplementation(() => {
    throw missing;
  });
  expect(nodeSystem.homeDirectory()).toBe('');
  homedirSpy.mockRestore();
});

// Where these tests run as root they show that nothing throws; for other users Node finds a home in the passwd file.
describe('A user without a home directory', () => {
  test('has none', async () => {
    const { exitCode, stdout } = await program.runHomeless(
      'console.log(JSON.stringify(nodeSystem.homeDirectory()));',
    );
    const home = process.getuid?.() === 0 ? '' : userInfo().homedir;
    expect({ exitCode, home: JSON.parse(stdout) as unknown }).toEqual({ exitCode: 0, home });
  });

  test('has a keyring, and a configuration where a variable names one', async () => {
    const ended = await program.runHomeless(
      `const [one] = await createKeyring({ providers: [] }).lookup('r.test/app');
      console.log(one.username);`,
      { DOCKER_CONFIG: program.folder },
    );
    expect(ended).toEqual({ exitCode: 0, stdout: 'robot\n', stderr: '' });
  });

  test.each([
    ['lookup', 'robot'],
    ['explain', 'robot'],
    ['doctor', '1 credential'],
  ])('can run docker-keyring %s', async (command, said) => {
    const args = [command, 'r.test/app', '--providers', 'ecr,gcr,acr'];
    const { stdout, stderr } = await program.runHomeless(
      `const argv = ${JSON.stringify(['node', 'docker-keyring', ...args])};
      const { version, stdin, stdout, stderr } = process;
      const isDirectory = async () => false;
      await runProcess({ argv, version, stdin, stdout, stderr }, { system: nodeSystem, isDirectory });`,
      { DOCKER_CONFIG: program.folder },
    );
    expect(stderr).toBe('');
    expect(stdout).toContain(said);
  });

  test('can run docker-keyring plugin', async () => {
    const request = JSON.stringify({
      kind: 'CredentialProviderRequest',
      apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
      image: 'r.test/app',
    });
    const ended = await program.runHomeless(
      `async function* stdin() { yield Buffer.from(${JSON.stringify(request)}); }
      process.argv = ['node', 'docker-keyring', 'plugin', '--provider', 'environment'];
      await runPluginProcess(process, nodeSystem, { stdin: stdin() });`,
      { DOCKER_USER: 'robot', DOCKER_PASSWORD: 'canary', DOCKER_REGISTRY_SERVER: 'r.test' },
    );
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout).toContain('robot');
  });

  test('can run docker-credential-keyring', async () => {
    const ended = await program.runHomeless(
      `async function* stdin() { yield Buffer.from('r.test'); }
      const { env, stdout, stderr } = process;
      const host = { argv: ['node', 'helper', 'get'], env, stdin: stdin(), stdout, stderr };
      host.on = process.on.bind(process);
      host.removeAllListeners = process.removeAllListeners.bind(process);
      await runCredentialHelper(host, nodeSystem);
      process.exitCode = host.exitCode;`,
    );
    expect(ended).toMatchObject({
      exitCode: 1,
      stdout: 'credentials not found in native keychain\n',
    });
  });
});
