import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeSystem } from '../../../src/system/node-system.ts';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'docker-keyring-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function place(name: string, content?: string): string {
  const path = join(directory, name);
  if (content !== undefined) writeFileSync(path, content);
  return path;
}

describe('reading', () => {
  test('gives the bytes of a file and the stamp that a look gives', async () => {
    const path = place('config.json', '{"auths":{}}');
    const content = await nodeSystem.readFile(path, { maxBytes: 100 });
    expect(Buffer.from(content?.bytes ?? []).toString()).toBe('{"auths":{}}');
    expect(content?.stamp).toEqual(await nodeSystem.stat(path));
    const { size, mtimeMs, ino: inode, mode, uid: owner } = statSync(path);
    expect(content?.stamp).toEqual({ size, mtimeMs, inode, mode: mode & 0o7777, owner });
  });

  test.each([
    ['there is no such file', 'missing'],
    ['there is no such directory', 'missing/config.json'],
    ['a part of the path is a file', 'file/config.json'],
  ])('gives nothing where %s', async (_name, path) => {
    place('file', 'x');
    expect(await nodeSystem.stat(join(directory, path))).toBeUndefined();
    const read = nodeSystem.readFile(join(directory, path), { maxBytes: 100 });
    expect(await read).toBeUndefined();
  });

  test('takes as many bytes as are allowed, and refuses one more', async () => {
    const path = place('config.json', '12345');
    await expect(nodeSystem.readFile(path, { maxBytes: 5 })).resolves.toBeDefined();
    await expect(nodeSystem.readFile(path, { maxBytes: 4 })).rejects.toThrow(
      'it is larger than 4 bytes',
    );
  });

  test('refuses a file that turns out larger than it said', async () => {
    // Files of /proc say that they are empty; other systems have none such.
    const path = process.platform === 'linux' ? '/proc/self/maps' : place('config.json', '12345');
    await expect(nodeSystem.readFile(path, { maxBytes: 4 })).rejects.toThrow(
      'it is larger than 4 bytes',
    );
  });

  test('refuses a directory', async () => {
    await expect(nodeSystem.readFile(directory, { maxBytes: 100 })).rejects.toThrow(
      'it is not a regular file',
    );
  });

  test('refuses a pipe, without waiting for its other end', async () => {
    const path = place('pipe');
    execFileSync('mkfifo', [path]);
    await expect(nodeSystem.readFile(path, { maxBytes: 100 })).rejects.toThrow(
      'it is not a regular file',
    );
  });

  test('refuses a link that leads to itself', async () => {
    const path = place('link');
    symlinkSync(path, path);
    await expect(nodeSystem.stat(path)).rejects.toMatchObject({ code: 'ELOOP' });
    await expect(nodeSystem.readFile(path, { maxBytes: 100 })).rejects.toMatchObject({
      code: 'ELOOP',
    });
  });

  test('refuses a file that this user may not read', async () => {
    const path = place('config.json', '{}');
    chmodSync(directory, 0o755);
    chmodSync(path, 0o000);
    await asOrdinaryUser(async () => {
      await expect(nodeSystem.readFile(path, { maxBytes: 100 })).rejects.toMatchObject({
        code: 'EACCES',
      });
    });
  });

  test('ends when the caller gives up', async () => {
    const path = place('config.json', '{}');
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(nodeSystem.stat(path, signal)).rejects.toBe(reason);
    await expect(nodeSystem.readFile(path, { maxBytes: 9, signal })).rejects.toBe(reason);
    await expect(nodeSystem.writeFileAtomic(path, 'x', signal)).rejects.toBe(reason);
    expect(readFileSync(path, 'utf8')).toBe('{}');
  });
});

describe('writing', () => {
  test('makes a file that only its owner can read, and nothing else', async () => {
    const path = place('config.json');
    await nodeSystem.writeFileAtomic(path, 'text');
    expect(readFileSync(path, 'utf8')).toBe('text');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['config.json']);
  });

  test('replaces a file whole, whatever its mode was', async () => {
    const path = place('config.json', 'a longer text than the next');
    const { ino } = statSync(path);
    chmodSync(path, 0o644);
    await nodeSystem.writeFileAtomic(path, 'text');
    expect(readFileSync(path, 'utf8')).toBe('text');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(path).ino).not.toBe(ino);
  });

  test('keeps a link, and replaces what it leads to', async () => {
    const target = place('target.json', 'old');
    const link = place('config.json');
    symlinkSync('target.json', link);
    await nodeSystem.writeFileAtomic(link, 'new');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(readdirSync(directory).toSorted()).toEqual(['config.json', 'target.json']);
  });

  test('that fails leaves the old state and no other file', async () => {
    mkdirSync(place('config.json'));
    await expect(nodeSystem.writeFileAtomic(place('config.json'), 'x')).rejects.toMatchObject({
      syscall: 'rename',
    });
    expect(readdirSync(directory)).toEqual(['config.json']);
    await expect(nodeSystem.writeFileAtomic(place('no/such'), 'x')).rejects.toMatchObject({
      code: 'ENOENT',
    });
    await expect(nodeSystem.writeFileAtomic(place('a\0b'), 'x')).rejects.toThrow('null bytes');
    expect(readdirSync(directory)).toEqual(['config.json']);
  });
});

