import { describe, expect, test } from '@jest/globals';
import { createKeyring, type KeyringOptions } from '../../../src/index.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { auth, configOf, userNames } from '../fakes/keyring-inputs.ts';

const FILES = {
  '/home/user/.docker/config.json': configOf({ 'r.test': 'docker' }),
  '/etc/docker/config.json': configOf({ 'r.test': 'docker-config' }),
  '/run/containers/1000/auth.json': configOf({ 'r.test': 'podman-run' }),
  '/run/user/7/containers/auth.json': configOf({ 'r.test': 'podman-runtime' }),
  '/home/user/.config/containers/auth.json': configOf({ 'r.test': 'podman-home' }),
  '/xdg/containers/auth.json': configOf({ 'r.test': 'podman-xdg' }),
  '/my/auth.json': configOf({ 'r.test': 'registry-auth-file' }),
  '/home/user/.dockercfg': JSON.stringify({ 'r.test': { auth: auth('dockercfg') } }),
  '/var/lib/kubelet/config.json': configOf({ 'r.test': 'kubelet' }),
  '/var/lib/kubelet/.dockercfg': JSON.stringify({ 'r.test': { auth: auth('kubelet-old') } }),
  '/cwd/config.json': configOf({ 'r.test': 'working-directory' }),
  '/config.json': configOf({ 'r.test': 'root' }),
};

async function found(
  env: Readonly<Record<string, string>>,
  options: KeyringOptions = {},
  files: Readonly<Record<string, string>> = FILES,
): Promise<string[]> {
  const keyring = createKeyring({ system: fakeSystem({ files, env }), ...options });
  return userNames(await keyring.lookup('r.test/a'));
}

describe('the extended semantics merge what tools have left on the machine', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['without variables', {}, ['docker', 'podman-run', 'podman-home', 'dockercfg']],
    [
      'with DOCKER_CONFIG',
      { DOCKER_CONFIG: '/etc/docker' },
      ['docker-config', 'podman-run', 'podman-home', 'dockercfg'],
    ],
    [
      'with DOCKER_AUTH_CONFIG, which comes first',
      { DOCKER_AUTH_CONFIG: configOf({ 'r.test': 'inline' }) },
      ['inline', 'docker', 'podman-run', 'podman-home', 'dockercfg'],
    ],
    [
      "with REGISTRY_AUTH_FILE, which stands for podman's own",
      { REGISTRY_AUTH_FILE: '/my/auth.json' },
      ['docker', 'registry-auth-file', 'dockercfg'],
    ],
    [
      'with the directories of XDG',
      { XDG_RUNTIME_DIR: '/run/user/7', XDG_CONFIG_HOME: '/xdg' },
      ['docker', 'podman-runtime', 'podman-xdg', 'dockercfg'],
    ],
  ])('%s', async (_name, env, names) => {
    expect(await found(env)).toEqual(names);
  });

  test('from places that the caller names', async () => {
    const dockerConfig = { files: ['/my/auth.json'], searchPaths: ['/var/lib/kubelet'] };
    expect(await found({}, { dockerConfig })).toEqual([
      'registry-auth-file',
      'kubelet',
      'kubelet-old',
    ]);
  });
});

describe('the semantics of the kubelet take one file', () => {
  const semantics = 'kubelet';

  test.each<[string, string[]]>([
    ['', ['kubelet']],
    ['/var/lib/kubelet/config.json', ['working-directory']],
    ['/cwd/config.json', ['docker']],
    ['/home/user/.docker/config.json', ['kubelet-old']],
    ['/var/lib/kubelet/.dockercfg', ['dockercfg']],
    ['/home/user/.dockercfg', []],
  ])('the next one when all up to %p are gone', async (last, names) => {
    const order = [
      '/var/lib/kubelet/config.json',
      '/cwd/config.json',
      '/home/user/.docker/config.json',
      '/var/lib/kubelet/.dockercfg',
      '/home/user/.dockercfg',
    ];
    const gone = new Set(order.slice(0, order.indexOf(last) + 1));
    const left = Object.entries(FILES).filter(([path]) => !gone.has(path));
    expect(await found({}, { semantics }, Object.fromEntries(left))).toEqual(names);
  });

  test('whatever variables are set', async () => {
    const env = {
      DOCKER_CONFIG: '/etc/docker',
      DOCKER_AUTH_CONFIG: configOf({ 'r.test': 'inline' }),
      REGISTRY_AUTH_FILE: '/my/auth.json',
    };
    expect(await found(env, { semantics })).toEqual(['kubelet']);
  });
});
