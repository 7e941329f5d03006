// Removes a file that was seen to be of no use, unless another process has put a new one there since.

import type { System } from '../../system/system.ts';
import { readEntry, type EntrySystem } from './entry-file.ts';
import { temporaryPath } from './temporary-path.ts';

/** What removing asks of the world. */
export type RemovingSystem = EntrySystem &
  Pick<System, 'moveFile' | 'removeFile' | 'createFileExclusive'>;

/**
 * Takes a file away. Only one process gets it, by renaming; what turns out to be a newer entry is put back.
 *
 * @param seenText - What was read; `undefined` for what is no entry, a directory for example.
 */
export async function removeUnchanged(
  system: RemovingSystem,
  path: string,
  seenText: string | undefined,
): Promise<void> {
  const aside = temporaryPath(path);
  if (!(await system.moveFile(path, aside))) return;
  const entry = await readEntry(system, aside).catch(() => undefined);
  const isNewer = entry?.value !== undefined && entry.text !== seenText;
  if (isNewer) await system.createFileExclusive(path, entry.text);
  // What cannot be removed is at least no longer in the way.
  await system.removeFile(aside).catch(() => {});
}
