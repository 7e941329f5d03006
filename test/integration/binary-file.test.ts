// The file of the single executable: damaged, built twice, and its size.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findInjection, truncatedCopy, withFlippedByte } from './binary/damage.ts';
import { buildBinary, installBinary, type InstalledBinary } from './binary/installed-binary.ts';
import { execute, type Ending } from './credential-helper/installed-helper.ts';

const LINE =
  'docker-keyring: this executable is damaged: a part of it has changed; install it again\n';

let binary: InstalledBinary;
const at = (name: string): string => join(binary.folder, name);
const copy = (): string => at('damaged');
const version = (file: string): Promise<Ending> => binary.run(file, ['--version']);

beforeAll(() => {
  binary = installBinary();
}, 600_000);
afterAll(() => binary.remove());

describe('A damaged executable does not start:', () => {
  test('wherever a byte of its scripts has changed, it says so in one line', async () => {
    copyFileSync(binary.file, copy());
    const { start, length, assets } = findInjection(copy());
    // Behind the number of parts, and the first part's name and length; at the end are arguments of Node.js, which it checks.
    const first = assets + 64;
    const places = Array.from({ length: 40 }, (_, index) =>
      Math.floor(first + ((start + length - 64 - first) * index) / 39),
    );
    for (const place of places) {
      const ended = await withFlippedByte(copy(), place, () => version(copy()));
      expect({ place, ...ended }).toEqual({ place, exitCode: 1, stdout: '', stderr: LINE });
    }
    expect(await version(copy())).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('where the mark of the injected part has changed, it is not Node.js instead', async () => {
    const { start } = findInjection(copy());
    const ended = await withFlippedByte(copy(), start, () => version(copy()));
    expect(ended.exitCode).not.toBe(0);
    expect(ended.stdout).toBe('');
  });

  test('where its last bytes are missing, it says so in one line', async () => {
    truncatedCopy(binary.file, at('cut'), statSync(binary.file).size - 1000);
    expect(await version(at('cut'))).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: LINE.replace('a part of it has changed', 'its end is missing'),
    });
  });

  test.each([0.4, 0.95])(
    'where only a part of %d is left, the system does not run it',
    async (part) => {
      truncatedCopy(binary.file, at('half'), Math.floor(statSync(binary.file).size * part));
      const ended = await version(at('half')).catch((error: Error) => ({
        stdout: '',
        exitCode: error,
      }));
      expect(ended.exitCode).not.toBe(0);
      expect(ended.stdout).toBe('');
    },
  );
});

test('Two builds of one commit, in two folders, are the same', () => {
  const hashes = ['a', 'b/deeper'].map((name) => {
    const folder = at(`clones/${name}`);
    execute('git', ['clone', '--quiet', '--local', process.cwd(), folder]);
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    return createHash('sha256')
      .update(readFileSync(buildBinary(at(`twice/${name}`), folder)))
      .digest('hex');
  });
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(hashes[1]).toBe(hashes[0]);
}, 600_000);

test('It is no larger than 140 MB', () => {
  expect(readFileSync(binary.file).length).toBeLessThan(140_000_000);
});
