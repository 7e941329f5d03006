// Ends what a program started when the program itself ends, even where nobody asks it: a kubelet kills a plugin by SIGKILL.
// For programs of this package alone: a process of somebody else's must not get a companion that it did not start.

import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { killWithGroup } from './processes.ts';
import type { System } from '../system.ts';

/** What watches over the children of this process. */
export interface ProcessGuard {
  /** Ends every child that runs, with its process group. */
  endAll(): void;
  /** Ends them, and watches over no others. */
  close(): void;
}

/** Node's documentation, diagnostics_channel, "child_process": published for each child before it is started. */
const CHANNEL = 'child_process';

/**
 * Reads `+ PID` and `- PID`. Its standard input ends when the program that writes it has ended, however it did, and then
 * it kills what is left: the process group that a child leads, or the child alone.
 */
const WATCHER = `
while read -r sign pid; do
  case $sign in
    +) set -- "$@" "$pid" ;;
    -) for one do shift; [ "$one" = "$pid" ] || set -- "$@" "$one"; done ;;
  esac
done
for one do kill -s KILL -- "-$one" || kill -s KILL "$one"; done 2>/dev/null`;

/** Begins to watch over every child that this process starts from now on. */
export function guardChildren({ platform }: Pick<System, 'platform'>): ProcessGuard {
  const { subscribe, unsubscribe } = process.getBuiltinModule('node:diagnostics_channel');
  const running = new Set<ChildProcess>();
  // Windows ends a process's children with it.
  const watcher = platform === 'win32' ? undefined : lazyWatcher();

  function onChild(message: unknown): void {
    const { process: child } = message as { readonly process: ChildProcess };
    if (watcher?.isStarting() === true) return;
    // Before the child is, so that there is no time in which nobody watches.
    watcher?.start();
    child.once('spawn', () => {
      running.add(child);
      watcher?.tell(`+ ${child.pid}\n`);
    });
    child.once('exit', () => {
      running.delete(child);
      watcher?.tell(`- ${child.pid}\n`);
    });
  }

  function endAll(): void {
    for (const child of running) killWithGroup(child, platform);
  }

  subscribe(CHANNEL, onChild);
  return {
    endAll,
    close() {
      unsubscribe(CHANNEL, onChild);
      endAll();
      watcher?.end();
    },
  };
}

interface Watcher {
  isStarting(): boolean;
  start(): void;
  tell(line: string): void;
  end(): void;
}

/** Started with the first child: most programs start none. */
function lazyWatcher(): Watcher {
  let isStarting = false;
  let shell: ChildProcess | undefined;

  function startShell(): ChildProcess {
    isStarting = true;
    const { spawn } = process.getBuiltinModule('node:child_process');
    // A session of its own, so that what ends the program from the keyboard does not end it as well.
    const child = spawn('/bin/sh', ['-c', WATCHER], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    isStarting = false;
    // Where there is no shell, or no descriptor left for it, the program does without.
    child.on('error', () => {});
    // Nothing waits for it.
    child.unref();
    const stdin = child.stdin as Partial<Socket> | undefined;
    stdin?.on?.('error', () => {});
    stdin?.unref?.();
    return child;
  }

  return {
    isStarting: () => isStarting,
    start() {
      shell ??= startShell();
    },
    tell: (line) => void shell?.stdin?.write(line),
    end: () => void shell?.stdin?.end(),
  };
}
