// Makes CommonJS of what esbuild wrote, so that each thing is loaded when it is first used, and by require: Jest's default
// mode has no import(), and Node's loader of ES modules takes a while to start.
import { readFileSync } from 'node:fs';

const { optionalDependencies } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

/** What esbuild writes for a static import of something outside of the bundle. */
const STATIC = /^var (import_\w+) = ((?:__toESM\()?require\("[^"]+"\)(?:, 1\))?);$/gm;
const DYNAMIC = /\bimport\("([^"]+)"\)/g;

/** The code, with `require` at the first use instead of at the start. */
export function loadLate(code) {
  const names = [];
  const late = code.replace(STATIC, (_line, name, load) => {
    names.push(name);
    return `var ${name}_loaded, ${name} = () => ${name}_loaded ??= ${load};`;
  });
  const used = names.reduce(
    (text, name) => text.replaceAll(new RegExp(`\\b${name}\\.`, 'g'), `${name}().`),
    late,
  );
  return requireLiterals(used);
}

/** The code, with `require` instead of `import()` of a name that is known; a user's file may be an ES module. */
export function requireLiterals(code) {
  return code.replace(DYNAMIC, (_call, name) => `Promise.resolve().then(() => ${loading(name)})`);
}

/**
 * In a `try`, bundlers let a package be missing. Rollup then leaves the `require`, which an ES module does not have: there,
 * Node loads the package.
 */
function loading(name) {
  const quoted = JSON.stringify(name);
  if (!(name in optionalDependencies)) return `require(${quoted})`;
  const native = `((name) => import(/* webpackIgnore: true */ /* @vite-ignore */ name))(${quoted})`;
  return `{ try { return require(${quoted}); } catch (error) { if (error instanceof ReferenceError) return ${native}; throw error; } }`;
}
