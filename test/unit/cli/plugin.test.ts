import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { pluginCommand } from '../../../src/cli/commands/plugin.ts';
import { desk, request } from '../serve/serving.ts';
import { hostOf, plugin, type PluginWorld } from './plugin-run.ts';
import { run } from './run.ts';

const IMAGE = 'reg.example.com/app';
const CONFIG = '{"auths":{"reg.example.com":{"username":"u","password":"p"}}}';

const REFUSED = 'a kubelet would reject this configuration: ';

const failToLoadTypeScript = async (): Promise<never> => {
  throw Object.assign(new TypeError('x'), { code: 'ERR_UNKNOWN_FILE_EXTENSION' });
};

describe('docker-keyring plugin', () => {
  test('serves a config.json', async () => {
    const files = { '/cwd/config.json': CONFIG };
    const world = { files, stdin: request(IMAGE) };
    const served = await plugin('--provider=config:config.json', world);
    expect(served).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(served.stdout)).toMatchObject({
      auth: { 'reg.example.com': { username: 'u', password: 'p' } },
    });
  });

  test.each([
    ['is not there', {}, 'config: there is no file /etc/config.json'],
    ['is broken', { '/etc/config.json': '{' }, '/etc/config.json'],
  ])('fails for a config.json that %s', async (_what, files, message) => {
    const world = { files, stdin: request(IMAGE) };
    const served = await plugin('--provider config:/etc/config.json', world);
    expect(served).toMatchObject({ exitCode: 1, stdout: '' });
    expect(served.stderr).toContain(message);
  });

  test('serves the environment', async () => {
    const env = {
      DOCKER_USER: 'u',
      DOCKER_PASSWORD: 'p',
      DOCKER_REGISTRY_SERVER: 'reg.example.com',
    };
    const served = await plugin('--provider environment', { env, stdin: request(IMAGE) });
    expect(served.stdout).toContain('"reg.example.com":{"username":"u","password":"p"}');
  });

  test('serves a helper', async () => {
    const world: PluginWorld = {
      stdin: request(IMAGE),
      run: () => ({ stdout: '{"ServerURL":"reg.example.com","Username":"u","Secret":"s"}' }),
    };
    const served = await plugin('--provider helper:pass', world);
    expect(served.stdout).toContain('"reg.example.com":{"username":"u","password":"s"}');
  });

  test.each([
    ['a provider', { default: desk() }],
    ['a function that gives one', { default: async () => desk() }],
    ['a set', { default: { name: 's', known: () => undefined, read: async () => [desk()] } }],
    [
      'a keyring',
      {
        default: {
          lookup: async () => [
            { key: 'reg.example.com', username: 'u', password: 'desk-password' },
          ],
        },
      },
    ],
  ])('serves %s of a module', async (_what, module) => {
    const modules = { 'file:///cwd/my%20desk%23.ts': module };
    const { host, written } = hostOf('--no-cache', { modules, stdin: request(IMAGE) });
    const args = ['--provider=module:my desk#.ts', '--no-cache'];
    expect(await pluginCommand({ ...host, args })).toBe(0);
    expect(written.stdout).toContain('"username":"u","password":"desk-password"');
  });

  test.each([
    ['nothing', {}],
    ['no name', { default: { provide() {} } }],
    ['no matchImages', { default: { name: 'x', provide() {} } }],
    ['a text', { default: 'x' }],
  ])('refuses a module with %s', async (_what, module) => {
    const modules = { 'file:///p.js': module };
    const served = await plugin('--provider=module:/p.js', { modules });
    expect(served).toMatchObject({ exitCode: 2, stdout: '' });
    expect(served.stderr).toContain('the default export of /p.js must be a provider');
  });

  test('says why a module cannot be loaded', async () => {
    const missing = await plugin('--provider=module:/p.js');
    expect(missing).toMatchObject({
      exitCode: 1,
      stderr: 'docker-keyring: /p.js could not be loaded: it threw Error: no file:///p.js\n',
    });
    const { host, written } = hostOf('--provider=module:/p.ts');
    expect(await pluginCommand({ ...host, importModule: failToLoadTypeScript })).toBe(1);
    expect(written.stderr).toContain('this Node.js cannot run /p.ts: TypeScript needs 22.18');
  });

  test.each([
    [
      new SyntaxError("Unexpected identifier 'hunter2'"),
      'it threw SyntaxError: its message is left out, since it quotes what was read; "node /p.js" shows it',
    ],
    [undefined, 'it threw something that is not an Error'],
    [new TypeError('Bearer hunter2hunter2'), 'it threw TypeError: Bearer [redacted]'],
  ])('quotes nothing of a module that fails with %p', async (error, message) => {
    const fail = (): never => {
      throw error;
    };
    const served = await plugin('--provider=module:/p.js', {
      modules: { 'file:///p.js': { default: fail } },
    });
    expect(served).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `docker-keyring: /p.js could not be loaded: ${message}\n`,
    });
  });

  test('fails where the variables of its environment are not set, so that the kubelet logs it', async () => {
    const reason =
      'environment: neither DOCKER_USER nor DOCKER_PASSWORD is set where this program runs\n';
    const alone = await plugin('--provider=environment', { stdin: request(IMAGE) });
    expect(alone).toEqual({ exitCode: 1, stdout: '', stderr: `docker-keyring: ${reason}` });
    const files = { '/c.json': CONFIG };
    const args = '--provider=environment --provider=config:/c.json';
    const among = await plugin(args, { files, stdin: request(IMAGE) });
    expect(among).toMatchObject({ exitCode: 0, stderr: `docker-keyring: warning: ${reason}` });
    expect(among.stdout).toContain('"reg.example.com"');
  });

  test('asks a helper for a registry with a port, beside another provider', async () => {
    const served = await plugin('--provider=ecr --provider=helper:pass --no-cache', {
      stdin: request('reg.example.com:5000/app'),
      run: () => ({ stdout: '{"ServerURL":"reg.example.com:5000","Username":"u","Secret":"s"}' }),
    });
    expect(served.stdout).toContain('"reg.example.com:5000":{"username":"u","password":"s"}');
  });

  test('takes paths of Windows as they are', async () => {
    const modules = { 'file:///c%3A/p.js': { default: desk() } };
    const world = { modules, platform: 'win32', stdin: request(IMAGE) } as const;
    const { host } = hostOf('', world);
    const args = ['--provider=module:c:\\p.js', '--no-cache'];
    expect(await pluginCommand({ ...host, args })).toBe(0);
  });

  test.each([
    [
      '--provider=none',
      'there is no provider "none"; there are ecr, gcr, acr, environment, helper:NAME',
    ],
    ['--provider=config:', 'there is no provider "config:"'],
    ['--provider=ecr --provider ecr', '--provider names ecr twice'],
    ['--provider=helper:a/b', 'dockerHelper'],
    ['--provider', '--provider needs a value'],
    ['--no-cache=x', '--no-cache takes no value'],
    ['--no-cache --cache-dir=/c', '--cache-dir and --no-cache exclude each other'],
    ['--cache-dir=/c --cache-dir=/d', '--cache-dir is given twice'],
    ['--name=x', '--name is an option of "plugin config"'],
    ['config --api-version=v2', '--api-version must be one of v1, v1beta1, v1alpha1'],
    ['--pasword=hunter2', 'unknown option or argument --pasword; docker-keyring plugin --help'],
    ['hunter2', 'unknown option or argument; docker-keyring plugin --help'],
    ['--gcr-project=p', '--gcr-project and --gcr-identity-provider belong together'],
    ['--gcr-project=p --gcr-identity-provider=i', '--gcr-project is for --provider gcr with'],
    [
      'config --name=a/b',
      `${REFUSED}providers.name: Invalid value: "a/b": provider name cannot contain '/'`,
    ],
    [
      'config --name=..',
      `${REFUSED}providers.name: Invalid value: "..": provider name cannot be '..'`,
    ],
    [
      'config --match-image=*.io:*',
      `${REFUSED}providers.matchImages: Invalid value: "*.io:*": match image is invalid: `,
    ],
    [
      'config --match-image=%41.io',
      `${REFUSED}providers.matchImages: Invalid value: "%41.io": match image is invalid: `,
    ],
    [
      'config --match-image=u:hunter2@a{b',
      `${REFUSED}providers.matchImages: Invalid value: "[redacted]@a{b": match`,
    ],
    [
      'config --provider=environment',
      'the providers match no image; environment: neither DOCKER_USER nor DOCKER_PASSWORD is set where this program runs; name the images',
    ],
    [
      'config --provider=helper:x --service-account-tokens',
      '--service-account-tokens: none of the providers',
    ],
    [
      'config --provider=ecr --service-account-tokens --api-version=v1beta1',
      'tokens of service accounts need --api-version v1',
    ],
    [
      'config --service-account-tokens',
      'a plugin gets tokens of one audience: ecr wants sts.amazonaws.com, gcr uses none without --gcr-project and ' +
        '--gcr-identity-provider, acr wants api://AzureADTokenExchange. Run "plugin config" once for each audience',
    ],
    [
      'config --provider=ecr --provider=helper:x --service-account-tokens',
      'a plugin gets tokens of one audience: ecr wants sts.amazonaws.com, helper:x uses none. Run',
    ],
  ])('refuses %s', async (args, message) => {
    const refused = await plugin(args);
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain(`docker-keyring: ${message}`);
    expect(refused.stderr).not.toContain('hunter2');
  });

  test('fails otherwise than by wrong use with 1', async () => {
    const modules = {
      'file:///p.js': {
        default: () => {
          throw new Error('no\nluck');
        },
      },
    };
    const served = await plugin('--provider=module:/p.js', { modules });
    expect(served).toMatchObject({
      exitCode: 1,
      stderr: 'docker-keyring: /p.js could not be loaded: it threw Error: no luck\n',
    });
  });

  test('makes the clouds where nothing is named, and asks none for another image', async () => {
    const served = await plugin('--no-cache', { stdin: request(IMAGE) });
    expect(served).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(served.stdout)).not.toHaveProperty('auth');
  });

  test.each(['--help', 'config -h'])('prints its help for %s', async (args) => {
    const { exitCode, stdout } = await plugin(args);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Usage: docker-keyring plugin [options]');
  });

  test('is a command of the program, too', async () => {
    const { exitCode, stdout } = await run('plugin config --provider ecr --output json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'CredentialProviderConfig' });
    const module = join(import.meta.dirname, 'fixtures/plugin-provider.ts');
    const served = await run(['plugin', `--provider=module:${module}`, '--no-cache'], {
      stdin: request(IMAGE),
    });
    expect(served.stdout).toContain('"reg.example.com"');
  });
});
