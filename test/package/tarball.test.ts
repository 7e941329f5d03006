import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

import { installed, repository, run, tarball } from './consumer.ts';

const files = readdirSync(installed, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1))
  .toSorted();

const sources = files.filter((file) => file.startsWith('src/'));

const entries = ['dist/cli/docker-keyring', 'dist/index', 'dist/kubernetes/index'];

function expectedFiles(): string[] {
  const declared = sources.flatMap((source) => {
    const stem = source.replace(/^src\//, 'dist/').replace(/\.ts$/, '');
    return [`${stem}.d.ts`, `${stem}.d.ts.map`];
  });
  const built = entries.flatMap((entry) => [`${entry}.js`, `${entry}.js.map`]);
  const pages = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
  return [...declared, ...built, ...pages, ...sources].toSorted();
}

/** What several entries share; the names hold a hash of the contents. */
function isChunk(file: string): boolean {
  return /^dist\/cli\/chunks\/[a-z-]+-[A-Z0-9]{8}\.js(\.map)?$/.test(file);
}

describe('The tarball', () => {
  test('holds the sources, their declarations, the bundles, four pages, and nothing else', () => {
    expect(files.filter((file) => !isChunk(file))).toEqual(expectedFiles());
    expect(files.filter(isChunk)).not.toEqual([]);
  });

  test('holds every source file and no test', () => {
    const inRepository = readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `src/${file}`);
    expect(sources).toEqual(inRepository.toSorted());
    expect(files.filter((file) => /test|spec|fixture|fake/i.test(file))).toEqual([]);
  });

  test('has source maps that lead to files in it', () => {
    const lost = files
      .filter((file) => file.endsWith('.map'))
      .flatMap((file) => {
        const map = JSON.parse(readFileSync(join(installed, file), 'utf8')) as {
          sources: string[];
        };
        return map.sources.map((source) => posix.join(dirname(file), source));
      })
      .filter((source) => !files.includes(source));
    expect(lost).toEqual([]);
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
