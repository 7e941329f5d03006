// Keeps the token cache small: removes what has ended, what is no entry, and, of too much, the oldest.

import type { System } from '../../system/system.ts';
import { ENTRY_SUFFIX, readEntry } from './entry-file.ts';
import { removeUnchanged, type RemovingSystem } from './remove-unchanged.ts';

/** The most that stays. */
export interface Bounds {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** What sweeping asks of the world. */
export type SweepingSystem = RemovingSystem & Pick<System, 'readDirectory' | 'stat'>;

/** What a process that was killed while it wrote has left; those of System, too. */
const LEFTOVER = /\.[\da-f-]{36}\.tmp$/;
/** Nobody who writes takes longer. */
const WRITING_MS = 60_000;
/** Room for what comes next, so that not every write sweeps. */
const KEPT_PART = 0.9;
const AT_ONCE = 16;
const NOTHING = { text: undefined, value: undefined, mtimeMs: 0, size: 0 };

interface Seen {
  readonly path: string;
  readonly text: string | undefined;
  /** `false` for what has ended and what is no entry. */
  readonly isLive: boolean;
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
  const leftovers = names.filter((name) => LEFTOVER.test(name));
  await inBatches(leftovers, (name) => removeLeftover(system, `${directory}/${name}`));
  const entries = names.filter((name) => name.endsWith(ENTRY_SUFFIX));
  const seen = await inBatches(entries, (name) => look(system, `${directory}/${name}`));
  const unneeded = seen.filter(({ isLive }) => !isLive);
  const live = seen.filter(({ isLive }) => isLive);
  await inBatches([...unneeded, ...beyond(live, bounds)], ({ path, text }) =>
    removeUnchanged(system, path, text).catch(() => {}),
  );
}

/** Not all at once: each holds a file open. */
async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  if (items.length === 0) return [];
  const done = await Promise.all(items.slice(0, AT_ONCE).map(work));
  return [...done, ...(await inBatches(items.slice(AT_ONCE), work))];
}

async function removeLeftover(system: SweepingSystem, path: string): Promise<void> {
  const stamp = await system.stat(path).catch(() => undefined);
  const isOld = stamp !== undefined && system.now() - stamp.mtimeMs > WRITING_MS;
  if (isOld) await system.removeFile(path).catch(() => {});
}

async function look(system: SweepingSystem, path: string): Promise<Seen> {
  const entry = await readEntry(system, path).catch(() => undefined);
  const { text, value, mtimeMs, size } = entry ?? NOTHING;
  return { path, text, isLive: value !== undefined, mtimeMs, size };
}

/** The oldest, where there are too many; none otherwise. Leases are young, and so the last to go. */
function beyond(live: readonly Seen[], { maxEntries, maxBytes }: Bounds): readonly Seen[] {
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
