import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileStore } from '../../../src/serve/file-store.ts';
import { withFileLock } from '../../../src/serve/file-store-lock.ts';
import { nodeSystem } from '../../../src/system/node-system.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { auth } from '../fakes/keyring-inputs.ts';

const directory = mkdtempSync(join(tmpdir(), 'helper-store-'));
afterAll(() => rmSync(directory, { recursive: true }));

const PATH = '/data/store.json';

describe('a file store', () => {
  test('is a config.json', async () => {
    const system = fakeSystem();
    const store = createFileStore(PATH, system);
    await store.store({ server: 'r.test', username: 'ada', secret: 'canary' });
    await store.store({ server: 't.test', username: '<token>', secret: 'canary' });
    await store.store({ server: '__proto__', username: 'a:b', secret: 'canary' });
    await store.store({ server: 'r.test', username: 'bob', secret: '' });
    expect(JSON.parse(system.textOf(PATH) as string)).toEqual({
      auths: JSON.parse(
        `{"t.test":{"identitytoken":"canary"},"__proto__":{"username":"a:b","password":"canary"},"r.test":{"auth":"${auth('bob', '')}"}}`,
      ) as object,
    });
    await expect(store.get('r.test')).resolves.toEqual({
      server: 'r.test',
      username: 'bob',
      secret: '',
    });
    await expect(store.get('t.test')).resolves.toMatchObject({ username: '<token>' });
    await expect(store.get('__proto__')).resolves.toMatchObject({ username: 'a:b' });
    await expect(store.get('toString')).resolves.toBeUndefined();
    expect([...(await store.list())]).toEqual([
      ['t.test', '<token>'],
      ['__proto__', 'a:b'],
      ['r.test', 'bob'],
    ]);
  });

  test('erases, and writes nothing where there is nothing to erase', async () => {
    const files = { [PATH]: JSON.stringify({ auths: { 'r.test': {}, 's.test': {} }, other: 1 }) };
    const system = fakeSystem({ files });
    const store = createFileStore(PATH, system);
    await store.erase('unknown.test');
    expect(system.touches).not.toContain(`write ${PATH}`);
    await store.erase('r.test');
    expect(JSON.parse(system.textOf(PATH) as string)).toEqual({
      auths: { 's.test': {} },
      other: 1,
    });
    expect(system.textOf(`${PATH}.lock`)).toBeUndefined();
  });

  test('is empty where there is no file', async () => {
    const store = createFileStore(PATH, fakeSystem());
    await expect(store.get('r.test')).resolves.toBeUndefined();
    await expect(store.list()).resolves.toEqual(new Map());
  });

  test.each([
    ['{"auths":{"r.test":{"auth":"canary"}}}', ':1:11: entry "r.test": '],
    ['{"auths":', ':1:10: the JSON ends too early'],
  ])('never writes over what it cannot read: %s', async (document, message) => {
    const system = fakeSystem({ files: { [PATH]: document } });
    const store = createFileStore(PATH, system);
    const storing = store.store({ server: 'r.test', username: 'ada', secret: 'canary' });
    await expect(storing).rejects.toThrow(`${PATH}${message}`);
    expect(system.textOf(PATH)).toBe(document);
    expect(system.textOf(`${PATH}.lock`)).toBeUndefined();
  });

  test('of twenty writers at once loses nothing, and is for its owner only', async () => {
    const path = join(directory, 'deep/store.json');
    const servers = Array.from({ length: 20 }, (_, index) => `r${index}.test`);
    await Promise.all(
      servers.map((server) =>
        createFileStore(path, nodeSystem).store({ server, username: 'ada', secret: 'canary' }),
      ),
    );
    const list = await createFileStore(path, nodeSystem).list();
    expect([...list.keys()].toSorted()).toEqual(servers.toSorted());
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, 'deep'))).toEqual(['store.json']);
  });
});

describe('the lock', () => {
  test('of one who has died is taken over', async () => {
    const path = join(directory, 'stale.lock');
    writeFileSync(path, '');
    utimesSync(path, 0, 0);
    let done = 0;
    const work = async (): Promise<void> => void (done += 1);
    await Promise.all([withFileLock(nodeSystem, path, work), withFileLock(nodeSystem, path, work)]);
    expect(done).toBe(2);
  });

  test('is put back where another process was faster', async () => {
    const system = fakeSystem();
    system.put('/l', '', { mtimeMs: 0 });
    let moved = 0;
    const racing = {
      ...system,
      setTimer: (_delayMs: number, callback: () => void) => {
        system.remove('/l');
        callback();
        return () => {};
      },
      async moveFile(from: string, to: string) {
        moved += 1;
        // Between the look and the move somebody else removed it, and made a new one.
        system.put('/l', 'new');
        return system.moveFile(from, to);
      },
      async createFileExclusive(path: string, text: string) {
        created.push([path, system.textOf(path) === undefined]);
        return system.createFileExclusive(path, text);
      },
    };
    const created: unknown[] = [];
    await withFileLock(racing, '/l', async () => {});
    expect(moved).toBe(1);
    expect(created).toEqual([
      ['/l', false],
      ['/l', true],
      ['/l', true],
    ]);
  });

  test('that another process has taken away meanwhile is tried again', async () => {
    const system = fakeSystem();
    system.put('/l', '', { mtimeMs: 0 });
    let looks = 0;
    const racing = {
      ...system,
      setTimer: (_delayMs: number, callback: () => void) => {
        callback();
        return () => {};
      },
      async moveFile() {
        looks += 1;
        system.remove('/l');
        return false;
      },
    };
    await withFileLock(racing, '/l', async () => {});
    expect(looks).toBe(1);
  });

  test('that is held for too long is told of', async () => {
    const system = fakeSystem();
    const now = system.now();
    system.put('/l', '', { mtimeMs: now });
    const waiting = {
      ...system,
      setTimer: (_delayMs: number, callback: () => void) => {
        callback();
        return () => {};
      },
    };
    await expect(withFileLock(waiting, '/l', async () => {})).rejects.toThrow(
      '/l is held for too long: if no login is under way, remove it',
    );
  });
});
