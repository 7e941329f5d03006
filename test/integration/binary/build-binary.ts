// The single executable, built once for all tests of a run of this commit.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Builds it for this machine, from a folder with this repository's files. */
export function buildBinary(out: string, root = process.cwd()): string {
  mkdirSync(out, { recursive: true });
  execFileSync(process.execPath, [resolve(root, 'scripts/build-binary.js'), '--out', out], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  const [file = ''] = readdirSync(out);
  return join(out, file);
}

/** Installs it in a folder of programs, under its names. */
export function installBinary(file: string, bin: string, names: readonly string[]): void {
  mkdirSync(bin, { recursive: true });
  for (const name of names) copyFileSync(file, join(bin, name));
}
