// Programs of a test in a process of their own: what Node reads from the environment at its start, and whether a process
// ends by itself, shows nowhere else.

import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** How a program ended. */
interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A place where programs run. */
export interface NodeProgram {
  readonly folder: string;
  /** Runs a module in which the sources' exports are defined; with `PATH` and `env` as its environment. */
  run(code: string, env?: Readonly<Record<string, string>>): Promise<Ended>;
  /**
   * The same with no more of an environment than `env`, and as a user without a passwd entry where these tests run as
   * root, who alone may do that.
   */
  runHomeless(code: string, env?: Readonly<Record<string, string>>): Promise<Ended>;
  remove(): void;
}

/** Long enough for every machine, and shorter than anything that a program here may wait for. */
const DEADLINE_MS = 60_000;
/** No machine has a user of this number. */
const NOBODYS_ID = 54_321;

/**
 * Builds sources once, for any number of programs.
 *
 * @param sources - Files, as seen from the top, whose exports programs use.
 */
export function buildNodeProgram(sources: readonly string[]): NodeProgram {
  const folder = mkdtempSync(join(tmpdir(), 'docker-keyring-program-'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  // Its program: the module does not bear the globals that Jest gives it.
  const names = bundle(sources, join(folder, 'sources.mjs'));
  const script = join(folder, 'program.mjs');
  const write = (code: string): void =>
    writeFileSync(script, `import { ${names.join(', ')} } from './sources.mjs';\n${code}\n`);
  return {
    folder,
    run(code, env = {}) {
      write(code);
      return execute(script, { env: { ...pathOnly(), ...env } });
    },
    runHomeless(code, env = {}) {
      write(code);
      chmodSync(folder, 0o755);
      const user = process.getuid?.() === 0 ? { uid: NOBODYS_ID, gid: NOBODYS_ID } : {};
      return execute(script, { env, ...user });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Gives the names of what it exports. */
function bundle(sources: readonly string[], outputFile: string): string[] {
  const metadataFile = `${outputFile}.json`;
  const options = [
    '--bundle',
    '--format=esm',
    '--platform=node',
    '--packages=external',
    '--log-level=warning',
  ];
  const files = [`--outfile=${outputFile}`, `--metafile=${metadataFile}`, '--sourcefile=entry.ts'];
  execFileSync(join('node_modules', '.bin', 'esbuild'), [...options, ...files, '--loader=ts'], {
    input: sources.map((source) => `export * from './${source}';\n`).join(''),
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const { outputs } = JSON.parse(readFileSync(metadataFile, 'utf8')) as Metadata;
  return Object.values(outputs).flatMap((output) => output.exports);
}

interface Metadata {
  readonly outputs: Readonly<Record<string, { readonly exports: string[] }>>;
}

function pathOnly(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '' };
}

interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
}

function execute(script: string, surroundings: Surroundings): Promise<Ended> {
  return new Promise((settle) => {
    const options = { ...surroundings, timeout: DEADLINE_MS, encoding: 'utf8' } as const;
    const child = execFile(process.execPath, [script], options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : Number(error.code ?? -1);
      settle({ exitCode, stdout, stderr });
    });
    child.stdin?.end();
  });
}
