// What a program of this package does with its own process: it ends what it started, and does without Node's own words.

import { reasonOf } from '../providers/asking/failure-of.ts';
import type { SecretMemory } from '../util/redaction/secret-memory.ts';
import type { ProcessGuard } from '../system/process/process-guard.ts';

/** The part of Node's `process` that tells of signals. */
export interface SignalledProcess {
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): unknown;
}

const SIGNALS = [
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const;

/** Whether a process ends by {@link endOnSignals}. */
export function isSignalled(exitCode: number): boolean {
  return SIGNALS.some(([, number]) => exitCode === 128 + number);
}

/** Ends on a signal that asks for it, after everything that was started; the exit code is the one that shells show. */
export function endOnSignals(host: SignalledProcess, guard: Pick<ProcessGuard, 'endAll'>): void {
  for (const [name, number] of SIGNALS) {
    host.on(name, () => {
      guard.endAll();
      host.exit(128 + number);
    });
  }
}

type Fault = (typeof FAULTS)[number];

const FAULTS = ['uncaughtException', 'unhandledRejection'] as const;

/** The part of Node's `process` that tells what goes wrong where nobody waits for it. */
export interface FaultyProcess {
  on(event: Fault, listener: (error: unknown) => void): unknown;
  removeAllListeners(event: 'warning'): unknown;
}

/**
 * Node prints warnings, and with an error that nobody handles the source lines around it, which may hold a secret. Here
 * such an error is one line, and the answer goes on without what it has ended.
 */
export function tellFaults(
  host: FaultyProcess,
  secrets: Pick<SecretMemory, 'redact'>,
  warn: (message: string) => void,
): void {
  host.removeAllListeners('warning');
  for (const fault of FAULTS) {
    host.on(fault, (error) => {
      const reason = secrets.redact(reasonOf(error));
      warn(`an error in the background was handled by nobody: ${reason}`);
    });
  }
}
