import { describe, expect, test } from '@jest/globals';
import { config, manifests, run, secret } from './run.ts';

const named = (name: string, namespace?: string) =>
  secret(name, config({ 'ghcr.io': `${name}:canary` }), namespace);
const pod = (spec: object, namespace?: string) => ({
  kind: 'Pod',
  metadata: { name: 'web', ...(namespace === undefined ? {} : { namespace }) },
  spec,
});
const account = (name: string, secrets: readonly string[], namespace?: string) => ({
  kind: 'ServiceAccount',
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  imagePullSecrets: secrets.map((one) => ({ name: one })),
});

const secrets = manifests(named('a', 'shop'), named('b', 'shop'), named('c', 'other'), named('d'));

async function usersOf(
  options: string,
  files: Readonly<Record<string, string>>,
  stdin?: string,
): Promise<{ users: string; exitCode: number; stderr: string }> {
  const line = `lookup ghcr.io/x --no-docker-config -o json ${options}`;
  const { stdout, ...result } = await run(line, {
    files,
    ...(stdin === undefined ? {} : { stdin }),
  });
  const [found] = (stdout === '' ? [{ credentials: [] }] : JSON.parse(stdout)) as [
    { credentials: { username: string }[] },
  ];
  const users = found.credentials.map(({ username }) => username).join(' ');
  return { users, exitCode: result.exitCode, stderr: result.stderr };
}

describe('Pull secrets', () => {
  test('are all that are given, in their order', async () => {
    const files = { '/cwd/s.yaml': secrets, '/cwd/t.yaml': manifests(named('t')) };
    const { users } = await usersOf('--secret t.yaml --secret s.yaml', files);
    expect(users).toBe('t a b c d');
  });

  test('come from standard input too, and from a file named twice once', async () => {
    const { users } = await usersOf('--secret - --secret -', {}, secrets);
    expect(users).toBe('a b c d');
  });

  test('are those of a namespace where one is given', async () => {
    const files = { '/cwd/s.yaml': secrets };
    expect((await usersOf('--secret s.yaml -n shop', files)).users).toBe('a b d');
    const none = await usersOf('--secret c.yaml -n shop', {
      '/cwd/c.yaml': manifests(named('c', 'other')),
    });
    expect(none.stderr).toBe(
      'docker-keyring: warning: none of the secrets is in the namespace shop\n',
    );
    expect((await usersOf('-n shop', files)).stderr).toBe('');
  });

  test('are warned of where a file holds none', async () => {
    const { stderr } = await usersOf('--secret p.yaml', { '/cwd/p.yaml': manifests(pod({})) });
    expect(stderr).toBe('docker-keyring: warning: p.yaml contains no Secret\n');
  });

  test('of a pod are those on its own list', async () => {
    const own = pod({ imagePullSecrets: [{ name: 'b' }, { name: 'gone' }, { name: 'c' }] }, 'shop');
    const { users, stderr } = await usersOf('--pod p.yaml --secret s.yaml', {
      '/cwd/s.yaml': secrets,
      '/cwd/p.yaml': manifests(own),
    });
    expect(users).toBe('b');
    expect(stderr).toContain(
      'warning: pod shop/web names the secret shop/gone, which is in no file: the pod pulls without it\n',
    );
    expect(stderr).toContain('warning: A secret of this name is in the namespace "other"; ');
  });

  test("of a pod without a list are its service account's, all in one file", async () => {
    const all = manifests(
      pod({ serviceAccountName: 'web' }, 'shop'),
      account('default', ['c'], 'shop'),
      account('web', ['a'], 'other'),
      account('web', ['b']),
    );
    const { users, stderr } = await usersOf('--pod all.yaml --secret s.yaml', {
      '/cwd/s.yaml': secrets,
      '/cwd/all.yaml': all,
    });
    expect({ users, stderr }).toEqual({ users: 'b', stderr: '' });
  });

  test.each([
    [{}, 'default'],
    [{ serviceAccount: 'old' }, 'old'],
  ])('of a pod %j are those of the service account %s', async (spec, name) => {
    const { users } = await usersOf('--pod p.yaml --service-account sa.yaml --secret s.yaml', {
      '/cwd/s.yaml': secrets,
      '/cwd/p.yaml': manifests(pod(spec)),
      '/cwd/sa.yaml': manifests(account(name, ['d'])),
    });
    expect(users).toBe('d');
  });

  test('of a pod that the API server refuses are told with its words', async () => {
    const annotations = { 'kubernetes.io/enforce-mountable-secrets': 'true' };
    const limited = {
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'shop', annotations },
    };
    const own = pod({ imagePullSecrets: [{ name: 'b' }] }, 'shop');
    const { stderr } = await usersOf('--pod all.yaml', {
      '/cwd/all.yaml': manifests(own, limited, secret('b', config({ 'r.test': 'b:p' }), 'shop')),
    });
    expect(stderr).toBe(
      'docker-keyring: warning: the API server refuses the pod: imagePullSecrets[0].name="b" is not allowed because service account default does not reference that imagePullSecret\n',
    );
  });

  test('of a service account alone are those that a pod would get from it', async () => {
    const { users } = await usersOf('--service-account sa.yaml --secret s.yaml', {
      '/cwd/s.yaml': secrets,
      '/cwd/sa.yaml': manifests(account('web', ['b', 'c'], 'shop')),
    });
    expect(users).toBe('b');
  });

  test("do not come from another pod's service account", async () => {
    const { users, stderr } = await usersOf(
      '--pod p.yaml --service-account sa.yaml --secret s.yaml',
      {
        '/cwd/s.yaml': secrets,
        '/cwd/p.yaml': manifests(pod({ serviceAccountName: 'web' }, 'shop')),
        '/cwd/sa.yaml': manifests(account('other', ['b'], 'shop')),
      },
    );
    expect(users).toBe('');
    expect(stderr).toContain('the service account "shop/other" does not count\n'.slice(0, 20));
  });

  test('of a pod without a namespace are those of --namespace', async () => {
    const files = {
      '/cwd/s.yaml': secrets,
      '/cwd/p.yaml': manifests(pod({ imagePullSecrets: [{ name: 'a' }] })),
      '/cwd/q.yaml': manifests(pod({}, 'other')),
    };
    expect((await usersOf('--pod p.yaml --secret s.yaml -n shop', files)).users).toBe('a');
    const moved = await usersOf('--pod q.yaml --secret s.yaml -n shop', files);
    expect(moved.exitCode).toBe(2);
    expect(moved.stderr).toBe(
      'docker-keyring: --namespace is shop, but the object is in the namespace other\n',
    );
  });

  test.each([
    ['--pod s.yaml', 's.yaml contains no Pod'],
    ['--pod two.yaml', 'two.yaml contains more than one Pod'],
    ['--service-account s.yaml', 's.yaml contains no ServiceAccount'],
    ['--secret nowhere.yaml', 'there is no file nowhere.yaml'],
    ['--docker-config nowhere.json', 'there is no file or directory nowhere.json'],
  ])('%s is wrong use where the file does not hold that', async (options, message) => {
    const { exitCode, stderr } = await usersOf(options, {
      '/cwd/s.yaml': secrets,
      '/cwd/two.yaml': manifests(pod({}), pod({})),
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `docker-keyring: ${message}\n` });
  });

  test('refuse more than fits', async () => {
    const { exitCode, stderr } = await usersOf('--secret -', {}, ' '.repeat(10 * 1024 * 1024 + 2));
    expect(exitCode).toBe(2);
    expect(stderr).toBe('docker-keyring: standard input is larger than 10485760 bytes\n');
  });
});

