// Keeps the token cache small: removes what has ended, what is no entry, and, of too much, the oldest.

import type { System } from '../../system/system.ts';
import { createHolders, namesIn, type HoldersSystem } from '../file-lock/holders.ts';
import { isLeftover, removeLeftover, type LeftoversSystem } from '../file-lock/temporary-files.ts';
import {
  readVersions,
  removeVersions,
  type EntryDirectorySystem,
  type Version,
} from './entry-directory.ts';
import { ENTRY_SUFFIX, LOCK_SUFFIX } from './entry-file.ts';

/** The most that stays. */
export interface Bounds {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** What sweeping asks of the world. */
export type SweepingSystem = EntryDirectorySystem &
  HoldersSystem &
  LeftoversSystem &
  Pick<System, 'readDirectory' | 'stat'>;

/** Room for what comes next, so that not every write sweeps. */
const KEPT_PART = 0.9;
const AT_ONCE = 16;

/** A version that is good still. */
interface Live {
  readonly path: string;
  readonly directory: string;
  readonly mtimeMs: number;
  readonly size: number;
}

/** How many entries a directory has. */
export async function countEntries(system: SweepingSystem, directory: string): Promise<number> {
  const names = await system.readDirectory(directory);
  return names.filter(({ name }) => name.endsWith(ENTRY_SUFFIX)).length;
}

/**
 * Sweeps a directory. Any number of processes may do so at once, while others read and write. What has another name than
 * the cache's own is never touched.
 */
export async function sweep(
  system: SweepingSystem,
  directory: string,
  bounds: Bounds,
): Promise<void> {
  const names = (await system.readDirectory(directory)).map(({ name }) => name);
  const paths = (isOurs: (name: string) => boolean): readonly string[] =>
    names.filter(isOurs).map((name) => `${directory}/${name}`);
  await inBatches(paths(isLeftover), (path) => removeLeftover(system, path));
  await inBatches(
    paths((name) => name.endsWith(LOCK_SUFFIX)),
    (path) => quietly(createHolders(system, path).clear()),
  );
  const live = await inBatches(
    paths((name) => name.endsWith(ENTRY_SUFFIX)),
    (path) => removeEnded(system, path),
  );
  await inBatches(beyond(live.flat(), bounds), ({ directory: entry, path }) =>
    quietly(removeVersions(system, entry, [path])),
  );
}

/** Not all at once: each holds a file open. */
async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    done.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(work))));
  }
  return done;
}

/** What cannot be removed stays, and is no reason for a failure. */
async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => {});
}

/** Removes what has ended of an entry, and what is none; gives the rest. */
async function removeEnded(system: SweepingSystem, directory: string): Promise<readonly Live[]> {
  // Of a file in the place of the directory, too.
  if ((await namesIn(system, directory).catch(() => undefined)) === undefined) return [];
  const versions = await readVersions(system, directory, () => {});
  const ended = versions.filter(({ file }) => file?.value === undefined);
  const paths = ended.map(({ path }) => path);
  if (paths.length > 0 || versions.length === 0) {
    await quietly(removeVersions(system, directory, paths));
  }
  return versions.flatMap((version) => liveOf(directory, version));
}

function liveOf(directory: string, { path, file }: Version): readonly Live[] {
  if (file?.value === undefined) return [];
  return [{ path, directory, mtimeMs: file.mtimeMs, size: file.size }];
}

/** The oldest, where there are too many; none otherwise. */
function beyond(live: readonly Live[], { maxEntries, maxBytes }: Bounds): readonly Live[] {
  const allBytes = live.reduce((sum, { size }) => sum + size, 0);
  if (live.length <= maxEntries && allBytes <= maxBytes) return [];
  const newestFirst = live.toSorted((a, b) => b.mtimeMs - a.mtimeMs);
  let bytes = 0;
  const firstEvicted = newestFirst.findIndex(({ size }, index) => {
    bytes += size;
    return index >= maxEntries * KEPT_PART || bytes > maxBytes * KEPT_PART;
  });
  return newestFirst.slice(firstEvicted);
}
