// Builds dist/: the declarations by tsc, one for each source file, and the JavaScript by esbuild, bundled, since loading
// some 70 small modules costs several times what running them does (docs/decisions/0017). Subpaths take what they export
// from the main bundle, so that a class is the same class whichever way it was imported.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
rmSync('dist', { recursive: true, force: true });

execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});

const options = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  sourcemap: true,
  sourcesContent: false,
  // Names stay, for stack traces and for the errors' own.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
};

const fromMainBundle = {
  name: 'from-main-bundle',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: '../index.js', external: true },
    );
  },
};

await build({ ...options, entryPoints: ['src/index.ts'], outfile: 'dist/index.js' });
for (const room of ['kubernetes', 'providers']) {
  await build({
    ...options,
    entryPoints: [`src/${room}/index.ts`],
    outfile: `dist/${room}/index.js`,
    plugins: [fromMainBundle],
  });
}
// Servers for tests: they share no value with the rest, which never loads them.
await build({
  ...options,
  entryPoints: ['src/testing/index.ts'],
  outfile: 'dist/testing/index.js',
});
// A program of its own: what one command needs is not loaded for the others.
await build({
  ...options,
  entryPoints: ['src/cli/docker-keyring.ts'],
  outdir: 'dist/cli',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
});
