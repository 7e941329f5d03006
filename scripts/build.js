// Builds dist/: the declarations by tsc, those that an entry leads to, and the JavaScript by esbuild, bundled, since
// loading some 200 small modules costs several times what running them does (docs/decisions/0017). Subpaths take what
// they export from the main bundle, so that a class is the same class whichever way it was imported.
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildPlugin } from './plugin-bundle.js';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
rmSync('dist', { recursive: true, force: true });

const TSC = 'node_modules/typescript/bin/tsc';
const tscOptions = ['-p', 'config/tsconfig.build.json', '--declarationMap', 'false'];
execFileSync(process.execPath, [TSC, ...tscOptions], { stdio: 'inherit' });
keepDeclarationsOf([
  'index',
  'kubelet/index',
  'kubernetes/index',
  'providers/index',
  'registry/index',
  'serve/index',
  'testing/index',
]);

const options = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
};

// Names stay, for stack traces and for the errors' own.
const small = { minifyWhitespace: true, minifySyntax: true };

// To be read where a stack trace leads: a map with the sources would take three times the room. What entries have in common
// is in files of their own, so that a class is the same class whichever way it was imported, and whoever asks no registry
// loads none of what asks them.
await build({
  ...options,
  entryPoints: ['', 'kubelet/', 'kubernetes/', 'providers/', 'registry/'].map(
    (room) => `src/${room}index.ts`,
  ),
  outbase: 'src',
  outdir: 'dist',
  splitting: true,
  chunkNames: 'common/[hash]',
});
// A bundle of its own, since a plugin starts for each image and needs little of the main one. What it serves comes from the
// main bundle, and so nothing in it goes by classes.
await build({
  ...options,
  ...small,
  entryPoints: ['src/serve/index.ts'],
  outfile: 'dist/serve/index.js',
});
// Servers for tests, to be read by who debugs one: they share no value with the rest, which never loads them.
await build({
  ...options,
  entryPoints: ['src/testing/index.ts'],
  outfile: 'dist/testing/index.js',
});
// A program of its own: what one command needs is not loaded for the others.
await build({
  ...options,
  ...small,
  entryPoints: ['src/cli/docker-keyring.ts', 'src/cli/docker-credential-keyring.ts'],
  outdir: 'dist/cli',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
});
await buildPlugin('dist/cli/plugin.cjs');
// A link to one of them, in a directory of programs, is a program.
for (const program of ['docker-keyring.js', 'docker-credential-keyring.js']) {
  chmodSync(`dist/cli/${program}`, 0o755);
}

/** Removes the declarations of what no user can name: two thirds of them. */
function keepDeclarationsOf(entries) {
  const kept = new Set();
  const keep = (file) => {
    if (kept.has(file)) return;
    kept.add(file);
    const named = readFileSync(file, 'utf8').matchAll(/(?:from |import\(|import )'(\.[^']+)\.ts'/g);
    for (const [, path] of named) keep(`${join(dirname(file), path)}.d.ts`);
  };
  for (const entry of entries) keep(join('dist', `${entry}.d.ts`));
  for (const path of readdirSync('dist', { recursive: true })) {
    const file = join('dist', path);
    if (file.endsWith('.d.ts') && !kept.has(file)) rmSync(file);
  }
}
