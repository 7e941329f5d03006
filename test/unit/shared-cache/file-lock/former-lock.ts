// The lock of 0.1.0, which lost logins: whoever found an old one renamed it, and put it back where it was a newer one.
// It shows that what is explored finds such mistakes.

import type { System } from '../../../../src/system/system.ts';

const STALE_MS = 10_000;
const WAIT_MS = 20_000;

export async function withFormerLock(
  system: System,
  path: string,
  work: () => Promise<void>,
): Promise<void> {
  await lock(system, path);
  await work();
  await system.removeFile(path);
}

async function lock(system: System, path: string): Promise<void> {
  if (await system.createFileExclusive(path, '')) return;
  if (system.monotonicMs() >= WAIT_MS) throw new Error('it is held for too long');
  await removeStale(system, path);
  await new Promise<void>((resolve) => {
    system.setTimer(25, resolve, { keepAlive: true });
  });
  await lock(system, path);
}

async function removeStale(system: System, path: string): Promise<void> {
  const seen = await system.stat(path);
  if (seen === undefined || system.now() - seen.mtimeMs < STALE_MS) return;
  const aside = `${path}.stale`;
  if (!(await system.moveFile(path, aside))) return;
  const moved = await system.stat(aside);
  if (moved?.inode !== seen.inode) await system.createFileExclusive(path, '');
  await system.removeFile(aside);
}
