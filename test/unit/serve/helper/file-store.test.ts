import { afterAll, describe, expect, test } from '@jest/globals';
import { lstatSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileStore } from '../../../../src/serve/helper/file-store.ts';
import { nodeSystem } from '../../../../src/system/node-system.ts';
import type { TimerOptions } from '../../../../src/system/system.ts';
import { fakeSystem, type FakeSystem } from '../../fakes/fake-system.ts';
import { auth } from '../../fakes/keyring-inputs.ts';

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
    expect(system.touches.filter((touch) => touch.startsWith('fill'))).toEqual([]);
    await store.erase('r.test');
    expect(JSON.parse(system.textOf(PATH) as string)).toEqual({
      auths: { 's.test': {} },
      other: 1,
    });
    expect(system.snapshot()).not.toContain(`${PATH}.lock`);
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
    expect(system.snapshot()).not.toContain(`${PATH}.lock`);
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

/** Whoever waits has waited. */
function impatient(system: FakeSystem): FakeSystem {
  return Object.assign(system, {
    setTimer: (delayMs: number, callback: () => void, options?: TimerOptions) => {
      if (options?.keepAlive === true) {
        system.advance(delayMs);
        callback();
      }
      return () => {};
    },
  });
}

describe('the lock', () => {
  const LOCK = `${PATH}.lock`;
  const credential = { server: 'r.test', username: 'ada', secret: 'canary' };

  test('of one who has died is taken over', async () => {
    const system = impatient(fakeSystem());
    system.put(`${LOCK}/killed`, '');
    await createFileStore(PATH, system).store(credential);
    expect(system.textOf(PATH)).toContain('r.test');
    expect(system.snapshot()).not.toContain(LOCK);
  });

  test('that was lost before the file was written lets the work begin again', async () => {
    const system = impatient(fakeSystem());
    const plain = { ...system };
    let fills = 0;
    const losing = Object.assign(system, {
      async fillFile(path: string, text: string) {
        fills += 1;
        // Another has taken it for dead, and stored its own.
        if (fills === 1) {
          system.remove(path);
          system.put(PATH, '{"auths":{"s.test":{"auth":"Ym9iOg=="}}}');
        }
        return plain.fillFile(path, text);
      },
    });
    await createFileStore(PATH, losing).store(credential);
    const list = await createFileStore(PATH, system).list();
    expect([...list.keys()]).toEqual(['s.test', 'r.test']);
    expect(fills).toBe(2);
  });

  test('that others hold for two minutes is told of, with what to do', async () => {
    const system = impatient(fakeSystem());
    Object.assign(system, { isRunning: async () => true });
    const plain = { ...system };
    Object.assign(system, {
      stat: async (path: string) => {
        const stamp = await plain.stat(path);
        return stamp && { ...stamp, mtimeMs: system.now() };
      },
    });
    system.put(`${LOCK}/other`, '');
    await expect(createFileStore(PATH, system).store(credential)).rejects.toThrow(
      `other processes have held ${LOCK} for 120 seconds; if no docker login is running, remove it`,
    );
  });

  test('lies beside the file that a link leads to, and the link stays', async () => {
    const store = join(directory, 'linked/store.json');
    const link = join(directory, 'link.json');
    await createFileStore(store, nodeSystem).store(credential);
    symlinkSync(store, link);
    await createFileStore(link, nodeSystem).store({ ...credential, server: 's.test' });
    const list = await createFileStore(store, nodeSystem).list();
    expect([...list.keys()]).toEqual(['r.test', 's.test']);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  test('of a killed login leaves nothing for long', async () => {
    const unique = '00000000-0000-0000-0000-000000000000';
    const system = fakeSystem({
      files: { [`${LOCK}.${unique}.tmp/holder`]: '', [`/data/other.${unique}.tmp`]: '' },
    });
    await system.makeDirectory(`${LOCK}.${unique}.tmp`);
    system.advance(60_001);
    await createFileStore(PATH, system).store(credential);
    expect((await system.readDirectory('/data')).map(({ name }) => name).toSorted()).toEqual([
      `other.${unique}.tmp`,
      'store.json',
    ]);
  });

  test('does not make a login fail that was stored, whatever is beside it', async () => {
    const system = fakeSystem();
    const plain = { ...system };
    Object.assign(system, {
      readDirectory: (path: string) =>
        path === '/data' ? Promise.reject(new Error('EACCES')) : plain.readDirectory(path),
    });
    await createFileStore(PATH, system).store(credential);
    expect(system.textOf(PATH)).toContain('r.test');
  });
});

describe('the directory of a file store', () => {
  const STORE = '/home/user/.local/share/docker-keyring/store.json';

  test('is made below a home directory, and never that one itself', async () => {
    const credential = { server: 'r.test', username: 'ada', secret: 'canary' };
    await createFileStore(STORE, fakeSystem()).store(credential);
    const unset = fakeSystem();
    unset.setVariable('HOME', undefined);
    await createFileStore(STORE, unset).store(credential);
    const homeless = fakeSystem({ env: { HOME: '/nonexistent/' } });
    const path = '/nonexistent/.local/share/store.json';
    await expect(createFileStore(path, homeless).store(credential)).rejects.toThrow(
      'the home directory /nonexistent does not exist',
    );
    expect(homeless.touches.filter((touch) => touch.startsWith('make'))).toEqual([]);
  });
});
