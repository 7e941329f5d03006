import { expect, test } from '@jest/globals';
import type { CliContext } from '../../../../src/cli/context.ts';
import { createInputFiles } from '../../../../src/cli/inputs/read-input.ts';
import { readObjects } from '../../../../src/cli/inputs/verify-inputs.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { importModule } from '../../../../src/cli/inputs/import-module.ts';

async function* noChunks(): AsyncGenerator<Uint8Array> {}

function contextOf(system: CliContext['system']): CliContext {
  const output = { write: () => {}, isTTY: false, columns: undefined };
  return {
    argv: [],
    stdin: { isTTY: false, chunks: noChunks() },
    stdout: output,
    stderr: output,
    system,
    nodeVersion: 'v24.1.0',
    importModule,
    isDirectory: async (path) => !path.endsWith('.yaml'),
  };
}

test('What cannot be read in a folder is told, and the rest is read', async () => {
  const system = fakeSystem({ files: { '/cwd/d/a.yaml': 'kind: Pod', '/cwd/d/sub/b.yaml': '' } });
  const lock = Object.assign(new Error('ELOOP: too many links'), { code: 'ELOOP' });
  system.put('/cwd/d/.#a.yaml', '');
  system.breakFile('/cwd/d/.#a.yaml', lock);
  const denied = Object.assign(new Error('EACCES: scandir'), { code: 'EACCES' });
  const context = contextOf({
    ...system,
    readDirectory: (path) =>
      path.endsWith('/sub') ? Promise.reject(denied) : system.readDirectory(path),
  });
  const options = { filename: ['d'], recursive: true };
  const read = await readObjects(context, options, createInputFiles(context));
  expect(read.objects.map(({ object }) => object)).toEqual([{ kind: 'Pod' }]);
  expect(read.skipped).toEqual([
    {
      code: 'file-skipped',
      message: 'cannot read d/.#a.yaml: ELOOP; it is skipped',
      hint: 'kubectl reads it, too: move it, or change its extension',
      path: 'd/.#a.yaml',
    },
    {
      code: 'file-skipped',
      message: 'cannot read d/sub: no permission (EACCES); it is skipped',
      path: 'd/sub',
    },
  ]);
  const named = readObjects(context, { filename: ['d/.#a.yaml'] }, createInputFiles(context));
  await expect(named).rejects.toThrow('cannot read d/.#a.yaml: ELOOP');
});

test('A file with an object that has no kind is broken, as it is for kubectl', async () => {
  const context = contextOf(
    fakeSystem({ files: { '/cwd/values.yaml': 'kind: Pod\n---\nimage: nginx\n' } }),
  );
  const read = await readObjects(context, { filename: ['values.yaml'] }, createInputFiles(context));
  const broken = [{ path: 'values.yaml', line: 3, column: 1, reason: 'an object has no kind' }];
  expect(read).toEqual({ objects: [], broken, skipped: [] });
});
