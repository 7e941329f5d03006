import { describe, expect, test } from '@jest/globals';
import { diagnoseDockerConfig } from '../../../src/doctor/diagnose-docker-config.ts';
import type { KeyringOptions } from '../../../src/index.ts';
import { fakeSystem, type FakeSystem, type FakeWorld } from '../fakes/fake-system.ts';

const GOOD = JSON.stringify({ auths: { 'a.test': { auth: 'YTpi' } } });
const EMPTY = { 'a.test': {}, 'b.test': { auth: 'YTpi' } };
const ONE: KeyringOptions = { dockerConfig: { files: ['/c.json'] } };

async function look(system: FakeSystem, options: KeyringOptions = ONE): Promise<readonly string[]> {
  const checks = await diagnoseDockerConfig(system, options);
  return checks.map(
    ({ subject, status, message, hint }) =>
      `${status} ${subject}: ${message}${hint === undefined ? '' : ` => ${hint}`}`,
  );
}

const NO_HELPERS = 'info programs: no file names one, and none that is known is on the PATH';
const withFile = (text: string, world: FakeWorld = {}): FakeSystem =>
  fakeSystem({ ...world, files: { ...world.files, '/c.json': text } });

describe('Files', () => {
  test('are told, those that are not there too', async () => {
    const system = fakeSystem({ files: { '/home/user/.docker/config.json': GOOD } });
    expect(await look(system, {})).toEqual([
      'info $DOCKER_AUTH_CONFIG: the variable is not set',
      'ok /home/user/.docker/config.json: 1 entry',
      'info /run/containers/1000/auth.json: there is no such file',
      'info /home/user/.config/containers/auth.json: there is no such file',
      'info /home/user/.dockercfg: there is no such file',
      NO_HELPERS,
    ]);
  });

  test('are not looked at where none is wanted', async () => {
    const system = fakeSystem();
    expect(await look(system, { dockerConfig: false })).toEqual([
      'info files: no Docker configuration is read',
    ]);
    expect(system.touches).toEqual([]);
  });

  test('of which one counts for the kubelet make the others idle', async () => {
    const system = withFile(GOOD, { files: { '/d.json': GOOD } });
    const options = {
      dockerConfig: { files: ['/c.json', '/d.json'] },
      semantics: 'kubelet',
    } as const;
    expect(await look(system, options)).toContain(
      'info /d.json: an earlier file is valid, and the kubelet reads only one',
    );
  });

  test('that are broken are a failure with the place', async () => {
    expect(await look(withFile('{\n  "auths": hunter2}'))).toEqual([
      expect.stringMatching(
        /^failure \/c\.json: \/c\.json:2:\d+: .* => correct the file: nothing of it counts$/,
      ),
      NO_HELPERS,
    ]);
  });

  test('with a broken entry are a warning with the place', async () => {
    const text = JSON.stringify({ auths: { 'a.test': { auth: '!' }, 'b.test': { auth: 'YTpi' } } });
    expect(await look(withFile(text))).toEqual([
      'ok /c.json: 1 entry',
      expect.stringMatching(
        /^warning \/c\.json: a\.test: "auth" is not base64 \(line 1, column 11\) => auth is the base64 /,
      ),
      NO_HELPERS,
    ]);
  });

  test('that lack the level "auths" are a warning', async () => {
    expect((await look(withFile('{"a.test":{"auth":"YTpi"}}')))[1]).toBe(
      'warning /c.json: the entries are not under "auths": the kubelet sees none of them => Write {"auths": {…}} around them.',
    );
  });

  test('with many findings are told of the first twenty', async () => {
    const entries = Array.from({ length: 30 }, (_, index) => [`R${index}.test`, { auth: 'YTpi' }]);
    const checks = await look(withFile(JSON.stringify({ auths: Object.fromEntries(entries) })));
    expect(checks).toHaveLength(23);
    expect(checks[21]).toBe('warning /c.json: 10 more findings');
  });

  test('with a finding that has no advice', async () => {
    const text = JSON.stringify({ auths: { 'a.test': { auth: 'OnA=' } } });
    expect((await look(withFile(text)))[1]).toBe('warning /c.json: a.test: the user name is empty');
  });

  test('with empty entries are a warning', async () => {
    expect((await look(withFile(JSON.stringify({ auths: EMPTY })))).slice(0, 2)).toEqual([
      'ok /c.json: 2 entries, 1 of them empty',
      'warning /c.json: a.test: the entry has neither user name nor password: the kubelet tries it like any other => Remove the entry.',
    ]);
  });

  test.each([{ credsStore: 'pass' }, { credHelpers: { 'x.test': 'pass' } }])(
    'with empty entries are fine beside %j',
    async (helpers) => {
      expect((await look(withFile(JSON.stringify({ auths: EMPTY, ...helpers }))))[0]).toBe(
        'ok /c.json: 2 entries, 1 of them empty, as Docker leaves them beside helpers',
      );
    },
  );
});

