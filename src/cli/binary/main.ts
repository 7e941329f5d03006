// The first script of the single executable, which Node runs: only what cannot run in a test.
import * as assets from 'node:sea';
import { constants, Script } from 'node:vm';
import { calledAs } from './called-as.ts';
import type { RunProgram } from './contract.ts';
import { openScripts } from './open-scripts.ts';

/** Set by scripts/build-binary.js. */
declare const COMMIT: string;
/** The same: `size:` and the bytes of the file. */
declare const SIZE: string;

/** Of Node, the script of an executable loads Node's own modules only. */
async function importModule(url: string): Promise<unknown> {
  const load = new Script('(url) => import(url)', {
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  return (load.runInThisContext() as (url: string) => Promise<unknown>)(url);
}

const getBuiltinModule = (id: string): object | undefined => process.getBuiltinModule(id);

function loadProgram(): { readonly run: RunProgram } {
  try {
    // To read what is missing at the end of a file that is mapped into memory would end the process without a word.
    const { size } = process.getBuiltinModule('node:fs').statSync(process.execPath);
    if (size < Number(SIZE.slice('size:'.length))) throw new Error('its end is missing');
    const name = calledAs(process.argv0);
    const script = name === 'docker-keyring' && process.argv[2] === 'plugin' ? 'plugin' : name;
    return openScripts({ assets, Script, getBuiltinModule })(script) as { run: RunProgram };
  } catch (error) {
    // Not by process.stderr, which is slow to load; and nothing of this file may run any longer.
    const reason = `this executable is damaged: ${(error as Error).message}; install it again`;
    process.getBuiltinModule('node:fs').writeSync(2, `docker-keyring: ${reason}\n`);
    return process.exit(1);
  }
}

void loadProgram().run(process, { importModule, commit: COMMIT });
