// The library as CommonJS: a file for each group of modules in dist/lib, loaded when something in it is first used.
// docs/decisions/0032-commonjs-and-es-modules.md says why not esbuild's own splitting, which has only ES modules.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { BUNDLED, licenceComment } from './bundled-packages.js';
import { loadLate } from './commonjs-output.js';

const require = createRequire(import.meta.url);

export const options = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
};

/** What has the classes that the main entry exports, and so is loaded with it. */
const CORE = ['src/errors.ts', 'src/credential/credential.ts'];

/** Rooms of which each folder is a group. */
const LARGE_ROOMS = new Set([
  'cli',
  'config',
  'kubernetes',
  'providers',
  'registry',
  'serve',
  'shared-cache',
]);

/** @param path - From the folder of package.json. */
function groupOf(path, core) {
  if (path.startsWith('node_modules/')) return 'packages';
  if (core.has(path)) return 'core';
  const [room, ...folders] = path.split('/').slice(1, -1);
  const program = /^src\/cli\/(docker-.*)\.ts$/.exec(path);
  if (program !== null) return program[1];
  return LARGE_ROOMS.has(room) ? [room, ...folders.slice(0, 1)].join('-') : room;
}

/** Builds `dist/lib`; gives the group of each module. */
export async function buildLibrary(entryPoints) {
  const { metafile } = await build({
    ...options,
    entryPoints,
    plugins: [externals()],
    outdir: 'dist',
    write: false,
    metafile: true,
  });
  const groups = groupsOf(metafile.inputs, entryPoints);
  for (const [group, modules] of groups.files) await buildGroup(group, modules, groups.of);
  for (const group of groups.files.keys()) checkNames(group);
  return groups.of;
}

/** The groups, each with the modules that another group imports. */
function groupsOf(inputs, entryPoints) {
  const core = new Set();
  const addToCore = (path) => {
    if (core.has(path)) return;
    core.add(path);
    for (const one of inputs[path].imports) if (!one.external) addToCore(one.path);
  };
  CORE.forEach(addToCore);
  const of = (path) => groupOf(path, core);
  const files = new Map();
  const add = (path) => files.set(of(path), (files.get(of(path)) ?? new Set()).add(path));
  for (const path of entryPoints.filter((one) => !isEntry(one))) add(path);
  for (const [importer, { imports }] of Object.entries(inputs)) {
    for (const { path, external } of imports) {
      if (!external && (isEntry(importer) || of(importer) !== of(path))) add(path);
    }
  }
  return { of, files };
}

/** Public lists of names, which are no part of any group. */
const isEntry = (path) => /^src\/(?:\w+\/)?index\.ts$/.test(path);

async function buildGroup(group, modules, groupOfModule) {
  const outfile = `dist/lib/${group}.js`;
  const lines = [...modules]
    .toSorted((a, b) => a.localeCompare(b, 'en'))
    .map((path) => {
      if (path.startsWith('node_modules/')) return `export { default } from './${path}';`;
      return `export * from './${path}';${path === 'src/errors.ts' ? `export * as errors from './${path}';` : ''}`;
    });
  const program = [...modules].find((path) => path.startsWith('src/cli/docker-'));
  const { outputFiles } = await build({
    ...options,
    ...(program === undefined
      ? { stdin: { contents: lines.join('\n'), resolveDir: '.', loader: 'ts' } }
      : { entryPoints: [program] }),
    plugins: [
      externals((path) => (groupOfModule(path) === group ? undefined : groupOfModule(path))),
    ],
    outfile,
    write: false,
  });
  const licences = group === 'packages' ? licenceComment() : '';
  writeFileSync(outfile, licences + loadLate(outputFiles[0].text));
}

/**
 * Leaves packages, and other groups, to `require`.
 *
 * @param {(path: string) => string | undefined} otherGroupOf - The group of a module, where it is another one.
 */
function externals(otherGroupOf = () => undefined) {
  return {
    name: 'externals',
    setup({ onResolve }) {
      onResolve({ filter: /^[^.]/ }, ({ path, kind }) => {
        if (kind === 'entry-point' || path.startsWith('#')) return undefined;
        if (!BUNDLED.has(path)) return { path, external: true };
        const group = otherGroupOf(`node_modules/${path}/index.js`);
        return group && { path: `./${group}.js`, external: true };
      });
      onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
        const group = otherGroupOf(relative('.', resolve(resolveDir, path)));
        return group && { path: `./${group}.js`, external: true };
      });
    },
  };
}

/** Two modules of a group must not export the same name: `export *` then gives neither. */
function checkNames(group) {
  const code = readFileSync(`dist/lib/${group}.js`, 'utf8');
  const imports = code.matchAll(/(import_\w+) = \(\) => \w+ \?\?= require\("\.\/([\w-]+)\.js"\)/g);
  for (const [, variable, other] of imports) {
    const exported = require(resolve(`dist/lib/${other}.js`));
    for (const [, name] of code.matchAll(new RegExp(`\\b${variable}\\(\\)\\.(\\w+)`, 'g'))) {
      if (!(name in exported))
        throw new Error(`${group} needs ${name}, which ${other} does not export`);
    }
  }
}
