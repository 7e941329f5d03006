// What the package is said to work in (README, "Works with"): a row for each. A new one is one line.

import type { Packages } from './place.ts';

/** One runtime, runner or bundler. */
export interface Row {
  readonly name: string;
  readonly packages: readonly string[];
  /** Files beside those of files.ts. */
  readonly files?: Readonly<Record<string, string>>;
  /** Programs with their arguments, one after the other; the first word is a file in `node_modules`, or `node`. */
  readonly run: readonly string[];
}

const JEST = {
  30: ['jest@30.5.2', '@types/jest@30.0.0'],
  29: ['jest@29.7.0', '@types/jest@29.5.14'],
};
const TS_JEST = ['ts-jest@29.4.15', 'typescript@5.9.3', '@types/node@22.20.5'];
const RUNNERS = ['vitest@4.1.9', 'mocha@12.0.3', 'tsx@4.23.15'];
const RUNTIMES = ['bun@1.4.4', 'deno@2.9.6'];

const uses = (file: string): string => `const { work } = require('${file}');\n`;
const test = (limit: string): string => `test('works', () => work(), ${limit});\n`;
const SLOW = '60_000';

const jest = (major: 29 | 30): Row[] => [
  {
    name: `Jest ${major} as it comes`,
    packages: [...JEST[major], ...TS_JEST],
    files: { 'package.json': '{}', 'works.test.js': uses('./work.cjs') + test(SLOW) },
    run: ['node jest/bin/jest.js'],
  },
  {
    name: `Jest ${major} with ts-jest`,
    packages: [...JEST[major], ...TS_JEST],
    files: {
      'package.json': '{ "jest": { "preset": "ts-jest" } }',
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          module: 'commonjs',
          target: 'es2022',
          esModuleInterop: true,
          strict: true,
        },
      }),
      'works.test.ts': `import { work } from './typed';\n${test(SLOW)}`,
    },
    run: ['node jest/bin/jest.js'],
  },
  {
    name: `Jest ${major} with ES modules`,
    packages: [...JEST[major], ...TS_JEST],
    files: {
      'package.json': '{ "type": "module" }',
      'works.test.js': `import { work } from './work.mjs';\n${test(SLOW)}`,
    },
    run: ['node --experimental-vm-modules --no-warnings jest/bin/jest.js'],
  },
];

/** Runners of tests. */
export const runners: readonly Row[] = [
  ...jest(30),
  ...jest(29),
  {
    name: 'vitest 4',
    packages: RUNNERS,
    files: {
      'works.test.mjs': `import { test } from 'vitest';\nimport { work } from './work.mjs';\n${test(SLOW)}`,
    },
    run: ['node vitest/vitest.mjs run'],
  },
  {
    name: 'mocha with CommonJS',
    packages: RUNNERS,
    files: { 'works.cjs': `${uses('./work.cjs')}it('works', work).timeout(60000);\n` },
    run: ['node mocha/bin/mocha.js works.cjs'],
  },
  {
    name: 'mocha with ES modules',
    packages: RUNNERS,
    files: {
      'works.mjs': `import { work } from './work.mjs';\nit('works', work).timeout(60000);\n`,
    },
    run: ['node mocha/bin/mocha.js works.mjs'],
  },
  {
    name: 'node:test',
    packages: RUNNERS,
    files: {
      'works.test.mjs': `import { test } from 'node:test';\nimport { work } from './work.mjs';\ntest('works', work);\n`,
    },
    run: ['node --test works.test.mjs'],
  },
];

/** What runs programs, beside Node itself. */
export const runtimes: readonly Row[] = [
  { name: 'tsx', packages: RUNNERS, run: ['node tsx/dist/cli.mjs program.ts'] },
  { name: 'Bun, import', packages: RUNTIMES, run: ['bun/bin/bun.exe program.mjs'] },
  { name: 'Bun, require', packages: RUNTIMES, run: ['bun/bin/bun.exe program.cjs'] },
  {
    name: 'Deno, import',
    packages: RUNTIMES,
    run: ['deno/deno run -A --node-modules-dir=manual program.mjs'],
  },
  {
    name: 'Deno, require',
    packages: RUNTIMES,
    run: ['deno/deno run -A --node-modules-dir=manual program.cjs'],
  },
];

