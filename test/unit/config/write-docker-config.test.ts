import { expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeDockerConfig } from '../../../src/config/write-docker-config.ts';
import { fakeSystem } from '../fakes/fake-system.ts';

const document = { auths: { 'ghcr.io': { auth: 'dTpw' } } };
const text = '{\n\t"auths": {\n\t\t"ghcr.io": {\n\t\t\t"auth": "dTpw"\n\t\t}\n\t}\n}\n';

test('a document is written as docker writes it, with its secrets', async () => {
  const system = fakeSystem();
  await writeDockerConfig('/config.json', document, { system });
  expect(system.textOf('/config.json')).toBe(text);
});

test('a document is written to the real file system, for its owner only', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'docker-keyring-'));
  try {
    const path = join(directory, 'config.json');
    await writeDockerConfig(path, document);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('a caller who gave up writes nothing', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(writeDockerConfig('/no/such/config.json', document, { signal })).rejects.toThrow(
    'enough',
  );
});
