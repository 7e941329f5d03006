import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { repository, run } from './consumer.ts';

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docker-keyring-lint-'));
  cpSync(join(repository, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  cpSync(join(repository, 'scripts'), join(folder, 'scripts'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The rules that refuse `code` when it stands in `file`. */
function refusals(file: string, code: string): string[] {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), code);
  const oxlint = join(repository, 'node_modules', '.bin', 'oxlint');
  const { stdout } = run(oxlint, ['--format', 'json', file], { cwd: folder });
  rmSync(join(folder, file));
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string }[] };
  return [...new Set(diagnostics.map((diagnostic) => diagnostic.code))];
}

/** What work gives while there are other files as well. */
function withFiles<T>(files: Readonly<Record<string, string>>, work: () => T): T {
  for (const [file, code] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  }
  try {
    return work();
  } finally {
    for (const file of Object.keys(files)) rmSync(join(folder, file));
  }
}

describe('A room imports only rooms before it', () => {
  test.each([
    ['src/errors.ts', './go/json.ts'],
    ['src/util/x.ts', '../errors.ts'],
    ['src/go/x.ts', '../system/system.ts'],
    ['src/reference/x.ts', '../credential/credential.ts'],
    ['src/credential/x.ts', '../config/docker-config.ts'],
    ['src/system/x.ts', '../config/docker-config.ts'],
    ['src/config/x.ts', '../keyring/match.ts'],
    ['src/keyring/x.ts', '../providers/contract.ts'],
    ['src/providers/ecr/x.ts', '../../shared-cache/fleet.ts'],
    ['src/shared-cache/x.ts', '../kubernetes/pull-secret.ts'],
    ['src/explain/x.ts', '../create-keyring/create-keyring.ts'],
    ['src/kubernetes/x.ts', '../registry/client/authorize.ts'],
    ['src/registry/x.ts', '../doctor/check.ts'],
    ['src/create-keyring/create-keyring.ts', '../serve/plugin/serve-exec-plugin.ts'],
    ['src/create-keyring/create-keyring.ts', '../index.ts'],
    ['src/serve/x.ts', '../cli/main.ts'],
  ])('%s must not import %s', (file, imported) => {
    const code = `import { x } from '${imported}';\nexport const y = x;\n`;
    expect(refusals(file, code)).toEqual(['rooms(order)']);
  });

  test.each([
    ['src/keyring/x.ts', '../errors.ts'],
    ['src/keyring/x.ts', './match.ts'],
    ['src/providers/ecr/x.ts', '../contract.ts'],
    ['src/registry/x.ts', '../create-keyring/create-keyring.ts'],
    ['src/index.ts', './create-keyring/create-keyring.ts'],
    ['src/cli/x.ts', '../index.ts'],
    ['test/unit/x.ts', '../../src/keyring/match.ts'],
  ])('%s may import %s', (file, imported) => {
    const code = `import { x } from '${imported}';\nexport const y = x;\n`;
    expect(refusals(file, code)).toEqual([]);
  });

  test.each([
    ['a type import', `import type { X } from '../cli/main.ts';\nexport type Y = X;\n`],
    ['a type in place', `export type Y = import('../cli/main.ts').X;\n`],
    ['a re-export', `export { x } from '../cli/main.ts';\n`],
    ['a re-export of all', `export * from '../cli/main.ts';\n`],
    ['a dynamic import', `export const load = () => import('../cli/main.ts');\n`],
    ['the package itself', `import { x } from 'docker-keyring';\nexport const y = x;\n`],
    ['a file outside src', `import { x } from '../../test/x.ts';\nexport const y = x;\n`],
    ['an unknown room', `import { x } from '../helpers/x.ts';\nexport const y = x;\n`],
  ])('%s counts as an import', (_what, code) => {
    expect(refusals('src/keyring/x.ts', code)).toEqual(['rooms(order)']);
  });

  test('a file in no room is refused', () => {
    expect(refusals('src/helpers/x.ts', 'export const x = 1;\n')).toEqual(['rooms(order)']);
  });
});

