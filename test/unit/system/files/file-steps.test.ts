import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moveDirectory, unlessMissing } from '../../../../src/system/files/file-steps.ts';
import { nodeSystem } from '../../../../src/system/node-system.ts';

let directory = '';
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'file-steps-')));
});
afterEach(() => rmSync(directory, { recursive: true }));

const place = (name: string): string => join(directory, name);

function put(name: string, text = ''): string {
  writeFileSync(place(name), text);
  return place(name);
}

/** A directory with one file in it. */
function holding(name: string, file: string): string {
  mkdirSync(place(name));
  put(`${name}/${file}`);
  return place(name);
}

describe('A file', () => {
  test('is made for its owner only, under a name that nothing has', async () => {
    await nodeSystem.createFile(place('new'), 'text');
    expect(readFileSync(place('new'), 'utf8')).toBe('text');
    expect(statSync(place('new')).mode & 0o777).toBe(0o600);
    await nodeSystem.createFile(place('empty'), '');
    expect(readFileSync(place('empty'), 'utf8')).toBe('');
    const again = nodeSystem.createFile(place('new'), '');
    await expect(again).rejects.toMatchObject({ code: 'EEXIST' });
  });

  test('is filled where it is there, and never made', async () => {
    put('empty');
    expect(await nodeSystem.fillFile(place('empty'), 'text')).toBe(true);
    expect(readFileSync(place('empty'), 'utf8')).toBe('text');
    expect(await nodeSystem.fillFile(place('missing'), 'text')).toBe(false);
    expect(existsSync(place('missing'))).toBe(false);
    await expect(nodeSystem.fillFile(directory, 'text')).rejects.toMatchObject({ code: 'EISDIR' });
  });

  test('shows that it was touched', async () => {
    utimesSync(put('old'), 1, 1);
    expect(await nodeSystem.touchFile(place('old'))).toBe(true);
    expect(statSync(place('old')).mtimeMs).toBeGreaterThan(1000);
    expect(await nodeSystem.touchFile(place('missing'))).toBe(false);
  });

  test('is removed, but no directory is, nor what is in it', async () => {
    await nodeSystem.removeFile(put('file'));
    await nodeSystem.removeFile(place('file'));
    holding('full', 'file');
    await expect(nodeSystem.removeFile(place('full'))).rejects.toThrow(/EISDIR|EPERM/);
    expect(readdirSync(directory)).toEqual(['full']);
  });

  test('is found behind links', async () => {
    put('file');
    symlinkSync('file', place('link'));
    expect(await nodeSystem.resolveLinks(place('link'))).toBe(place('file'));
    expect(await nodeSystem.resolveLinks(place('missing'))).toBe(place('missing'));
  });
});

describe('A directory', () => {
  test('takes a name that nothing or an empty directory has', async () => {
    expect(await nodeSystem.moveDirectory(holding('one', 'a'), place('name'))).toBe(true);
    expect(await nodeSystem.moveDirectory(holding('two', 'b'), place('name'))).toBe(false);
    expect(readdirSync(place('name'))).toEqual(['a']);
    rmSync(place('name/a'));
    expect(await nodeSystem.moveDirectory(place('two'), place('name'))).toBe(true);
    expect(readdirSync(place('name'))).toEqual(['b']);
  });

  test('that is gone, or whose name a file has, takes none', async () => {
    expect(await nodeSystem.moveDirectory(place('gone'), place('name'))).toBe(false);
    put('name');
    expect(await nodeSystem.moveDirectory(holding('one', 'a'), place('name'))).toBe(false);
  });

  test('is taken by one of many', async () => {
    const all = Array.from({ length: 20 }, (_, index) => holding(`from-${index}`, `${index}`));
    const taken = await Promise.all(all.map((one) => nodeSystem.moveDirectory(one, place('name'))));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(readdirSync(place('name'))).toEqual([`${taken.indexOf(true)}`]);
  });

  test('is removed where it is empty', async () => {
    holding('full', 'file');
    mkdirSync(place('empty'));
    await nodeSystem.removeDirectory(place('full'));
    await nodeSystem.removeDirectory(place('empty'));
    await nodeSystem.removeDirectory(place('missing'));
    expect(readdirSync(directory)).toEqual(['full']);
  });

  test('that Windows does not rename while somebody looks at it keeps its name', async () => {
    // Linux says EBUSY where trying again is of no use: of a directory that is named by its dot.
    const busy = `${holding('one', 'a')}/.`;
    await expect(moveDirectory('linux', busy, place('name'))).rejects.toThrow('EBUSY');
    expect(await moveDirectory('win32', busy, place('name'))).toBe(false);
  });
});

test('What is not missing but cannot be had is a failure', async () => {
  const denied = Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' }));
  await expect(unlessMissing(denied)).rejects.toThrow('no');
});