describe('making a file where nothing stands', () => {
  test('succeeds for one of many, whole, for its owner only, and leaves nothing else', async () => {
    const path = place('lease');
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) => nodeSystem.createFileExclusive(path, `by ${index}`)),
    );
    expect(made.filter((isMade) => isMade)).toHaveLength(1);
    expect(readFileSync(path, 'utf8')).toBe(`by ${made.indexOf(true)}`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['lease']);
  });

  test('does not where a link leads nowhere, and fails where there is no directory', async () => {
    symlinkSync('nowhere', place('link'));
    expect(await nodeSystem.createFileExclusive(place('link'), 'x')).toBe(false);
    expect(readdirSync(directory)).toEqual(['link']);
    await expect(nodeSystem.createFileExclusive(place('no/such'), 'x')).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});

describe('directories, renaming and removing', () => {
  test('a directory is made with those above it, for its owner only, and one that is there stays', async () => {
    await nodeSystem.makeDirectory(place('a/b'));
    expect(statSync(place('a')).mode & 0o777).toBe(0o700);
    expect(statSync(place('a/b')).mode & 0o777).toBe(0o700);
    chmodSync(place('a/b'), 0o750);
    await nodeSystem.makeDirectory(place('a/b'));
    expect(statSync(place('a/b')).mode & 0o777).toBe(0o750);
  });

  test('a directory says what it holds, and which of that are directories', async () => {
    place('file', '');
    mkdirSync(place('directory'));
    symlinkSync('directory', place('link'));
    const entries = await nodeSystem.readDirectory(directory);
    expect(entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: 'directory', isDirectory: true },
      { name: 'file', isDirectory: false },
      { name: 'link', isDirectory: false },
    ]);
    await expect(nodeSystem.readDirectory(place('missing'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  test('a file replaces another, and none is removed twice', async () => {
    place('old', 'old');
    place('new', 'new');
    expect(await nodeSystem.moveFile(place('new'), place('old'))).toBe(true);
    expect(await nodeSystem.moveFile(place('new'), place('old'))).toBe(false);
    expect(readFileSync(place('old'), 'utf8')).toBe('new');
    await nodeSystem.removeFile(place('old'));
    await nodeSystem.removeFile(place('old'));
    expect(readdirSync(directory)).toEqual([]);
  });

  test('a link is refused where it is not to be followed', async () => {
    place('target', 'text');
    symlinkSync('target', place('link'));
    const plain = { maxBytes: 100, followLinks: false };
    await expect(nodeSystem.readFile(place('link'), plain)).rejects.toMatchObject({
      code: 'ELOOP',
    });
    const content = await nodeSystem.readFile(place('target'), plain);
    expect(Buffer.from(content?.bytes ?? []).toString()).toBe('text');
  });
});

describe('the clock and the process', () => {
  test('a timer calls back, and a cancelled one does not', async () => {
    const calls: string[] = [];
    nodeSystem.setTimer(1, () => calls.push('cancelled'))();
    await new Promise<void>((resolve) => {
      nodeSystem.setTimer(5, resolve, { keepAlive: true });
    });
    expect(calls).toEqual([]);
  });

  test('a timer keeps the process alive only when it is told to', () => {
    const before = liveTimers();
    const cancelBackground = nodeSystem.setTimer(1e6, () => {});
    expect(liveTimers()).toBe(before);
    const cancelForeground = nodeSystem.setTimer(1e6, () => {}, { keepAlive: true });
    expect(liveTimers()).toBe(before + 1);
    cancelForeground();
    cancelBackground();
  });

  test('the rest is what Node says', () => {
    const [before, now, after] = [Date.now(), nodeSystem.now(), Date.now()];
    expect(before <= now && now <= after).toBe(true);
    expect(nodeSystem.monotonicMs()).toBeLessThanOrEqual(nodeSystem.monotonicMs());
    expect(nodeSystem.env('PATH')).toBe(process.env['PATH']);
    expect(nodeSystem.env('DOCKER_KEYRING_NO_SUCH_VARIABLE')).toBeUndefined();
    expect(nodeSystem.platform).toBe(process.platform);
    expect(nodeSystem.homeDirectory()).toBe(homedir());
    expect(nodeSystem.workingDirectory()).toBe(process.cwd());
    expect(nodeSystem.userId()).toBe(process.getuid?.());
    const values = Array.from({ length: 50 }, () => nodeSystem.random());
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(new Set(values).size).toBeGreaterThan(1);
  });
});

function liveTimers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}

/** Root may read everything, so that for root's tests another user must ask. */
async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
  const NOBODY = 65_534;
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
