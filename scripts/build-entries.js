// What package.json names: for each entry a file for `require`, which loads what a function needs when it is first called,
// an ES module that takes its names from that, and one for bundlers, which take no more of the library than a program uses.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, posix, resolve } from 'node:path';
import { nodeCheck } from './node-check.js';

const require = createRequire(import.meta.url);

/** Writes the files of an entry: `src/index.ts`, or a room's. */
export function buildEntry(source, groupOf) {
  const folder = dirname(source).replace('src', 'dist');
  mkdirSync(folder, { recursive: true });
  const names = exportsOf(source).map(({ name, from }) => {
    const path = `./${posix.join(posix.relative(folder, 'dist/lib'), groupOf(from))}.js`;
    return { name, path: path.replace('./..', '..'), value: valueOf(groupOf(from), name) };
  });
  const list = names.map(({ name }) => name).join(', ');
  writeFileSync(join(folder, 'index.js'), commonJs(names));
  writeFileSync(join(folder, 'index.mjs'), `export { ${list} } from './index.js';\n`);
  const direct = names.map(({ name, path }) => `export { ${name} } from '${path}';\n`);
  writeFileSync(join(folder, 'bundler.mjs'), direct.join(''));
  writeFileSync(join(folder, 'index.d.mts'), `export * from './index.js';\n`);
}

const isValue = (name) => name !== '' && !name.startsWith('type ');

/** The values that a list of names exports, each with the module that it comes from. */
function exportsOf(source) {
  const text = readFileSync(source, 'utf8').replaceAll(/^\/\/.*$/gm, '');
  const statements = text.matchAll(/^export (\* as \w+|\{[^}]*\}) from '(.+)';$/gm);
  return Array.from(statements, ([, what, path]) => {
    const from = posix.join(dirname(source), path);
    const names = what.startsWith('*') ? [what.slice('* as '.length)] : what.match(/[\w ]+/g);
    return names
      .map((name) => name.trim())
      .filter(isValue)
      .map((name) => ({ name, from }));
  }).flat();
}

function valueOf(group, name) {
  const value = require(resolve(`dist/lib/${group}.js`))[name];
  if (value === undefined) throw new Error(`${group} does not export ${name}`);
  return value;
}

const isFunction = (value) =>
  typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value));

/** To be read by a Node.js of any age, which is then told what it is. */
function commonJs(names) {
  const paths = [...new Set(names.map(({ path }) => path))];
  const load = (path) => `load${paths.indexOf(path)}()`;
  const loaders = paths.map((path, index) => {
    const once = `loaded${index} || (loaded${index} = require('${path}'))`;
    return `var loaded${index};\nfunction load${index}() {\n  return ${once};\n}\n`;
  });
  const exported = names.map(({ name, path, value }) => {
    if (!isFunction(value)) return `exports.${name} = ${load(path)}.${name};\n`;
    const own = Array.from({ length: value.length }, (_, index) => `arg${index}`);
    const args = [...own, '...rest'].join(', ');
    return `exports.${name} = function ${name}(${args}) {\n  return ${load(path)}.${name}(${args});\n};\n`;
  });
  const check = nodeCheck('throw new Error(message);');
  return ["'use strict';\n", check, ...loaders, ...exported].join('');
}
