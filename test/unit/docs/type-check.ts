// The compiler's opinion of the code in the pages.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from './page.ts';

const COMPILER = 'node_modules/typescript/bin/tsc';

/** What the compiler complains of, `''` when it does not. */
export function typeErrors(pages: readonly Page[]): string {
  const root = process.cwd();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'docker-keyring-types-')));
  try {
    for (const { path, blocks } of pages) {
      for (const [index, { language, text }] of blocks.entries()) {
        const name = `${path.replaceAll('/', '-')}-${index}.ts`;
        if (language === 'ts') writeFileSync(join(folder, name), text);
      }
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const compilerOptions = { typeRoots: [join(root, 'node_modules/@types')] };
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const argv = [join(root, COMPILER), '-p', folder, '--pretty', 'false'];
    const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
