// Programs of Go that tests run: each is built once, for all test files and until its version changes.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { execute } from '../credential-helper/installed-helper.ts';

/** The path of a program of this module: `example.com/cmd/tool@v1.0.0`. */
export function goProgram(module: string): string {
  const cache = join(process.cwd(), 'node_modules/.cache/go-programs');
  const [path = '', version] = module.split('@');
  const program = join(cache, `${basename(path)}-${version}`);
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  const GOBIN = mkdtempSync(join(cache, 'build-'));
  execute('go', ['install', module], { GOBIN });
  // Another test file may have built it meanwhile, and be running it.
  renameSync(join(GOBIN, basename(path)), program);
  rmSync(GOBIN, { recursive: true });
  return program;
}

/** The path of a program that a module of this repository pins. */
export function goProgramOf(directory: string, path: string): string {
  const version = createHash('sha256')
    .update(readFileSync(join(directory, 'go.sum')))
    .digest('hex');
  const cache = join(process.cwd(), 'node_modules/.cache/go-programs');
  const program = join(cache, `${basename(path)}-${version.slice(0, 12)}`);
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  const built = join(mkdtempSync(join(cache, 'build-')), 'program');
  execute('go', ['-C', directory, 'build', '-o', built, path]);
  renameSync(built, program);
  rmSync(dirname(built), { recursive: true });
  return program;
}

export const CRANE = 'github.com/google/go-containerregistry/cmd/crane@v0.20.6';
