import { afterEach, describe, expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createKeyring, type DockerKeyring, type KeyringOptions } from '../../../src/index.ts';
import { fakeSystem, type FakeSystem, type FakeWorld } from '../fakes/fake-system.ts';
import { inOrder } from '../fakes/in-order.ts';
import { auth, providerOf, userNames } from '../fakes/keyring-inputs.ts';

const HUB = 'https://index.docker.io/v1/';
const PATH = '/c.json';
const NOT_FOUND = { stdout: 'credentials not found in native keychain\n', exitCode: 1 };

/** What helpers hold: user names by `HELPER SERVER`. */
type Stores = Readonly<Record<string, string>>;

interface World {
  readonly system: FakeSystem;
  readonly keyring: DockerKeyring;
  /** Every question to a helper: `HELPER SERVER`. */
  asked(): string[];
  users(image: string): Promise<string[]>;
}

function storesRun(stores: Stores): NonNullable<FakeWorld['run']> {
  return ({ command, stdin }) => {
    const user = stores[`${command.replace('docker-credential-', '')} ${stdin}`];
    if (user === undefined) return NOT_FOUND;
    return { stdout: JSON.stringify({ ServerURL: stdin, Username: user, Secret: 'canary' }) };
  };
}

type Documents = Readonly<Record<string, object>>;

function worldOf(
  documents: Documents,
  run: Stores | FakeWorld['run'],
  options: KeyringOptions = {},
): World {
  const files = Object.fromEntries(
    Object.entries(documents).map(([path, document]) => [path, JSON.stringify(document)]),
  );
  const system = fakeSystem({ files, run: typeof run === 'object' ? storesRun(run) : run });
  const keyring = createKeyring({
    system,
    dockerConfig: { files: Object.keys(documents) },
    providers: [],
    ...options,
  });
  return {
    system,
    keyring,
    asked: () =>
      system.runs.map(
        ({ command, stdin }) => `${command.replace('docker-credential-', '')} ${stdin}`,
      ),
    users: async (image) => userNames(await keyring.lookup(image)),
  };
}

