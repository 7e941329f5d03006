import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

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

const isForUsersTests = (file: string): boolean => /^dist\/(?:lib\/)?testing\b/.test(file);

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
  const built = entries.flatMap((entry) =>
    [`${entry}.js`, `${entry}.mjs`, `${entry}.d.mts`, entry.replace('index', 'bundler.mjs')].map(
      (file) => `dist/${file}`,
    ),
  );
  const programs = ['docker-keyring.js', 'docker-credential-keyring.js', 'plugin.cjs'].map(
    (file) => `dist/cli/${file}`,
  );
  const manual = 'dist/man/docker-keyring.1';
  const pages = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', 'dist/package.json'];
  return [...new Set([...declared, ...built, ...programs, manual, ...pages])].toSorted();
}

/** A file for each group of modules. */
const isGroup = (file: string): boolean => /^dist\/lib\/[a-z-]+\.js$/.test(file);

describe('The tarball', () => {
  test('holds what package.json names, the library, the declarations that they need, four pages, and nothing else', () => {
    expect(files.filter((file) => !isGroup(file))).toEqual(expectedFiles());
    expect(files.filter(isGroup)).not.toEqual([]);
  });

  test('holds no test', () => {
    const others = files.filter((file) => !isForUsersTests(file));
    expect(others.filter((file) => /\btests?\b|\bspec\b|fixture|fake/i.test(file))).toEqual([]);
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
    const { status, stdout } = run(attw, [tarball, '--format', 'ascii']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('bundler: ') });
  });
});
