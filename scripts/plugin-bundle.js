// What a kubelet starts for each image (docs/serving-plugins.md): one file, and CommonJS, since Node's loader of ES modules
// alone takes longer than all the rest.
import { chmodSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licenceComment, otherPackagesOutside } from './bundled-packages.js';
import { requireLiterals } from './commonjs-output.js';
import { nodeCheck } from './node-check.js';

const PROGRAM = `
  import { runPluginProcess } from './src/cli/plugin-process.ts';
  import { endOnSignals } from './src/cli/own-process.ts';
  import { nodeSystem } from './src/system/node-system.ts';
  import { guardChildren } from './src/system/process/process-guard.ts';
  endOnSignals(process, guardChildren(nodeSystem));
  void runPluginProcess(process, nodeSystem);
`;

const REFUSE = `console.error('docker-keyring: ' + message);\n  process.exit(1);`;

/** Writes it. */
export async function buildPlugin(outfile) {
  const { outputFiles } = await build({
    stdin: {
      contents: PROGRAM,
      resolveDir: fileURLToPath(new URL('..', import.meta.url)),
      loader: 'ts',
    },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    // One that is too old has to read the whole file before it can say so.
    target: 'node14',
    plugins: [otherPackagesOutside],
    logLevel: 'warning',
    // Names stay, for the errors' own.
    minifyWhitespace: true,
    minifySyntax: true,
    banner: { js: `#!/usr/bin/env node\n${licenceComment()}${nodeCheck(REFUSE)}` },
    outfile,
    write: false,
  });
  writeFileSync(outfile, requireLiterals(outputFiles[0].text));
  chmodSync(outfile, 0o755);
}
