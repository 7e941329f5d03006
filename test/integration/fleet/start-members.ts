// Starts real processes of a fleet.

import { build } from 'esbuild';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Answered, Asked } from './member.ts';

/** A process of a fleet. */
export interface Member {
  readonly pid: number;
  lookup(image: string): Promise<Answered>;
  kill(signal: NodeJS.Signals): void;
}

/** A program that can be started any number of times. */
export interface MemberProgram {
  start(count: number, env: Readonly<Record<string, string>>): Promise<readonly Member[]>;
  close(): void;
}

/** Bundles the program; Node 20 runs no TypeScript. Below node_modules, where it finds its packages. */
export async function buildMembers(): Promise<MemberProgram> {
  const cache = join(process.cwd(), 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'fleet-'));
  const program = join(folder, 'member.mjs');
  const entry = join(import.meta.dirname, 'member.ts');
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
  });
  const children = new Set<ChildProcess>();
  return {
    start: (count, env) =>
      Promise.all(
        Array.from({ length: count }, () => {
          const child = fork(program, { env: { ...process.env, ...env } });
          children.add(child);
          return memberOf(child);
        }),
      ),
    close() {
      for (const child of children) child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    },
  };
}

async function memberOf(child: ChildProcess): Promise<Member> {
  const waiting = new Map<number, (answered: Answered) => void>();
  child.on('message', (message: Answered | 'ready') => {
    if (message !== 'ready') waiting.get(message.id)?.(message);
  });
  child.once('exit', (code, signal) => {
    const error = `the process ended: ${signal ?? code}`;
    for (const [id, resolve] of waiting) resolve({ id, error });
  });
  const isReady = once(child, 'message').then(() => true);
  if (!(await Promise.race([isReady, once(child, 'exit').then(() => false)]))) {
    throw new Error('a member of the fleet did not start; it said why on standard error');
  }
  let lastId = 0;
  return {
    pid: child.pid as number,
    lookup: (image) =>
      new Promise((resolve) => {
        lastId += 1;
        const asked: Asked = { id: lastId, image };
        waiting.set(lastId, resolve);
        if (child.connected) child.send(asked);
        else resolve({ id: lastId, error: 'the process has ended' });
      }),
    kill: (signal) => void child.kill(signal),
  };
}
