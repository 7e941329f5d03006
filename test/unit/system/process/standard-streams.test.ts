import { afterAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  divertStandardOutput,
  standardStreams,
  writeErrorNow,
} from '../../../../src/system/process/standard-streams.ts';

const folder = mkdtempSync(join(tmpdir(), 'docker-keyring-streams-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

async function textOf(stdin: AsyncIterable<string | Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

test('What is read is what is there, and what is written is written whole', async () => {
  const text = 'ä'.repeat(100_000);
  writeFileSync(at('in'), text);
  const descriptors = [openSync(at('in'), 'r'), openSync(at('out'), 'w'), openSync(at('err'), 'w')];
  const { stdin, stdout, stderr } = standardStreams(descriptors);
  expect(await textOf(stdin)).toBe(text);
  await stdout.write(text);
  await stderr.write('no luck');
  expect([readFileSync(at('out'), 'utf8'), readFileSync(at('err'), 'utf8')]).toEqual([
    text,
    'no luck',
  ]);
  for (const descriptor of descriptors) closeSync(descriptor);
});

test('A pipe that is not ready is waited for', async () => {
  expect(spawnSync('mkfifo', [at('pipe')]).status).toBe(0);
  const reader = openSync(at('pipe'), constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(at('pipe'), 'w');
  const { stdin } = standardStreams([reader]);
  const text = textOf(stdin);
  await new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
  writeSync(writer, 'late');
  closeSync(writer);
  expect(await text).toBe('late');
  closeSync(reader);
});

test('A failure is one', async () => {
  const reader = openSync(at('in'), 'r');
  const { stdin } = standardStreams([openSync(folder, 'r')]);
  const { stdout } = standardStreams([0, reader]);
  await expect(textOf(stdin)).rejects.toThrow('EISDIR');
  await expect(stdout.write('x')).rejects.toThrow('EBADF');
  closeSync(reader);
});

test('What is told at once is told, or nobody is there to be told', () => {
  const file = openSync(at('now'), 'w');
  writeErrorNow('no luck', file);
  closeSync(file);
  writeErrorNow('nobody', file);
  expect(readFileSync(at('now'), 'utf8')).toBe('no luck');
});

test('Standard output can be diverted to standard error, and back', () => {
  const { stdout } = process;
  const putBack = divertStandardOutput();
  expect(process.stdout).toBe(process.stderr);
  putBack();
  expect(process.stdout).toBe(stdout);
});

test('Those of the process are the first three', () => {
  expect(Object.keys(standardStreams())).toEqual(['stdin', 'stdout', 'stderr']);
});
