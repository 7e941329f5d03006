import { expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { runProcess, type HostProcess } from '../../../src/cli/run-cli.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { importModule } from '../../../src/cli/inputs/import-module.ts';

class FakeStream extends EventEmitter {
  readonly isTTY = true;
  readonly columns = 80;
  text = '';
  /** What happens at the first write. */
  failure: NodeJS.ErrnoException | undefined;

  write(text: string): void {
    this.text += text;
    if (this.failure !== undefined) this.emit('error', this.failure);
  }
}

interface FakeProcess extends HostProcess {
  readonly stdout: FakeStream;
  readonly stderr: FakeStream;
}

function fakeProcess(...args: readonly string[]): FakeProcess {
  return {
    argv: ['node', 'docker-keyring', ...args],
    version: 'v24.1.0',
    stdin: Readable.from([]),
    stdout: new FakeStream(),
    stderr: new FakeStream(),
  };
}

const outside = { system: fakeSystem(), isDirectory: async () => false, importModule };

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: it failed`), { code });
}

test('A run ends with its exit code', async () => {
  const process = fakeProcess('lookup', 'redis');
  await runProcess(process, outside);
  expect(process.exitCode).toBe(1);
  expect(process.stdout.text).toContain('redis');
  expect(process.stderr.text).toBe('');
});

test('Nothing more is written, and nothing is said, when the reader has gone away', async () => {
  const process = fakeProcess('--version');
  process.stdout.failure = failure('EPIPE');
  await runProcess(process, outside);
  expect({ exitCode: process.exitCode, stderr: process.stderr.text }).toEqual({
    exitCode: 0,
    stderr: '',
  });
  process.stdout.emit('error', failure('EPIPE'));
  expect(process.stderr.text).toBe('');
});

test('Output that cannot be written is told, once, and ends with 1', async () => {
  const process = fakeProcess('--version');
  process.stdout.failure = failure('ENOSPC');
  await runProcess(process, outside);
  process.stdout.emit('error', failure('EIO'));
  expect({ exitCode: process.exitCode, stderr: process.stderr.text }).toEqual({
    exitCode: 1,
    stderr: 'docker-keyring: cannot write the output: ENOSPC: it failed\n',
  });
});

test('Standard error that cannot be written is left alone', async () => {
  const process = fakeProcess('nonsense');
  process.stderr.failure = failure('EIO');
  await runProcess(process, outside);
  expect(process.exitCode).toBe(2);
});

test('After an error nothing more is written', async () => {
  const process = fakeProcess('secret', 'create', 'x', '--username', 'u', '--password', 'p');
  process.stderr.write = (): void => void process.stdout.emit('error', failure('EPIPE'));
  await runProcess(process, outside);
  expect(process.stdout.text).toBe('');
});
