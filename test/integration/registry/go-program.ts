// Programs of Go that tests run: each is built once, for all test files and until its version changes.

import { mkdirSync, mkdtempSync, existsSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
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

export const CRANE = 'github.com/google/go-containerregistry/cmd/crane@v0.20.6';
