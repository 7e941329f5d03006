import { afterEach, describe, expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createKeyring, type KeyringOptions } from '../../../src/index.ts';
import type { FakeWorld } from '../fakes/fake-system.ts';
import { HUB, PATH, storesRun, worldOf, type Stores } from '../fakes/helper-world.ts';
import { inOrder } from '../fakes/in-order.ts';
import { auth } from '../fakes/keyring-inputs.ts';

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

  test('are kept, and waited for, as long as the options say', async () => {
    const helpers = { cacheDurationMs: 1000, timeoutMs: 77 };
    const { users, system } = worldOf(documents, {}, { dockerConfig: { files: [PATH], helpers } });
    await users('r.test/a');
    system.advance(400);
    await users('r.test/b');
    expect(system.runs).toHaveLength(1);
    system.advance(700);
    await users('r.test/c');
    expect(system.runs).toHaveLength(2);
    expect(system.runs[0]).toMatchObject({ timeoutMs: 77 });

    const none = { files: [PATH], helpers: { cacheDurationMs: 0 } };
    const uncached = worldOf(documents, {}, { dockerConfig: none });
    await inOrder(['r.test/a', 'r.test/a'], uncached.users);
    expect(uncached.system.runs).toHaveLength(2);
    expect(uncached.system.runs[0]).toMatchObject({ timeoutMs: 10_000 });
  });

  test.each<[unknown, RegExp]>([
    [{ timeoutMs: 0 }, /dockerConfig must have true or false as helpers, or \{ cacheDurationMs/],
    [{ cacheDurationMs: '1' }, /dockerConfig must have true or false as helpers/],
    [{ cacheDurationMs: 2 ** 31 }, /dockerConfig must have true or false as helpers/],
    [{ timeout: 1 }, /dockerConfig has no member "timeout" in helpers/],
    ['yes', /dockerConfig must have true or false as helpers/],
  ])('cannot be wanted in a wrong way: %p', (helpers, message) => {
    const dockerConfig = { helpers } as KeyringOptions['dockerConfig'];
    expect(() => createKeyring({ dockerConfig })).toThrow(TypeError);
    expect(() => createKeyring({ dockerConfig })).toThrow(message);
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
      onProblem: (error) => void told.push(error),
    });
    await expect(users('r.test/x')).resolves.toEqual(['helper', 'file']);
    await expect(users('r.test/y')).resolves.toEqual(['helper', 'file']);
    expect(told).toMatchObject([{ code: 'ERR_KEYRING_PROVIDER_FAILED', message }]);
    expect(events).toMatchObject([
      { kind: 'provider-asked' },
      { kind: 'provider-asked' },
      { kind: 'provider-failed', message },
    ]);

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

  test('is stopped when nobody waits for it any longer', async () => {
    const hanging = worldOf(documents, () => new Promise(() => {}));
    const controller = new AbortController();
    const looking = hanging.keyring.lookup('r.test/x', { signal: controller.signal });
    const other = hanging.keyring.lookup('x.test/x');
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('no longer'));
    await expect(looking).rejects.toThrow('no longer');
    await hanging.keyring.close();
    await expect(other).rejects.toThrow('closed');
    expect(hanging.system.runs).toHaveLength(3);
    expect(hanging.system.runs.map(({ signal }) => signal?.aborted)).toEqual([true, true, true]);
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