const BUNDLERS = [
  'esbuild@0.28.2',
  'rollup@4.68.5',
  '@rollup/plugin-commonjs@29.0.3',
  '@rollup/plugin-json@6.1.0',
  '@rollup/plugin-node-resolve@16.0.3',
  'webpack@5.112.2',
  '@vercel/ncc@0.45.0',
];

/** esbuild gives CommonJS packages in an ES module no `require` for Node's own modules. */
const REQUIRE =
  'import{createRequire}from"node:module";const/**/require=createRequire(import.meta.url);';

/** One run for both formats: it is the slowest. */
const ROLLUP = `
import commonjs from '@rollup/plugin-commonjs';
import json from '@rollup/plugin-json';
import { nodeResolve } from '@rollup/plugin-node-resolve';
const output = (format, extension) => (
  { dir: 'out', format, entryFileNames: 'bundle.' + extension, chunkFileNames: '[name].' + extension }
);
export default {
  input: 'program.mjs',
  output: [output('cjs', 'cjs'), output('es', 'mjs')],
  plugins: [nodeResolve({ preferBuiltins: true, exportConditions: ['node'] }), commonjs(), json()],
};
`;

const WEBPACK = `
const webpack = require('webpack');
webpack({
  target: 'node', mode: 'production', entry: './program.mjs', output: { path: __dirname + '/out', filename: 'bundle.cjs' },
}, (error, stats) => {
  const errors = error ? [error] : stats.compilation.errors;
  for (const each of errors) console.error(String(each));
  process.exitCode = errors.length === 0 ? 0 : 1;
});
`;

/** A bundler, which writes bundles that then run. */
export interface BundlerRow extends Row {
  readonly bundles: readonly string[];
  /** Whether the bundle holds the SDKs, or leaves them to Node, to be loaded from beside it. */
  readonly holdsSdks: boolean;
}

export const bundlers: readonly BundlerRow[] = [
  {
    name: 'esbuild, CommonJS',
    packages: BUNDLERS,
    run: [
      'esbuild/bin/esbuild program.mjs --bundle --platform=node --log-level=error --outfile=out/bundle.cjs',
    ],
    bundles: ['out/bundle.cjs'],
    holdsSdks: true,
  },
  {
    name: 'esbuild, of what requires',
    packages: BUNDLERS,
    run: [
      'esbuild/bin/esbuild program.cjs --bundle --platform=node --log-level=error --outfile=out/bundle.cjs',
    ],
    bundles: ['out/bundle.cjs'],
    holdsSdks: true,
  },
  {
    name: 'esbuild, ES modules with a require',
    packages: BUNDLERS,
    run: [
      `esbuild/bin/esbuild program.mjs --bundle --platform=node --format=esm --log-level=error --outfile=out/bundle.mjs --banner:js=${REQUIRE}`,
    ],
    bundles: ['out/bundle.mjs'],
    holdsSdks: true,
  },
  {
    name: 'rollup, CommonJS and ES modules',
    packages: BUNDLERS,
    files: { 'rollup.config.mjs': ROLLUP },
    run: ['node rollup/dist/bin/rollup -c --silent'],
    bundles: ['out/bundle.cjs', 'out/bundle.mjs'],
    holdsSdks: false,
  },
  {
    name: 'webpack',
    packages: BUNDLERS,
    files: { 'webpack.cjs': WEBPACK },
    run: ['node webpack.cjs'],
    bundles: ['out/bundle.cjs'],
    holdsSdks: true,
  },
  {
    name: '@vercel/ncc',
    packages: BUNDLERS,
    run: ['node @vercel/ncc/dist/ncc/cli.js build program.cjs -o out'],
    bundles: ['out/index.cjs'],
    holdsSdks: true,
  },
];

/** What a row has installed. */
export const packagesOf = ({ packages }: Row, hasSdks = true): Packages => ({ packages, hasSdks });
