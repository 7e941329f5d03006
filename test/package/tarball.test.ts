import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { SourceTextModule } from 'node:vm';

import { installed, repository, run, tarball } from './consumer.ts';

const files = readdirSync(installed, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1))
  .toSorted();

const entries = [
  'index',
  'kubelet/index',
  'kubernetes/index',
  'providers/index',
  'registry/index',
  'serve/index',
  'testing/index',
];

/** Node's own modules that are loaded when Node starts, or as good as. */
const SMALL_BUILTINS = new Set([
  'node:diagnostics_channel',
  'node:events',
  'node:path',
  'node:util',
]);

const isForUsersTests = (file: string): boolean => file.startsWith('dist/testing/');

/** What a module imports when it is loaded, as Node sees it. */
function staticImports(file: string): string[] {
  const code = readFileSync(join(installed, file), 'utf8');
  return [...new Set(new SourceTextModule(code).dependencySpecifiers)].toSorted();
}

/** What declarations import of others' packages. */
function packagesNamedIn(file: string): string[] {
  const text = readFileSync(join(installed, file), 'utf8');
  const names = text.matchAll(/(?:from |import\(|import )['"]([^'".][^'"]*)['"]/g);
  return [...names].map(([, name = '']) => name).filter((name) => !name.startsWith('node:'));
}

/** Every file that declarations lead to, themselves among them. */
function declarationsOf(file: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const text = readFileSync(join(installed, file), 'utf8');
  for (const [, path = ''] of text.matchAll(/['"](\.[^'"]+)\.(?:ts|js)['"]/g)) {
    declarationsOf(`${posix.join(dirname(file), path)}.d.ts`, found);
  }
  return found;
}

function expectedFiles(): string[] {
  const declared = entries.flatMap((entry) => [...declarationsOf(`dist/${entry}.d.ts`)]);
  const programs = ['cli/docker-keyring', 'cli/docker-credential-keyring'];
  const built = [...programs, ...entries].map((entry) => `dist/${entry}.js`);
  const pages = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
  return [
    ...new Set([
      ...declared,
      ...built,
      'dist/cli/plugin.cjs',
      'dist/man/docker-keyring.1',
      ...pages,
    ]),
  ].toSorted();
}

/** What several entries share; the names hold a hash of the contents. */
function isChunk(file: string): boolean {
  return /^dist\/(?:common\/|cli\/chunks\/[a-z-]+-)[A-Z0-9]{8}\.js$/.test(file);
}

describe('The tarball', () => {
  test('holds the bundles, the declarations that they need, four pages, and nothing else', () => {
    expect(files.filter((file) => !isChunk(file))).toEqual(expectedFiles());
    expect(files.filter(isChunk)).not.toEqual([]);
  });

  test('holds no test', () => {
    const others = files.filter((file) => !isForUsersTests(file));
    expect(others.filter((file) => /\btests?\b|\bspec\b|fixture|fake/i.test(file))).toEqual([]);
  });

  test('loads little when it is imported, and nothing of other packages', () => {
    const more = (file: string) =>
      staticImports(file)
        .filter((name) => !SMALL_BUILTINS.has(name))
        .map((name) => (name.startsWith('.') ? posix.join(dirname(file), name) : name));
    const common = files.filter((file) => file.startsWith('dist/common/'));
    const alone = new Set(['serve/index', 'testing/index']);
    const sharing = entries.filter((entry) => !alone.has(entry));
    for (const file of [...sharing.map((entry) => `dist/${entry}.js`), ...common]) {
      expect({ file, more: more(file).filter((name) => !common.includes(name)) }).toEqual({
        file,
        more: [],
      });
    }
    const forTests = staticImports('dist/testing/index.js');
    expect(forTests.filter((name) => !name.startsWith('node:'))).toEqual([]);
  });

  test('declares nothing in terms of a package that may be missing', () => {
    const declarations = files.filter((file) => file.endsWith('.d.ts') && !/\/cli\//.test(file));
    const named = declarations.flatMap((file) =>
      packagesNamedIn(file).map((name) => `${file}: ${name}`),
    );
    expect(named).toEqual([]);
  });

  test('runs no script when it is installed', () => {
    const { scripts } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(Object.keys(scripts).join(' ')).not.toMatch(/\b((pre|post)?install|prepare)\b/);
  });

  test('passes publint --strict', () => {
    const publint = join(repository, 'node_modules', '.bin', 'publint');
    const { status, stdout } = run(publint, ['--strict', '--pack', 'false', installed]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringContaining('All good!'),
    });
  });

  test('has the types that its modules promise, as "are the types wrong" sees it', () => {
    const attw = join(repository, 'node_modules', '.bin', 'attw');
    // ESM only: a CommonJS consumer gets ESM, which Node's require(esm) loads.
    const accepted = ['--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm'];
    const { status, stdout } = run(attw, [tarball, '--format', 'ascii', ...accepted]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('bundler: ') });
  });
});
