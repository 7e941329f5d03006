import { describe, expect, test } from '@jest/globals';
import type { KeyringOptions } from '../../../src/index.ts';
import type { FakeWorld } from '../fakes/fake-system.ts';
import { HUB, PATH, worldOf } from '../fakes/helper-world.ts';
import { inOrder } from '../fakes/in-order.ts';
import { auth, providerOf } from '../fakes/keyring-inputs.ts';

const runByName: FakeWorld['run'] = ({ command }) => ({
  stdout: JSON.stringify({ Username: command.replace('docker-credential-', ''), Secret: 's' }),
});

const runToken: FakeWorld['run'] = () => ({ stdout: '{"Username":"<token>","Secret":"canary"}' });

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
    const { users, system } = worldOf({ [PATH]: { credsStore: 'store', credHelpers } }, runByName);
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
      serverAddress: 'r.test',
      source: { kind: 'credential-helper', helper: 'vault', path: PATH },
    });
    expect(JSON.stringify(credential)).not.toContain('canary');
  });

  test('names its server where its key does not', async () => {
    const documents = { [PATH]: { credsStore: 'vault' } };
    const stores = { 'vault r.test': 'u', [`vault ${HUB}`]: 'hub' };
    const { keyring } = worldOf(documents, stores);
    const found = await inOrder(['r.test/a', 'nginx'], (image) => keyring.lookup(image));
    expect(found.flat().map(({ key, serverAddress }) => [key, serverAddress])).toEqual([
      ['r.test', undefined],
      ['index.docker.io', undefined],
    ]);
  });

  test('may be an identity token', async () => {
    const documents = { [PATH]: { credsStore: 'vault' } };
    const [credential] = await worldOf(documents, runToken).keyring.lookup('r.test/a');
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

  test.each([{ username: 'foo@example.com' }, { auth: auth('u', '') }, { email: 'a@b' }])(
    'may hold %j',
    async (entry) => {
      const beside = { [PATH]: { credsStore: 'store', auths: { 'r.test': entry } } };
      await expect(worldOf(beside, { 'store r.test': 'foo' }).users('r.test/a')).resolves.toEqual([
        'foo',
      ]);
      await expect(worldOf(beside, {}).users('r.test/a')).resolves.toEqual([]);
    },
  );

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