describe('Who may read a file', () => {
  test.each([
    [0o644, '0644'],
    [0o640, '0640'],
    [0o604, '0604'],
  ])('is a warning where the mode is %o', async (mode, shown) => {
    const system = fakeSystem();
    system.put('/c.json', GOOD, { mode });
    expect(await look(system)).toContain(
      `warning /c.json: others than its owner may read its passwords (mode ${shown}) => chmod 600 /c.json`,
    );
  });

  test.each([
    ['nobody else may', GOOD, 0o600, {}],
    ['there is nothing in it', '{"auths":{"a.test":{}},"credsStore":"x"}', 0o644, {}],
    ['this is Windows', GOOD, 0o644, { platform: 'win32' }],
  ] as const)('is fine where %s', async (_name, text, mode, world) => {
    const system = fakeSystem(world);
    system.put('/c.json', text, { mode });
    expect((await look(system)).join('\n')).not.toContain('may read');
  });

  test('is not told where the file is gone meanwhile', async () => {
    const system = withFile(GOOD);
    let looks = 0;
    const gone = {
      ...system,
      stat: async (path: string) => {
        looks += 1;
        if (looks > 1) throw new Error('EACCES');
        return system.stat(path);
      },
    };
    expect(await look(gone)).toEqual(['ok /c.json: 1 entry', NO_HELPERS]);
  });

  test('does not count for a variable', async () => {
    const system = fakeSystem({ env: { DOCKER_AUTH_CONFIG: GOOD } });
    expect((await look(system, {}))[0]).toBe('ok $DOCKER_AUTH_CONFIG: 1 entry');
  });
});

describe('Helpers', () => {
  const text = JSON.stringify({
    credsStore: 'pass',
    credHelpers: { 'a.test': 'gcr', 'b.test': 'pass', 'c.test': '' },
  });
  const PATH = '/none:/usr/bin:/bin:';

  test('are looked for on the PATH, and not run', async () => {
    const system = withFile(text, {
      env: { PATH },
      files: {
        '/bin/docker-credential-pass': '',
        '/usr/bin/docker-credential-pass': '',
        '/bin/docker-credential-desktop': '',
      },
    });
    system.put('/bin/docker-credential-ecr-login', '', { mode: 0o644 });
    system.breakFile('/bin/docker-credential-wincred', new Error('EACCES'));
    expect((await look(system)).slice(1)).toEqual([
      'ok docker-credential-pass: /usr/bin/docker-credential-pass, named by /c.json',
      'failure docker-credential-gcr: /c.json names it, and it is not on the PATH => install it, or take it out of "credsStore" and "credHelpers" in /c.json',
      'info docker-credential-desktop: /bin/docker-credential-desktop, and no file names it',
    ]);
    expect(system.runs).toEqual([]);
  });

  test('are programs with .exe on Windows', async () => {
    const system = withFile('{"credsStore":"pass"}', {
      platform: 'win32',
      env: { PATH: 'C:\\a;C:\\b' },
      files: { 'C:\\b\\docker-credential-pass.exe': '' },
    });
    expect(await look(system)).toContain(
      'ok docker-credential-pass: C:\\b\\docker-credential-pass.exe, named by /c.json',
    );
  });

  test('with a name that is a path are a failure', async () => {
    const [, check] = await look(withFile('{"credsStore":"../../tmp/x"}'));
    expect(check).toMatch(
      /^failure docker-credential-\.\.\/\.\.\/tmp\/x: \/c\.json names it, and no helper can have that name => /,
    );
  });

  test.each([
    { ...ONE, semantics: 'kubelet' },
    { dockerConfig: { files: ['/c.json'], helpers: false } },
  ] as const)('that are not run are a warning: %j', async (options) => {
    expect(await look(withFile('{"auths":{},"credsStore":"pass"}'), options)).toContain(
      'warning docker-credential-pass: /c.json names it, and it is not run: a kubelet runs none either => take it out of "credsStore" and "credHelpers" in /c.json, or use --semantics extended',
    );
  });
});
