// Runs code in a process in which everything that touches the outside is written down.

import { expect } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { consumer, run } from './consumer.ts';

const RECORDER = fileURLToPath(new URL('record-loading.mjs', import.meta.url));

/** What happened outside. */
export interface Recording {
  /** URLs of every module that was loaded, in order. */
  readonly modules: readonly string[];
  /** Calls that touch files, processes or the network: `name path`. */
  readonly calls: readonly string[];
}

/** What happens outside while `code` runs in a fresh process whose home holds a Docker configuration. */
export function record(
  node: string,
  code: string,
  env: Readonly<Record<string, string>> = {},
): Recording {
  const folder = mkdtempSync(join(tmpdir(), 'docker-keyring-import-'));
  try {
    const output = join(folder, 'recording');
    writeFileSync(output, '');
    // Of its own: test files run side by side.
    const script = join(consumer, `import-${process.pid}.mjs`);
    writeFileSync(script, code);
    const { status, stderr } = run(node, ['--import', pathToFileURL(RECORDER).href, script], {
      env: { HOME: folder, DOCKER_CONFIG: folder, RECORD_FILE: output, ...env },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = readFileSync(output, 'utf8').split('\n').slice(0, -1);
    const pick = (kind: string): string[] =>
      lines.filter((line) => line.startsWith(kind)).map((line) => line.slice(kind.length));
    return { modules: pick('module '), calls: pick('call ') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
