import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { consumer, installed, moduleNames, nodes, run } from './consumer.ts';

const RECORDER = fileURLToPath(new URL('record-loading.mjs', import.meta.url));

/** Node's own modules that a library may load: none of them opens a connection or starts a process. */
const PERMITTED_BUILTINS = new Set([
  'node:async_hooks',
  'node:buffer',
  'node:crypto',
  'node:diagnostics_channel',
  'node:events',
  'node:fs',
  'node:fs/promises',
  'node:os',
  'node:path',
  'node:process',
  'node:timers',
  'node:url',
  'node:util',
]);

interface Recording {
  /** URLs of every module that was loaded, in order. */
  readonly modules: readonly string[];
  /** Calls that touch files, processes or the network: `name path`. */
  readonly calls: readonly string[];
}

/** What happens outside while `code` runs in a fresh process whose home holds a Docker configuration. */
function record(node: string, code: string): Recording {
  const folder = mkdtempSync(join(tmpdir(), 'docker-keyring-import-'));
  try {
    const output = join(folder, 'recording');
    writeFileSync(output, '');
    const script = join(consumer, 'import.mjs');
    writeFileSync(script, code);
    const { status, stderr } = run(node, ['--import', pathToFileURL(RECORDER).href, script], {
      env: { HOME: folder, DOCKER_CONFIG: folder, RECORD_FILE: output },
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

const inside = (url: string): boolean => url.startsWith(`${pathToFileURL(installed).href}/`);

describe.each(nodes)('On Node $name', ({ path: node }) => {
  test.each(moduleNames)('importing %s loads its own modules and nothing else', (name) => {
    const { modules } = record(node, `import '${name}';`);
    const others = modules.filter((url) => !inside(url) && !url.endsWith('/import.mjs'));
    expect(modules.filter(inside).length).toBeGreaterThan(0);
    expect(others.filter((url) => !PERMITTED_BUILTINS.has(url))).toEqual([]);
  });

  test.each(moduleNames)('importing %s reads no file and starts nothing', (name) => {
    const { calls } = record(node, `import '${name}';`);
    expect(calls).toEqual([]);
  });

  test('creating a keyring does no I/O either', () => {
    const code = `import { createKeyring } from 'docker-keyring'; createKeyring();`;
    const { modules, calls } = record(node, code);
    expect(calls).toEqual([]);
    expect(modules.filter((url) => /yaml|commander|picocolors|aws|azure|google/.test(url))).toEqual(
      [],
    );
  });
});

test('the recorder sees what it is there to see', () => {
  const code = `
    import { readFile } from 'node:fs/promises';
    import { existsSync } from 'fs';
    import 'commander';
    existsSync('/somewhere');
    await readFile('/elsewhere').catch(() => {});`;
  const { modules, calls } = record(process.execPath, code);
  expect(calls).toEqual(['existsSync /somewhere', 'readFile /elsewhere']);
  expect(modules.some((url) => url.includes('/commander/'))).toBe(true);
});
