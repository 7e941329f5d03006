import { describe, expect, test } from '@jest/globals';
import type { CliContext } from '../../../../src/cli/context.ts';
import { findManifestFiles } from '../../../../src/cli/inputs/manifest-paths.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { importModule } from '../../../../src/cli/inputs/import-module.ts';

const files = [
  'd/b.yml',
  'd/a.yaml',
  'd/.h.yaml',
  'd/c.txt',
  'd/e.json',
  'd/F.YAML',
  'd/sub/s.yaml',
  'd/.hid/q.yaml',
  'd/x.yaml/y.yml',
  'none/c.txt',
  'one.txt',
];

function contextWith(parts: Partial<CliContext['system']> = {}): CliContext {
  const all = Object.fromEntries(files.map((path) => [`/cwd/${path}`, '']));
  const output = { write: () => {}, isTTY: false, columns: undefined };
  return {
    argv: [],
    stdin: { isTTY: false, chunks: noChunks() },
    stdout: output,
    stderr: output,
    system: { ...fakeSystem({ files: all }), ...parts },
    nodeVersion: 'v24.1.0',
    importModule,
    isDirectory: async (path) => {
      if (path in all) return false;
      if (Object.keys(all).some((file) => file.startsWith(`${path}/`))) return true;
      throw new Error('ENOENT');
    },
  };
}

async function* noChunks(): AsyncGenerator<Uint8Array> {}

async function find(paths: readonly string[], isRecursive = false): Promise<readonly string[]> {
  return (await findManifestFiles(contextWith(), paths, isRecursive)).map(({ path }) => path);
}

// What kubectl v1.32 does with the same folder, but for naming a file twice.
describe('Files of manifests', () => {
  test('are of a directory those with the endings of manifests, in the order of their names', async () => {
    expect(await find(['d'])).toEqual(['d/.h.yaml', 'd/a.yaml', 'd/b.yml', 'd/e.json']);
  });

  test('are those of the directories in it too where that is wanted', async () => {
    expect(await find(['d/'], true)).toEqual([
      'd/.h.yaml',
      'd/.hid/q.yaml',
      'd/a.yaml',
      'd/b.yml',
      'd/e.json',
      'd/sub/s.yaml',
      'd/x.yaml/y.yml',
    ]);
  });

  test('are as they are named, each once, whatever their endings', async () => {
    expect(await find(['one.txt', './d/a.yaml', '-', 'd', '-'])).toEqual([
      'one.txt',
      'd/a.yaml',
      '-',
      'd/.h.yaml',
      'd/b.yml',
      'd/e.json',
    ]);
    expect(await find([])).toEqual([]);
  });

  test.each([
    ['nowhere', 'there is no file or directory nowhere'],
    ['none', 'none contains no *.yaml, *.yml or *.json file'],
  ])('are missed in %s', async (path, message) => {
    await expect(find([path])).rejects.toThrow(message);
  });

  test('are not found where a directory cannot be read', async () => {
    const failure = Object.assign(new Error('EACCES: scandir'), { code: 'EACCES' });
    const context = contextWith({ readDirectory: () => Promise.reject(failure) });
    await expect(findManifestFiles(context, ['d'], false)).rejects.toThrow(
      'cannot read d: no permission (EACCES)',
    );
  });

  test('are left out where a directory in a directory cannot be read', async () => {
    const { system } = contextWith();
    const failure = Object.assign(new Error('EACCES: scandir'), { code: 'EACCES' });
    const context = contextWith({
      readDirectory: (path) =>
        path.endsWith('/sub') ? Promise.reject(failure) : system.readDirectory(path),
    });
    const found = await findManifestFiles(context, ['d'], true);
    expect(found.filter(({ path }) => path === 'd/b.yml' || path.startsWith('d/sub'))).toEqual([
      { path: 'd/b.yml', isFound: true },
      { path: 'd/sub', isFound: true, problem: 'cannot read d/sub: no permission (EACCES)' },
    ]);
    const broken = contextWith({ readDirectory: () => Promise.reject(new TypeError('a fault')) });
    await expect(findManifestFiles(broken, ['d'], true)).rejects.toThrow('a fault');
  });

  test.each([[['d', 'd/a.yaml']], [['d/a.yaml', 'd']]])(
    'may be found and named: %j',
    async (paths) => {
      const found = await findManifestFiles(contextWith(), paths, false);
      expect(found.filter(({ path }) => path === 'd/a.yaml')).toEqual([
        { path: 'd/a.yaml', isFound: false },
      ]);
    },
  );
});