describe('Which helper is asked', () => {
  test('is, for everything, the one of credsStore', async () => {
    const stores = {
      'desktop r.test': 'one',
      'desktop r.test:5000': 'two',
      [`desktop ${HUB}`]: 'hub',
    };
    const { users, asked } = worldOf({ [PATH]: { credsStore: 'desktop' } }, stores);
    await expect(
      inOrder(['r.test/a', 'r.test:5000/a', 'nginx', 'x.test/a'], users),
    ).resolves.toEqual([['one'], ['two'], ['hub'], []]);
    expect(asked()).toEqual([
      'desktop r.test',
      'desktop r.test:5000',
      `desktop ${HUB}`,
      'desktop x.test',
    ]);
  });

  test('is none where no file names one', async () => {
    const { users, asked } = worldOf({ [PATH]: { credsStore: '', credHelpers: {} } }, {});
    await users('r.test/a');
    expect(asked()).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, string>>, string, string[]]>([
    [
      'the exact host',
      { 'r.test': 'a', '*.test': 'b', 'r.test/team': 'c' },
      'r.test/team/x',
      ['a'],
    ],
    ['the exact host and port', { 'r.test:5000': 'a', 'r.test': 'b' }, 'r.test:5000/x', ['a']],
    ['Docker Hub’s URL', { [HUB]: 'a', 'docker.io': 'b' }, 'nginx', ['a']],
    ['index.docker.io', { 'index.docker.io': 'a', 'docker.io': 'b' }, 'nginx', ['a']],
    ['docker.io', { 'docker.io': 'a', '*.io': 'b' }, 'nginx', ['a']],
    ['Docker Hub’s URL in another form', { 'https://index.docker.io': 'a' }, 'nginx', ['a']],
    ['wildcards', { '*.test': 'a', 'r.*': 'b', '*.example': 'c' }, 'r.test/x', ['b', 'a']],
    ['paths', { 'r.test/team': 'a', 'r.test/other': 'b' }, 'r.test/team/x', ['a']],
    ['URLs', { 'https://r.test/v2/': 'a' }, 'r.test/x', ['a']],
    ['none, and so the store', { 'x.test': 'a', 'r.test/other': 'b' }, 'r.test/x', ['store']],
    ['no store for an empty exact name', { 'r.test': '', '*.test': 'a' }, 'r.test/x', []],
    ['no store for an empty name of a wildcard', { '*.test': '' }, 'r.test/x', []],
    ['the others beside an empty name', { '*.test': '', 'r.*': 'a' }, 'r.test/x', ['a']],
    ['not Docker Hub’s for a host without a dot', { [HUB]: 'a' }, 'localhost/x', ['store']],
  ])('of credHelpers: %s', async (_what, credHelpers, image, helpers) => {
    const run: FakeWorld['run'] = ({ command }) => ({
      stdout: JSON.stringify({ Username: command.replace('docker-credential-', ''), Secret: 's' }),
    });
    const { users, system } = worldOf({ [PATH]: { credsStore: 'store', credHelpers } }, run);
    await expect(users(image)).resolves.toEqual(helpers);
    expect(system.runs).toHaveLength(helpers.length);
  });

  test('of a path depends on how paths match', async () => {
    const documents = { [PATH]: { credHelpers: { 'r.test/team': 'a' } } };
    const stores = { 'a r.test': 'u' };
    const segment = worldOf(documents, stores, { pathMatching: 'segment' });
    await expect(inOrder(['r.test/teams', 'r.test/team/x'], segment.users)).resolves.toEqual([
      [],
      ['u'],
    ]);
    await expect(worldOf(documents, stores).users('r.test/teams')).resolves.toEqual(['u']);
  });

  test('is asked once for a file, whatever number of keys names it', async () => {
    const documents = { [PATH]: { credHelpers: { '*.test': 'a', 'r.*': 'a' } } };
    const { keyring, asked } = worldOf(documents, { 'a r.test': 'u' });
    const credentials = await keyring.lookup('r.test/x');
    expect(credentials.map(({ key }) => key)).toEqual(['r.*', '*.test']);
    expect(asked()).toEqual(['a r.test']);
  });

  test.each<KeyringOptions>([
    { semantics: 'kubelet' },
    { dockerConfig: { files: [PATH], helpers: false } },
    { dockerConfig: false },
  ])('is none with %p', async (options) => {
    const documents = { [PATH]: { credsStore: 'desktop', auths: { 'r.test': {} } } };
    const { keyring, asked } = worldOf(documents, { 'desktop r.test': 'u' }, options);
    const { warnings } = await keyring.explain('r.test/a');
    expect(asked()).toEqual([]);
    expect(warnings.map(({ code }) => code)).toEqual(
      options.dockerConfig === false ? [] : ['empty-credential', 'helpers-not-run'],
    );
  });
});

describe('What a helper gives', () => {
  test('is a credential with the helper and its file as source', async () => {
    const documents = { [PATH]: { credHelpers: { '*.test': 'vault' } } };
    const { keyring } = worldOf(documents, { 'vault r.test': 'u' });
    const [credential] = await keyring.lookup('r.test/a');
    expect(credential).toMatchObject({
      username: 'u',
      password: 'canary',
      key: '*.test',
      source: { kind: 'credential-helper', helper: 'vault', path: PATH },
    });
    expect(JSON.stringify(credential)).not.toContain('canary');
  });

  test('may be an identity token', async () => {
    const documents = { [PATH]: { credsStore: 'vault' } };
    const run: FakeWorld['run'] = () => ({ stdout: '{"Username":"<token>","Secret":"canary"}' });
    const [credential] = await worldOf(documents, run).keyring.lookup('r.test/a');
    expect(credential).toMatchObject({ username: '', password: '', identityToken: 'canary' });
  });

  test('is ordered by its key among the entries of all files, and before its own file’s', async () => {
    const documents = {
      '/a.json': { auths: { 'r.test': { auth: auth('first file') } } },
      '/b.json': {
        credsStore: 'desktop',
        auths: { 'r.test': { auth: auth('own') }, 'r.test/team': { auth: auth('path') } },
      },
      '/c.json': {
        auths: { 'r.test': { auth: auth('last file') }, '*.test': { auth: auth('*') } },
      },
    };
    const { users } = worldOf(documents, { 'desktop r.test': 'helper' });
    await expect(users('r.test/team/x')).resolves.toEqual([
      'path',
      'first file',
      'helper',
      'own',
      'last file',
      '*',
    ]);
  });

  test('comes after the pull secrets and before the providers', async () => {
    const { users } = worldOf(
      { [PATH]: { credsStore: 'desktop' } },
      { 'desktop r.test': 'helper' },
      { providers: [providerOf('p', { 'r.test': 'provider' })] },
    );
    await expect(users('r.test/x')).resolves.toEqual(['helper', 'provider']);
  });

  test('may come from several files', async () => {
    const documents = { '/a.json': { credsStore: 'one' }, '/b.json': { credsStore: 'two' } };
    const { users } = worldOf(documents, { 'one r.test': '1', 'two r.test': '2' });
    await expect(users('r.test/x')).resolves.toEqual(['1', '2']);
  });
});

describe('Docker’s empty entries', () => {
  const documents = {
    '/a.json': {
      credsStore: 'desktop',
      auths: { 'r.test': {}, '*.test': { email: 'a@b.test' }, [HUB]: {} },
    },
    '/b.json': { auths: { 'r.test': {} } },
  };

  test('stand for what the helper has', async () => {
    const { keyring } = worldOf(documents, { 'desktop r.test': 'u' });
    const credentials = await keyring.lookup('r.test/x');
    expect(credentials.map(({ key, username, source }) => [key, username, source.kind])).toEqual([
      ['r.test', 'u', 'credential-helper'],
      ['r.test', '', 'docker-config'],
    ]);
  });

  test('are nothing where the helper has nothing, or fails', async () => {
    const kinds = await inOrder([{}, undefined], async (run) => {
      const { keyring } = worldOf({ '/a.json': documents['/a.json'] }, run);
      return Promise.all(['r.test/x', 'nginx'].map((image) => keyring.lookup(image)));
    });
    expect(kinds).toEqual([
      [[], []],
      [[], []],
    ]);
  });

  test('count as before where credHelpers names the file store', async () => {
    const document = { ...documents['/a.json'], credHelpers: { 'r.test': '' } };
    const { users, asked } = worldOf({ [PATH]: document }, {});
    await expect(users('r.test/x')).resolves.toEqual(['', '']);
    expect(asked()).toEqual([]);
  });
});

describe('Docker Hub', () => {
  test('falls back to index.docker.io over files and helpers together', async () => {
    const fallback = { [PATH]: { credsStore: 'desktop', auths: { 'docker.io': {} } } };
    const stores = { [`desktop ${HUB}`]: 'hub' };
    await expect(worldOf(fallback, stores).users('nginx')).resolves.toEqual(['hub']);

    const direct = {
      [PATH]: { credsStore: 'desktop', auths: { 'docker.io': { auth: auth('d') } } },
    };
    await expect(worldOf(direct, stores).users('nginx')).resolves.toEqual(['d']);

    const staticHub = {
      '/a.json': { credHelpers: { 'docker.io': 'desktop' }, auths: { 'docker.io': {} } },
      '/b.json': { auths: { [HUB]: { auth: auth('static') } } },
    };
    await expect(worldOf(staticHub, {}).users('nginx')).resolves.toEqual(['static']);
    await expect(worldOf(staticHub, stores).users('nginx')).resolves.toEqual(['hub']);
  });

  test('is not what a path of another registry falls back to', async () => {
    const documents = {
      [PATH]: { credsStore: 'desktop', auths: { [HUB]: { auth: auth('hub') } } },
    };
    await expect(worldOf(documents, {}).users('r.test/x')).resolves.toEqual([]);
  });
});

describe('Answers', () => {
  const documents = { [PATH]: { credsStore: 'desktop' } };

  test('are shared by any number of concurrent lookups of one server', async () => {
    const { users, asked } = worldOf(documents, { 'desktop r.test': 'u' });
    const all = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => users(`r.test/app${index}`)),
    );
    expect(new Set(all.flat())).toEqual(new Set(['u']));
    expect(asked()).toEqual(['desktop r.test']);
  });

  test.each<[string, Stores]>([
    ['credentials', { 'desktop r.test': 'u' }],
    ['misses', {}],
  ])('that are %s are kept for half a minute', async (_what, stores) => {
    const { users, asked, system } = worldOf(documents, stores);
    await users('r.test/a');
    system.advance(10_000);
    await users('r.test/b');
    expect(asked()).toHaveLength(1);
    system.advance(21_000);
    await users('r.test/c');
    expect(asked()).toHaveLength(2);
  });

  test('are told in explain: asked now, asked before', async () => {
    const { keyring } = worldOf(documents, { 'desktop r.test': 'u' });
    const messages = await inOrder(['r.test/a', 'r.test/b', 'x.test/a'], async (image) => {
      const { sources } = await keyring.explain(image);
      return sources.map(({ source, status, message }) => [source.kind, status, message]);
    });
    const file =
      'it holds 0 entries, and none matches; it names docker-credential-desktop for the image';
    expect(messages).toEqual([
      [
        ['docker-config', 'no-match', file],
        ['credential-helper', 'used', 'asked now about r.test; it gave credentials'],
      ],
      [
        ['docker-config', 'no-match', file],
        ['credential-helper', 'used', 'asked before about r.test; it gave credentials'],
      ],
      [
        ['docker-config', 'no-match', file],
        ['credential-helper', 'no-match', 'asked now about x.test; it has no credentials'],
      ],
    ]);
  });

  test('that something hides are told as well', async () => {
    const document = { ...documents[PATH], auths: { 'docker.io': { auth: auth('d') } } };
    const { keyring } = worldOf({ [PATH]: document }, { [`desktop ${HUB}`]: 'hub' });
    const { sources } = await keyring.explain('nginx');
    expect(sources[1]).toMatchObject({
      source: { kind: 'credential-helper', helper: 'desktop', path: PATH },
      status: 'no-match',
      message: `asked now about ${HUB}; it gave credentials, and an entry that matches directly hides them`,
      entries: [{ key: 'index.docker.io', outcome: 'docker-hub-fallback-not-needed' }],
    });
  });
});

