import { describe, expect, test } from '@jest/globals';
import {
  configCandidates,
  nonEmpty,
  type DockerConfigOptions,
  type Semantics,
} from '../../../src/config/search-paths.ts';
import { fakeSystem, type FakeWorld } from '../fakes/fake-system.ts';

function paths(
  semantics: Semantics,
  world: FakeWorld = {},
  options: DockerConfigOptions = {},
): string[] {
  return configCandidates(fakeSystem(world), options, semantics).map(({ path }) => path);
}

/** On a machine without a home directory. */
function homeless(env: Readonly<Record<string, string>>): string[] {
  const system = Object.assign(fakeSystem({ env }), { homeDirectory: () => '' });
  return configCandidates(system, {}, 'extended').map(({ path }) => path);
}

describe("the kubelet's own places", () => {
  test('are its root, its working directory, the home directory and /, config.json first', () => {
    expect(paths('kubelet')).toEqual([
      '/var/lib/kubelet/config.json',
      '/cwd/config.json',
      '/home/user/.docker/config.json',
      '/.docker/config.json',
      '/var/lib/kubelet/.dockercfg',
      '/cwd/.dockercfg',
      '/home/user/.dockercfg',
      '/.dockercfg',
    ]);
  });

  test('do not depend on the variables of other tools', () => {
    const env = { DOCKER_CONFIG: '/x', REGISTRY_AUTH_FILE: '/y', DOCKER_AUTH_CONFIG: '{}' };
    expect(paths('kubelet', { env })).toEqual(paths('kubelet'));
  });

  test('are relative ones without a home directory, and each is there once', () => {
    expect(paths('kubelet', { env: { HOME: '' } })).toEqual([
      '/var/lib/kubelet/config.json',
      '/cwd/config.json',
      '/cwd/.docker/config.json',
      '/.docker/config.json',
      '/var/lib/kubelet/.dockercfg',
      '/cwd/.dockercfg',
      '/.dockercfg',
    ]);
  });

  test('take the home directory of Windows from its own variable', () => {
    const world = { platform: 'win32', env: { USERPROFILE: '/users/me' } } as const;
    expect(paths('kubelet', world)).toContain('/users/me/.docker/config.json');
    expect(paths('kubelet', { platform: 'win32' })).not.toContain('/home/user/.docker/config.json');
  });
});

describe('the places of the extended semantics', () => {
  test('are those that variables name where there is no home directory', () => {
    expect(homeless({ HOME: '' })).toEqual([
      '$DOCKER_AUTH_CONFIG',
      expect.stringMatching(/^\/run\/containers\/\d+\/auth\.json$/),
    ]);
    expect(
      homeless({ HOME: '', DOCKER_CONFIG: '/d', XDG_CONFIG_HOME: '/x', XDG_RUNTIME_DIR: '/r' }),
    ).toEqual([
      '$DOCKER_AUTH_CONFIG',
      '/d/config.json',
      '/r/containers/auth.json',
      '/x/containers/auth.json',
    ]);
  });

  test("are the inline variable, docker's, podman's, and the older file", () => {
    expect(paths('extended')).toEqual([
      '$DOCKER_AUTH_CONFIG',
      '/home/user/.docker/config.json',
      '/run/containers/1000/auth.json',
      '/home/user/.config/containers/auth.json',
      '/home/user/.dockercfg',
    ]);
  });

  test.each<[FakeWorld, string[], string[]]>([
    [
      { env: { DOCKER_CONFIG: '/etc/docker' } },
      ['/etc/docker/config.json'],
      ['/home/user/.docker/config.json'],
    ],
    [{ env: { DOCKER_CONFIG: 'sub' } }, ['/cwd/sub/config.json'], []],
    [{ env: { DOCKER_CONFIG: '' } }, ['/home/user/.docker/config.json'], []],
    [{ env: { HOME: '' } }, ['/home/user/.docker/config.json'], []],
    [
      { env: { HOME: '/superuser' } },
      ['/superuser/.docker/config.json', '/superuser/.dockercfg'],
      [],
    ],
    [
      { env: { XDG_CONFIG_HOME: '/xdg', XDG_RUNTIME_DIR: '/run/user/1' } },
      ['/run/user/1/containers/auth.json', '/xdg/containers/auth.json'],
      ['/run/containers/1000/auth.json', '/home/user/.config/containers/auth.json'],
    ],
    [
      { env: { REGISTRY_AUTH_FILE: 'my/auth.json', XDG_RUNTIME_DIR: '/run/user/1' } },
      ['/cwd/my/auth.json'],
      ['/run/user/1/containers/auth.json', '/home/user/.config/containers/auth.json'],
    ],
    [
      { platform: 'darwin' },
      ['/home/user/.config/containers/auth.json'],
      ['/run/containers/1000/auth.json'],
    ],
    [
      { userId: undefined },
      ['/home/user/.config/containers/auth.json'],
      ['/run/containers/undefined/auth.json'],
    ],
  ])('in the world %o', (world, present, absent) => {
    const found = paths('extended', world);
    for (const path of present) expect(found).toContain(path);
    for (const path of absent) expect(found).not.toContain(path);
  });

  test('include neither the working directory nor /', () => {
    for (const path of paths('extended')) expect(path).not.toMatch(/^\/(?:cwd\/|[^/]*$)/);
  });

  test('name the variable that holds a document', () => {
    const [first] = configCandidates(fakeSystem(), {}, 'extended');
    expect(first).toMatchObject({ variable: 'DOCKER_AUTH_CONFIG', format: 'config.json' });
  });
});

describe('places that the caller names', () => {
  test('replace the defaults; files come before directories', () => {
    const options = { searchPaths: ['/a', 'b'], files: ['/f.json', 'old.dockercfg'] };
    expect(paths('extended', {}, options)).toEqual([
      '/f.json',
      '/cwd/old.dockercfg',
      '/a/config.json',
      '/a/.dockercfg',
      '/a/auth.json',
      '/cwd/b/config.json',
      '/cwd/b/.dockercfg',
      '/cwd/b/auth.json',
    ]);
  });

  test('are sorted as the kubelet does it, and know no auth.json there', () => {
    const options = { searchPaths: ['/a', '/b'], files: ['/x/.dockercfg'] };
    expect(paths('kubelet', {}, options)).toEqual([
      '/a/config.json',
      '/b/config.json',
      '/x/.dockercfg',
      '/a/.dockercfg',
      '/b/.dockercfg',
    ]);
  });

  test('may be files alone, may be none, and count once', () => {
    const files = ['/a/config.json', '/a/./config.json', '/a/.dockercfg'];
    expect(paths('extended', {}, { files })).toEqual(['/a/config.json', '/a/.dockercfg']);
    expect(paths('extended', {}, { files: [] })).toEqual([]);
    expect(paths('kubelet', {}, { searchPaths: [] })).toEqual([]);
  });

  test('have the older form when their names say so', () => {
    const files = ['/a/dockercfg', '/a/.dockercfg', '/a/dockercfg.json'];
    const formats = configCandidates(fakeSystem(), { files }, 'extended').map(
      ({ format }) => format,
    );
    expect(formats).toEqual(['.dockercfg', '.dockercfg', 'config.json']);
  });
});

test('an empty text is as good as none', () => {
  expect(nonEmpty('')).toBeUndefined();
  expect(nonEmpty(undefined)).toBeUndefined();
  expect(nonEmpty(' ')).toBe(' ');
});
