// Builds dist/: the declarations by tsc, those that an entry leads to, and the JavaScript by esbuild, as CommonJS with ES
// modules over it (docs/decisions/0032-commonjs-and-es-modules.md).
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildEntry } from './build-entries.js';
import { buildLibrary } from './build-library.js';
import { nodeCheck } from './node-check.js';
import { buildPlugin } from './plugin-bundle.js';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
rmSync('dist', { recursive: true, force: true });

const { exports, bin } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.values(exports)
  .filter((each) => typeof each !== 'string')
  .map((each) => each.require.default.replace(/^.\/dist\//, 'src/').replace(/\.js$/, '.ts'));

const TSC = 'node_modules/typescript/bin/tsc';
const tscOptions = ['-p', 'config/tsconfig.build.json', '--declarationMap', 'false'];
execFileSync(process.execPath, [TSC, ...tscOptions], { stdio: 'inherit' });
keepDeclarationsOf(entries);

mkdirSync('dist/lib');
writeFileSync('dist/package.json', '{ "type": "commonjs", "sideEffects": false }\n');
const programs = Object.keys(bin).map((name) => `src/cli/${name}.ts`);
const groupOf = await buildLibrary([...entries, ...programs]);
for (const entry of entries) buildEntry(entry, groupOf);

mkdirSync('dist/cli', { recursive: true });
for (const name of Object.keys(bin)) {
  const refuse = `console.error('${name}: ' + message);\n  process.exitCode = 1;`;
  const start = `else {\n  require('../lib/${name}.js');\n}\n`;
  const check = `${nodeCheck(refuse).trimEnd()} ${start}`;
  writeFileSync(`dist/cli/${name}.js`, `#!/usr/bin/env node\n'use strict';\n${check}`);
  // A link to it, in a directory of programs, is a program.
  chmodSync(`dist/cli/${name}.js`, 0o755);
}
await buildPlugin('dist/cli/plugin.cjs');

/** Removes the declarations of what no user can name: two thirds of them. */
function keepDeclarationsOf(sources) {
  const kept = new Set();
  const keep = (file) => {
    if (kept.has(file)) return;
    kept.add(file);
    const named = readFileSync(file, 'utf8').matchAll(/(?:from |import\(|import )'(\.[^']+)\.ts'/g);
    for (const [, path] of named) keep(`${join(dirname(file), path)}.d.ts`);
  };
  for (const source of sources) keep(source.replace('src', 'dist').replace(/\.ts$/, '.d.ts'));
  for (const path of readdirSync('dist', { recursive: true })) {
    const file = join('dist', path);
    if (file.endsWith('.d.ts') && !kept.has(file)) rmSync(file);
  }
}
