import { expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/run-cli.ts';
import { nodeSystem } from '../../../src/system/node-system.ts';
import { importModule } from '../../../src/cli/inputs/import-module.ts';

// What `npm start` shows for examples/inputs, where nothing of this machine counts.

const folder = join('examples', 'inputs');
const images = readFileSync(join(folder, 'images.txt'), 'utf8').trim().split(/\r?\n/);
const inputs = [
  ['--pod', join(folder, 'pod.yaml')],
  ['--service-account', join(folder, 'service-account.yaml')],
  ['--secret', join(folder, 'pull-secrets.yaml')],
  ['--docker-config', folder],
  ['--docker-config', join(folder, 'oras-login.json')],
].flat();

test.each(['lookup', 'explain'])(
  'The answer of %s for the example is the one in fixtures',
  async (command) => {
    let written = '';
    const output = {
      write: (text: string) => {
        written += text;
      },
      isTTY: true,
      columns: 80,
    };
    const exitCode = await runCli({
      argv: [command, ...images, ...inputs],
      stdin: { isTTY: false, chunks: noChunks() },
      stdout: output,
      stderr: output,
      system: { ...nodeSystem, env: (name) => ({ NO_COLOR: '1' })[name] },
      nodeVersion: process.version,
      isDirectory: async (path) => (await stat(path)).isDirectory(),
      importModule,
    });
    const fixture = join(import.meta.dirname, 'fixtures', `${command}.txt`);
    if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(fixture, written);
    expect({ exitCode, written }).toEqual({ exitCode: 1, written: readFileSync(fixture, 'utf8') });
    expect(written).not.toMatch(/example-password|lab-refresh|a-pw/);
  },
);

async function* noChunks(): AsyncGenerator<Uint8Array> {}
