// Programs as Node runs them: each in a process group of its own, which ends with the caller's patience.

import type { ChildProcess, ChildProcessWithoutNullStreams } from 'node:child_process';
import { withDeadline } from '../deadline.ts';
import type { ProcessRequest, ProcessResult, System } from '../system.ts';

/** How long a program's descendants may hold its output open once it has ended. */
const DRAIN_MS = 500;
const STDERR_KEPT_BYTES = 64 * 1024;

type Surroundings = Pick<System, 'setTimer' | 'platform'>;

/**
 * Runs a program to its end.
 *
 * @throws the system's error when it cannot be started, a {@link TimeoutError}, the signal's reason, or an error that
 * says that it printed too much. No message holds what it was told or what it said.
 */
export function runProcess(system: Surroundings, request: ProcessRequest): Promise<ProcessResult> {
  const { command, timeoutMs, signal } = request;
  return withDeadline(system, { operation: `Running ${command}`, timeoutMs, signal }, (stop) =>
    runUntil(stop, request, system),
  );
}

async function runUntil(
  signal: AbortSignal,
  request: ProcessRequest,
  system: Surroundings,
): Promise<ProcessResult> {
  const child = start(request, system);
  const end = (): void => endNow(child, system);
  signal.addEventListener('abort', end, { once: true });
  try {
    await started(child);
    const [stdout, stderr] = [collectAll(child, request), collectTail(child)];
    tell(child, request.stdin);
    const exitCode = await Promise.race([ended(child, system), stdout.overflow]);
    return { exitCode, stdout: stdout.bytes(), stderr: stderr.text() };
  } catch (error) {
    end();
    throw error;
  }
}

function start(
  { command, args, env }: ProcessRequest,
  { platform }: Surroundings,
): ChildProcessWithoutNullStreams {
  const { spawn } = process.getBuiltinModule('node:child_process');
  // A group of its own, so that what it starts can be killed with it. (Windows would open a console window instead.)
  const detached = platform !== 'win32';
  return spawn(command, args, { env: { ...process.env, ...env }, detached, windowsHide: true });
}

/** Before that there may be neither a process nor its streams. */
function started(child: ChildProcessWithoutNullStreams): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.on('error', reject);
  });
}

/** Its exit code once it has ended and its output is complete, or nobody wants to wait for the rest. */
function ended(
  child: ChildProcessWithoutNullStreams,
  system: Surroundings,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    child.once('exit', (exitCode) => {
      const closeAll = (): void => closeStreams(child);
      const stopWaiting = system.setTimer(DRAIN_MS, closeAll, { keepAlive: true });
      child.once('close', () => {
        stopWaiting();
        resolve(exitCode ?? undefined);
      });
    });
  });
}

function tell(child: ChildProcessWithoutNullStreams, stdin: string): void {
  // A program need not read what it is told, nor say all of what it began to say.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
  child.stdin.end(stdin);
}

interface Output {
  readonly overflow: Promise<never>;
  bytes(): Uint8Array;
}

function collectAll(
  { stdout }: ChildProcessWithoutNullStreams,
  { command, maxOutputBytes }: ProcessRequest,
): Output {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const overflow = new Promise<never>((_resolve, reject) => {
    stdout.on('data', (chunk: Uint8Array) => {
      size += chunk.length;
      if (size <= maxOutputBytes) chunks.push(chunk);
      else reject(new Error(`${command} printed more than ${maxOutputBytes} bytes`));
    });
  });
  return { overflow, bytes: () => Buffer.concat(chunks) };
}

function collectTail({ stderr }: ChildProcessWithoutNullStreams): { text(): string } {
  let kept = Buffer.alloc(0);
  stderr.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-STDERR_KEPT_BYTES);
  });
  return { text: () => kept.toString('utf8') };
}

function endNow(child: ChildProcessWithoutNullStreams, { platform }: Surroundings): void {
  if (child.pid === undefined) return;
  closeStreams(child);
  // Not even one that cannot be killed is waited for.
  child.unref();
  killWithGroup(child, platform);
}

/** Kills a child that runs, with the process group that it leads. */
export function killWithGroup(child: ChildProcess, platform: string): void {
  const { pid, exitCode, signalCode } = child;
  // The number of a process that has ended may be another's by now.
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  if (platform === 'win32' || !killGroup(pid)) child.kill('SIGKILL');
}

/** Kills what is left of a process group; `false` where there is no such group. */
export function killGroup(leader: number): boolean {
  try {
    return process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // Or it is another user's by now.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function closeStreams(child: ChildProcessWithoutNullStreams): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
}
