// What a program of this package does with its process: it ends its children on a signal, and replaces Node's messages.

import { reasonOf } from '../providers/asking/failure-of.ts';
import type { SecretMemory } from '../util/redaction/secret-memory.ts';
import type { ProcessGuard } from '../system/process/process-guard.ts';

/** The part of Node's `process` for signals. */
export interface SignalledProcess {
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): unknown;
}

const SIGNALS = [
  ['SIGINT', 2],
  ['SIGTERM', 15],
] as const;

/** Whether {@link endOnSignals} ends a process with this code. */
export function isSignalled(exitCode: number): boolean {
  return SIGNALS.some(([, number]) => exitCode === 128 + number);
}

/** Ends the children and then the process, with the exit code that shells show for the signal. */
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

/** The part of Node's `process` for unhandled errors. */
export interface FaultyProcess {
  on(event: Fault, listener: (error: unknown) => void): unknown;
  removeAllListeners(event: 'warning'): unknown;
}

/**
 * Node prints warnings, and for an unhandled error the source lines around it, which may hold a secret. Here an unhandled
 * error is one line, and the program goes on.
 */
export function warnOfFaults(
  host: FaultyProcess,
  secrets: Pick<SecretMemory, 'redact'>,
  warn: (message: string) => void,
): void {
  host.removeAllListeners('warning');
  for (const fault of FAULTS) {
    host.on(fault, (error) => {
      const reason = secrets.redact(reasonOf(error));
      warn(`unhandled error in the background: ${reason}`);
    });
  }
}