describe('A helper that fails', () => {
  const documents = {
    '/a.json': { credsStore: 'broken' },
    '/b.json': { credHelpers: { 'r.test': 'works' }, auths: { '*.test': { auth: auth('file') } } },
  };
  const works = storesRun({ 'works r.test': 'helper' });
  const run: FakeWorld['run'] = (request) =>
    request.command === 'docker-credential-broken'
      ? Promise.reject(Object.assign(new Error('spawn'), { code: 'ENOENT' }))
      : works(request);
  const message =
    'Provider "docker-credential-broken (/a.json)" failed for r.test/x: docker-credential-broken is not on the PATH: install it, or take it out of "credsStore" and "credHelpers" in /a.json';

  const events: unknown[] = [];
  const onEvent = (event: unknown): void => void events.push(event);
  afterEach(() => {
    unsubscribe('docker-keyring', onEvent);
  });

  test('costs its own entry only, and says so everywhere', async () => {
    subscribe('docker-keyring', onEvent);
    const told: unknown[] = [];
    const { keyring, users } = worldOf(documents, run, {
      onProviderError: (error) => void told.push(error),
    });
    await expect(users('r.test/x')).resolves.toEqual(['helper', 'file']);
    await expect(users('r.test/y')).resolves.toEqual(['helper', 'file']);
    expect(told).toMatchObject([{ code: 'ERR_KEYRING_PROVIDER_FAILED', message }]);
    expect(events).toMatchObject([{ kind: 'provider-failed', message }]);

    const { sources } = await keyring.explain('r.test/z');
    expect(sources.map(({ source, status, problems }) => [source, status, problems])).toEqual([
      [{ kind: 'docker-config', path: '/a.json' }, 'no-match', []],
      [{ kind: 'credential-helper', helper: 'broken', path: '/a.json' }, 'failed', [message]],
      [{ kind: 'docker-config', path: '/b.json' }, 'used', []],
      [{ kind: 'credential-helper', helper: 'works', path: '/b.json' }, 'used', []],
    ]);
  });

  test('rejects the lookup where the options say so, each time', async () => {
    const { users } = worldOf(documents, run, { onProviderError: 'throw' });
    await expect(users('r.test/x')).rejects.toThrow(message);
    await expect(users('r.test/x')).rejects.toThrow(message);
  });

  test('may be one that there cannot be', async () => {
    const impossible = {
      [PATH]: { credsStore: '/bin/evil', auths: { 'r.test': { auth: auth('u') } } },
    };
    const { keyring, asked } = worldOf(impossible, {});
    const { sources, credentials } = await keyring.explain('r.test/x');
    expect(credentials).toHaveLength(1);
    expect(sources[1]?.problems[0]).toContain('there can be no such helper');
    expect(asked()).toEqual([]);
  });

  test('is not run once the keyring is closed, nor for whoever stops', async () => {
    const hanging = worldOf(documents, () => new Promise(() => {}));
    const controller = new AbortController();
    const looking = hanging.keyring.lookup('r.test/x', { signal: controller.signal });
    const other = hanging.keyring.lookup('x.test/x');
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('no longer'));
    await expect(looking).rejects.toThrow('no longer');
    await hanging.keyring.close();
    await expect(other).rejects.toThrow('closed');
  });
});

test('A file that names helpers is looked at again like any other', async () => {
  const { users, system, asked } = worldOf(
    { [PATH]: { credsStore: 'one' } },
    { 'one r.test': '1', 'two r.test': '2' },
  );
  await expect(users('r.test/a')).resolves.toEqual(['1']);
  system.put(PATH, JSON.stringify({ credsStore: 'two' }));
  system.advance(1500);
  await expect(users('r.test/a')).resolves.toEqual(['2']);
  system.put(PATH, '{}');
  system.advance(1500);
  await expect(users('r.test/a')).resolves.toEqual([]);
  expect(asked()).toEqual(['one r.test', 'two r.test']);
});
