// Waiting for other processes.

import { readFileSync } from 'node:fs';

/** Resolves once it is true; a test's own timeout says that it never was. */
export function until(isTrue: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const poll = setInterval(() => {
      if (!isTrue()) return;
      clearInterval(poll);
      resolve();
    }, 5);
  });
}

/** Whether a process has ended; nobody but the first process of the machine can ask for the exit code of an orphan. */
export function isDead(pid: string | number): boolean {
  try {
    return /^.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}
