// Bundles the programs of this folder, and starts them as a kubelet would: one process for each question.

import { build } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A process that was started. */
export interface Started {
  readonly pid: number;
  /** When it has printed its first line. */
  readonly running: Promise<unknown>;
  /** The last line that it printed, as JSON; `undefined` where it was killed before. */
  readonly printed: Promise<unknown>;
  kill(): void;
}

/** How to start one. */
interface StartOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Another user than the one of this process. */
  readonly uid?: number;
}

/** Programs that any user may start. */
export interface Programs {
  start(name: 'starter' | 'writer', options: StartOptions): Started;
  close(): void;
}

/** Bundles them; Node 20 runs no TypeScript. */
export async function buildPrograms(): Promise<Programs> {
  const folder = mkdtempSync(join(tmpdir(), 'token-file-'));
  chmodSync(folder, 0o755);
  await build({
    entryPoints: ['starter', 'writer'].map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
  });
  const children = new Set<ChildProcess>();
  return {
    start(name, { env, uid }) {
      const child = spawn(process.execPath, [join(folder, `${name}.mjs`)], {
        env: { PATH: process.env['PATH'], ...env },
        stdio: ['ignore', 'pipe', 'inherit'],
        ...(uid === undefined ? {} : { uid, gid: uid }),
      });
      children.add(child);
      child.once('exit', () => children.delete(child));
      return startedOf(child);
    },
    close() {
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    },
  };
}

function startedOf(child: ChildProcess & { readonly stdout: NodeJS.ReadableStream }): Started {
  const lines = createInterface({ input: child.stdout });
  let last = '';
  lines.on('line', (line) => {
    last = line;
  });
  const running = Promise.race([once(lines, 'line'), once(child, 'exit')]);
  return {
    pid: child.pid as number,
    running,
    printed: once(child, 'close').then(() => (last.startsWith('{') ? JSON.parse(last) : undefined)),
    kill: () => void child.kill('SIGKILL'),
  };
}
