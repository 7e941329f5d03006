// Many processes that stand ready, so that a round costs what it does and not their starts; whoever was killed is replaced.

import { build } from 'esbuild';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Done, Order } from './soldier.ts';

/** One process. */
export interface Soldier {
  readonly pid: number;
  /** Does it; `undefined` where it is killed meanwhile. */
  obey(order: Order): Promise<Done | undefined>;
  /** Resolves when it is gone. */
  kill(): Promise<void>;
}

/** All of them. */
export interface Company {
  /** So many that live. */
  muster(count: number): readonly Soldier[];
  /** Processes that do nothing but keep the machine busy. */
  addHogs(count: number): void;
  disband(): Promise<void>;
}

/** How they are started. */
export interface CompanyOptions {
  readonly home: string;
  /** What stands before `node`, as `unshare` does. */
  readonly prefix?: readonly string[];
}

/** Bundles the program; Node 20 runs no TypeScript. */
export async function startCompany({ home, prefix = [] }: CompanyOptions): Promise<Company> {
  const folder = mkdtempSync(join(tmpdir(), 'company-'));
  const program = join(folder, 'soldier.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'soldier.ts')],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
  });
  const env = { PATH: process.env['PATH'], HOME: home };
  const children = new Set<ChildProcessWithoutNullStreams>();
  const soldiers = new Set<Soldier>();

  function start(args: readonly string[]): ChildProcessWithoutNullStreams {
    const [command = '', ...rest] = [...prefix, process.execPath, ...args];
    const child = spawn(command, rest, { env });
    children.add(child);
    child.once('exit', () => children.delete(child));
    child.stderr.pipe(process.stderr);
    // Whoever was killed reads no more.
    child.stdin.on('error', () => {});
    return child;
  }

  function enlist(): Soldier {
    const child = start([program]);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const soldier: Soldier = {
      pid: child.pid as number,
      async obey(order) {
        child.stdin.write(`${JSON.stringify(order)}\n`);
        const { value, done } = await lines.next();
        return done === true ? undefined : (JSON.parse(value) as Done);
      },
      async kill() {
        soldiers.delete(soldier);
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      },
    };
    soldiers.add(soldier);
    return soldier;
  }

  return {
    muster(count) {
      while (soldiers.size < count) enlist();
      return [...soldiers].slice(0, count);
    },
    addHogs(count) {
      for (let index = 0; index < count; index += 1) start(['-e', 'for (;;);']);
    },
    async disband() {
      await Promise.all(
        [...children].map(async (child) => {
          const gone = once(child, 'exit');
          child.kill('SIGKILL');
          await gone;
        }),
      );
      rmSync(folder, { recursive: true });
    },
  };
}