describe('explain', () => {
  const files = {
    '/cwd/s.yaml': secrets,
    '/cwd/p.yaml': manifests(
      pod(
        { serviceAccountName: 'web', imagePullSecrets: [{ name: 'b' }, { name: 'gone' }] },
        'shop',
      ),
    ),
    '/cwd/none.yaml': manifests(pod({}, 'shop'), account('default', [])),
    '/cwd/sa.yaml': manifests(account('web', ['b'], 'shop')),
  };

  test.each([
    ['--pod p.yaml', 'of pod shop/web, from its own list'],
    ['--pod none.yaml', 'of pod shop/web, which has no list: none'],
    ['--service-account sa.yaml', 'of service account shop/web'],
    ['-n shop', 'of namespace shop'],
  ])('with %s says that the secrets are those %s', async (options, phrase) => {
    const line = `explain ghcr.io/x --no-docker-config --secret s.yaml ${options}`;
    expect((await run(line, { files })).stdout).toContain(`layer 1: pull secrets ${phrase}\n`);
  });

  test('shows a secret that is named and not there', async () => {
    const line = 'explain ghcr.io/x --no-docker-config --secret s.yaml --pod p.yaml';
    expect((await run(line, { files })).stdout).toContain(
      '  ! secret shop/gone: the pod names it, but no file contains it; a kubelet continues without it\n',
    );
  });
});

describe('Images', () => {
  const spec = {
    initContainers: [{ image: 'init.test/x' }],
    containers: [{ image: 'main.test/x' }, { image: 'init.test/x' }, { image: '' }, null],
    ephemeralContainers: 'none',
    volumes: [{ image: { reference: 'volume.test/x' } }, { emptyDir: {} }],
  };

  test("are the pod's where none is given", async () => {
    const { stdout } = await run('lookup --no-docker-config --pod p.yaml -o json', {
      files: { '/cwd/p.yaml': manifests(pod(spec)) },
    });
    expect(JSON.parse(stdout)).toMatchObject([
      { image: 'volume.test/x' },
      { image: 'init.test/x' },
      { image: 'main.test/x' },
    ]);
  });

  test('must come from somewhere', async () => {
    const result = await run('lookup');
    expect(result).toMatchObject({
      exitCode: 2,
      stderr: 'docker-keyring: no image: name an IMAGE, or a pod with --pod\n',
    });
  });
});

describe('A file that cannot be read', () => {
  test.each([
    [Object.assign(new Error('EACCES: canary'), { code: 'EACCES' }), 'no permission (EACCES)'],
    [Object.assign(new Error('EIO: canary'), { code: 'EIO' }), 'EIO'],
    [new Error('it is not a regular file'), 'it is not a regular file'],
    ['canary', 'unknown reason'],
  ])('is told with the reason of %s', async (failure, reason) => {
    const result = await run('lookup x --secret s.yaml', { failReads: failure });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toBe(`docker-keyring: cannot read s.yaml: ${reason}\n`);
  });
});
