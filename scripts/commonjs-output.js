// Makes CommonJS of what esbuild wrote, so that each thing is loaded when it is first used, and by require: Jest's default
// mode has no import(), and Node's loader of ES modules takes a while to start.
import { readFileSync } from 'node:fs';

const { optionalDependencies } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

/** What esbuild writes for a static import of something outside of the bundle. */
const STATIC = /^var (import_\w+) = ((?:__toESM\()?require\("[^"]+"\)(?:, 1\))?);$/gm;
const BUILTIN = /\brequire\(("node:[^"]+")\)/g;
const DYNAMIC = /\bimport\("([^"]+)"\)/g;

/** The code, with `require` at the first use instead of at the start. */
export function loadLate(code) {
  const names = [];
  const late = code.replace(STATIC, (_line, name, load) => {
    names.push(name);
    return `var ${name}_loaded, ${name} = () => ${name}_loaded ??= ${load};`;
  });
  const used = names.reduce(
    // In parentheses, since `new a().B()` is something else.
    (text, name) =>
      text.replaceAll(new RegExp(`\\b(new )?${name}\\.`, 'g'), (_use, isNew) =>
        isNew === undefined ? `${name}().` : `new (${name}()).`,
      ),
    late,
  );
  return requireLiterals(used);
}

/**
 * The code, with `require` instead of `import()` of a name that is known; a user's file may be an ES module. Node's own
 * modules are had without `require`, which a bundle of ES modules does not have.
 */
export function requireLiterals(code) {
  return code
    .replace(BUILTIN, 'process.getBuiltinModule($1)')
    .replace(DYNAMIC, (_call, name) => `Promise.resolve().then(() => ${loading(name)})`);
}

/**
 * In a `try`, bundlers let a package be missing. A bundle of ES modules may then have no `require`, and says so by an error
 * without a code: there, Node loads the package.
 */
function loading(name) {
  const quoted = JSON.stringify(name);
  if (!(name in optionalDependencies)) return `require(${quoted})`;
  const native = `((name) => import(/* webpackIgnore: true */ /* @vite-ignore */ name))(${quoted})`;
  return `{
    try {
      return require(${quoted});
    } catch (error) {
      if (error.code !== undefined) throw error;
      return ${native};
    }
  }`;
}
