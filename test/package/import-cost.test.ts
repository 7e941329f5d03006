import { describe, expect, test } from '@jest/globals';
import { pathToFileURL } from 'node:url';

import { installed, moduleNames, nodes } from './consumer.ts';
import { record } from './record.ts';

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

const inside = (url: string): boolean => url.startsWith(`${pathToFileURL(installed).href}/`);

/** Servers for tests may have all of Node. */
function isPermitted(name: string, url: string): boolean {
  return name === 'docker-keyring/testing' ? url.startsWith('node:') : PERMITTED_BUILTINS.has(url);
}

describe.each(nodes)('On Node $name', ({ path: node }) => {
  test.each(moduleNames)('importing %s loads its own modules and nothing else', (name) => {
    const { modules } = record(node, `import '${name}';`);
    const others = modules.filter((url) => !inside(url) && !/\/import-\d+\.mjs$/.test(url));
    expect(modules.filter(inside).length).toBeGreaterThan(0);
    expect(others.filter((url) => !isPermitted(name, url))).toEqual([]);
  });

  test.each(moduleNames)('importing %s reads no file and starts nothing', (name) => {
    const { calls } = record(node, `import '${name}';`);
    expect(calls).toEqual([]);
  });

  test('creating a keyring does no I/O either', () => {
    const code = `import { createKeyring } from 'docker-keyring'; createKeyring();`;
    const { modules, calls } = record(node, code);
    expect(calls).toEqual([]);
    expect(modules.filter((url) => url.includes('/node_modules/') && !inside(url))).toEqual([]);
  });

  test('nothing but its own name loads the servers for tests', () => {
    const others = moduleNames.filter((name) => name !== 'docker-keyring/testing');
    const { modules } = record(node, others.map((name) => `import '${name}';`).join(''));
    expect(modules.filter((url) => /\/dist\/(?:lib\/)?testing\b/.test(url))).toEqual([]);
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
