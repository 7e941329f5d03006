// The scripts inside the single executable. Each start loads one program, and each SDK is loaded when it is needed: what V8
// has compiled is read as a whole, so one script for all would double the time of a start.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAMS = ['plugin', 'docker-credential-keyring', 'docker-keyring'];

/** The SDKs, by script, and what of them is used: packages of one script share what they have in common. */
const SDKS = {
  aws: {
    '@aws-sdk/client-ecr': ['ECRClient', 'GetAuthorizationTokenCommand'],
    '@aws-sdk/client-ecr-public': ['ECRPUBLICClient', 'GetAuthorizationTokenCommand'],
    '@aws-sdk/credential-providers': [
      'fromNodeProviderChain',
      'fromTemporaryCredentials',
      'fromWebToken',
    ],
  },
  azure: {
    '@azure/identity': [
      'ClientAssertionCredential',
      'ClientCertificateCredential',
      'ClientSecretCredential',
      'ManagedIdentityCredential',
    ],
  },
  google: { 'google-auth-library': ['GoogleAuth'] },
};

/** In which script each package is. */
export const PACKAGES = Object.fromEntries(
  Object.entries(SDKS).flatMap(([script, names]) =>
    Object.keys(names).map((name) => [name, script]),
  ),
);

const options = {
  bundle: true,
  write: false,
  format: 'cjs',
  platform: 'node',
  target: 'node26',
  // The builds of ES modules, of which esbuild leaves out what nobody uses.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
  // Names stay, for the errors' own.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  // No path of this machine is in the names of modules.
  absWorkingDir: root,
  preserveSymlinks: true,
};

// In a script, import() is require(): Node's would look for files.
const inner = { ...options, supported: { 'dynamic-import': false } };

/** As long for every size: it is written into the file when the size is known. */
export function sizeText(size) {
  return `size:${String(size).padStart(12, '0')}`;
}

/** Bundles the first script. */
export function bundleMain(commit) {
  const define = { COMMIT: JSON.stringify(commit), SIZE: JSON.stringify(sizeText(0)) };
  return bundle({ ...options, entryPoints: ['src/cli/binary/main.ts'], define });
}

/** Bundles the program that {@link file://./rehearse.js} describes. */
export function bundleRehearsal() {
  return bundle({ ...options, entryPoints: ['scripts/binary/rehearse.js'] });
}

/** Bundles the fake clouds of rehearsals, as an ES module. */
export function bundleFakes() {
  return bundle({
    ...options,
    format: 'esm',
    entryPoints: ['src/testing/index.ts'],
  });
}

/** Bundles the others, and gives them by name. */
export async function bundleScripts() {
  const external = Object.keys(PACKAGES);
  const programs = PROGRAMS.map(async (name) => {
    const entryPoints = [`src/cli/binary/programs/${name}.ts`];
    return [name, wrapped(await bundle({ ...inner, entryPoints, external }))];
  });
  const sdks = Object.keys(SDKS).map(async (script) => [script, wrapped(await bundleSdk(script))]);
  return Object.fromEntries(await Promise.all([...programs, ...sdks]));
}

/** Each package is run when it is first got. */
function bundleSdk(script) {
  const used = SDKS[script];
  const getters = Object.keys(used).map((name) => {
    const quoted = JSON.stringify(name);
    return `get ${quoted}() { return require(${JSON.stringify(`used:${name}`)}) }`;
  });
  const contents = `module.exports = { ${getters.join(', ')} }`;
  const plugins = [{ name: 'used', setup: (builder) => addUsed(builder, used) }];
  return bundle({ ...inner, minify: true, plugins, stdin: { contents, resolveDir: root } });
}

function addUsed(builder, used) {
  builder.onResolve({ filter: /^used:/ }, ({ path }) => ({ path, namespace: 'used' }));
  builder.onLoad({ filter: /^used:/, namespace: 'used' }, ({ path }) => {
    const name = path.slice('used:'.length);
    const contents = `export { ${used[name].join(', ')} } from ${JSON.stringify(name)}`;
    return { contents, resolveDir: root };
  });
}

async function bundle(all) {
  const { outputFiles } = await build(all);
  return outputFiles[0].text;
}

/** As src/cli/binary/open-scripts.ts calls it. */
function wrapped(code) {
  return `(function (exports, require, module) {${code}\n})`;
}
