import { describe, expect, test } from '@jest/globals';
import { fakeSystem } from '../fakes/fake-system.ts';
import { CONFIG, DOCUMENT, run, STORE } from './run-helper.ts';

describe('the configuration', () => {
  test.each<[string, string]>([
    ['[]', ':1:1: it must be a JSON object'],
    ['{"a":1}', ':1:2: the member "a" is unknown; use providers, dockerConfig, store, cache'],
    ['{"toString":1}', ':1:2: the member "toString" is unknown'],
    ['{\n "store": "file",\n "store": "none"}', ':3:2: the member "store" is there twice'],
    ['{"cache":1}', ':1:2: cache must be true or false'],
    ['{"cache":true', ':1:14: the JSON ends too early'],
    ['{"dockerConfig":"c.json"}', ':1:2: dockerConfig must be an array of paths'],
    ['{"providers":["ecr",1]}', ':1:2: providers must be an array of strings'],
    ['{"providers":["ecr","ecr"]}', ':1:2: providers names ecr twice'],
    ['{"providers":["aws"]}', ':1:2: providers names "aws", which is not a provider; use ecr, '],
    ['{"providers":["exec:a"]}', ':1:2: providers has exec: without two paths'],
    ['{"providers":["exec:a,b","exec:c,d"]}', ':1:2: providers names more than one exec:'],
    ['{"providers":["helper:../x"]}', ":1:2: providers names no helper: a helper's name is"],
    ['{"providers":["helper:keyring"]}', ':1:2: providers names docker-credential-keyring, which'],
    ['{"store":"helper:keyring"}', ':1:2: store names docker-credential-keyring, which'],
    ['{"store":"helper:a b"}', ':1:2: store names no helper'],
    ['{"store":"files"}', ':1:2: store must be "file", "file:PATH", "helper:NAME" or "none"'],
    ['{"store":null}', ':1:2: store must be "file", "file:PATH", "helper:NAME" or "none"'],
  ])('is strict: %s', async (config, message) => {
    const { exitCode, stdout } = await run('get', 'r.test', { config });
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`${CONFIG}${message}`);
  });

  test('is found by the environment, and must be there then', async () => {
    const env = { DOCKER_KEYRING_HELPER_CONFIG: 'h.json' };
    const reason = 'DOCKER_KEYRING_HELPER_CONFIG names it, and there is no such file';
    await expect(run('list', '', { env })).resolves.toMatchObject({
      exitCode: 1,
      stdout: `/cwd/h.json: ${reason}\n`,
    });
    const files = { '/cwd/h.json': { providers: [], store: 'none' } };
    await expect(run('list', '', { env, files })).resolves.toMatchObject({ stdout: '{}\n' });
  });

  test('lies where XDG says, as does the store; relative directories count as none', async () => {
    const xdg = { XDG_CONFIG_HOME: '/conf', XDG_DATA_HOME: '/data' };
    const files = { '/conf/docker-keyring/helper.json': { providers: [] } };
    const { system } = await run('store', DOCUMENT, { env: xdg, files });
    expect(system.textOf('/data/docker-keyring/credentials.json')).toBeDefined();
    const relative = { XDG_CONFIG_HOME: 'conf', XDG_DATA_HOME: 'data', HOME: '' };
    const other = await run('store', DOCUMENT, { env: relative });
    expect(other.system.textOf(STORE)).toBeDefined();
  });

  test('is that without a file, and without a store, where there is no home directory', async () => {
    const system = Object.assign(fakeSystem({ env: { HOME: '' } }), { homeDirectory: () => '' });
    await expect(run('store', DOCUMENT, { system })).resolves.toMatchObject({
      exitCode: 1,
      stdout: 'docker-credential-keyring cannot store credentials: no store is configured\n',
    });
    const env = { HOME: '', DOCKER_KEYRING_HELPER_CONFIG: '/h.json' };
    const files = { '/h.json': '{"store":"file:~/c.json"}' };
    const named = Object.assign(fakeSystem({ env, files }), { homeDirectory: () => '' });
    await expect(run('list', '', { system: named })).resolves.toMatchObject({
      exitCode: 1,
      stdout: '/h.json: it names a path below ~, and there is no home directory\n',
    });
  });

  test.each([
    [Object.assign(new Error('no'), { code: 'EACCES' }), 'EACCES'],
    [new Error('it is larger than 1 bytes'), 'it is larger than 1 bytes'],
  ])('that cannot be read is told of: %s', async (failure, reason) => {
    const system = fakeSystem();
    system.breakFile(CONFIG, failure);
    await expect(run('list', '', { system })).resolves.toMatchObject({
      exitCode: 1,
      stdout: `${CONFIG}: it cannot be read: ${reason}\n`,
    });
  });
});