describe('Only system/ touches the outside world', () => {
  const reaching: [rule: string, code: string][] = [
    ['rooms(outside-world)', `import { readFile } from 'node:fs';\nexport const x = readFile;\n`],
    ['rooms(outside-world)', `import { open } from 'fs/promises';\nexport const x = open;\n`],
    [
      'rooms(outside-world)',
      `import { spawn } from 'node:child_process';\nexport const x = spawn;\n`,
    ],
    ['rooms(outside-world)', `import { env } from 'node:process';\nexport const x = env;\n`],
    ['rooms(outside-world)', `import { hostname } from 'node:os';\nexport const x = hostname;\n`],
    ['rooms(outside-world)', `export const x = () => import('node:https');\n`],
    ['rooms(outside-world)', `export const x = () => new Date();\n`],
    ['eslint(no-restricted-properties)', `export const x = () => Date.now();\n`],
    ['eslint(no-restricted-properties)', `export const x = () => AbortSignal.timeout(5);\n`],
    ['eslint(no-restricted-globals)', `export const x = process.env;\n`],
    ['eslint(no-restricted-globals)', `export const x = () => fetch('https://example.com');\n`],
    ['eslint(no-restricted-globals)', `export const x = () => globalThis.fetch;\n`],
    ['eslint(no-restricted-globals)', `export const x = () => performance.now();\n`],
    ['eslint(no-restricted-globals)', `export const x = () => setTimeout(() => {}, 1);\n`],
    ['eslint(no-restricted-globals)', `export const x = () => setInterval(() => {}, 1);\n`],
    ['eslint(no-restricted-globals)', `export const x = () => setImmediate(() => {});\n`],
  ];

  test.each(reaching)('%s refuses %j', (rule, code) => {
    expect(refusals('src/config/x.ts', code)).toEqual([rule]);
  });

  test.each(reaching)('in system/, %s lets pass %j', (_rule, code) => {
    expect(refusals('src/system/x.ts', code)).toEqual([]);
  });

  test('printing is refused', () => {
    expect(refusals('src/config/x.ts', `console.log('x');\nexport const x = 1;\n`)).toEqual([
      'eslint(no-console)',
    ]);
  });

  test('modules that only compute pass', () => {
    const code = `import { join } from 'node:path';\nexport const x = join('a', new Date(5).toJSON());\n`;
    expect(refusals('src/config/x.ts', code)).toEqual([]);
  });
});

describe('Files do not import each other in a circle', () => {
  test.each([
    ['values', `import { b } from './b.ts';\nexport const a = () => b;\n`],
    ['types', `import type { B } from './b.ts';\nexport type A = B[];\n`],
    ['a type beside values', `import { type B, c } from './b.ts';\nexport type A = B[];\nc();\n`],
    ['re-exported types', `export type { B } from './b.ts';\nexport type A = 1;\n`],
  ])('of %s', (_what, code) => {
    const back = `import type { A } from './a.ts';\nexport type B = A;\nexport const b = 1;\nexport const c = (): void => {};\n`;
    const found = withFiles({ 'src/util/circle/b.ts': back }, () =>
      refusals('src/util/circle/a.ts', code),
    );
    expect(found).toContain('import(no-cycle)');
  });

  test('nor hide it in a type in place', () => {
    const code = `export type A = import('./b.ts').B[];\n`;
    expect(refusals('src/util/a.ts', code)).toEqual(['rooms(order)']);
  });
});

test.each([
  [15, []],
  [16, ['rooms(folder-size)']],
])('a folder of %i files is refused, or not', (count, expected) => {
  const names = Array.from({ length: count - 1 }, (_, index) => `src/util/full/x${index}.ts`);
  const files = Object.fromEntries(names.map((name) => [name, 'export const x = 1;\n']));
  const found = withFiles(files, () => refusals('src/util/full/a.ts', 'export const x = 1;\n'));
  expect(found).toEqual(expected);
});

test('a top-level await is refused, because require() could not load the package', () => {
  expect(refusals('src/config/x.ts', `export const x = await Promise.resolve(1);\n`)).toEqual([
    'node(no-top-level-await)',
  ]);
});
