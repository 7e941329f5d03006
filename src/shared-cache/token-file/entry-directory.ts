// One entry of the token cache: a directory with a file for each version that was written, under a name that is used once.
// So whoever removes an ended version never removes a newer one, and a reader always finds the newest that there is.

import type { System } from '../../system/system.ts';
import { namesIn } from '../file-lock/holders.ts';
import { temporaryPath } from '../file-lock/temporary-path.ts';
import { readEntry, type EntryFile, type EntrySystem } from './entry-file.ts';

/** What an entry asks of the world. */
export type EntryDirectorySystem = EntrySystem &
  Pick<
    System,
    | 'readDirectory'
    | 'makeDirectory'
    | 'createFile'
    | 'moveFile'
    | 'removeFile'
    | 'removeDirectory'
    | 'uniqueName'
  >;

/** A version of an entry. */
export interface Version {
  readonly path: string;
  /** `undefined` for what is no version. */
  readonly file: EntryFile | undefined;
  /** Whether it was removed after it was listed: then there is a newer one. */
  readonly isGone: boolean;
}

/** Is told of a file that is no version, and why. */
export type OnIgnored = (path: string, error: unknown) => void;

/** Others may replace a version while one reads it, or sweep a directory away; so often in a row they do not. */
const MAX_ATTEMPTS = 5;

/** Reads all versions; none where there is no entry. */
export async function readVersions(
  system: EntryDirectorySystem,
  directory: string,
  onIgnored: OnIgnored,
): Promise<readonly Version[]> {
  const paths = await versionPaths(system, directory).catch((error: unknown) => {
    onIgnored(directory, error);
    return [];
  });
  return Promise.all(paths.map((path) => readVersion(system, path, onIgnored)));
}

async function versionPaths(
  system: Pick<System, 'readDirectory'>,
  directory: string,
): Promise<readonly string[]> {
  try {
    const entries = await system.readDirectory(directory);
    return entries.map(({ name }) => `${directory}/${name}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function readVersion(
  system: EntrySystem,
  path: string,
  onIgnored: OnIgnored,
): Promise<Version> {
  try {
    const file = await readEntry(system, path);
    return { path, file, isGone: file === undefined };
  } catch (error) {
    onIgnored(path, error);
    return { path, file: undefined, isGone: false };
  }
}

/** The newest version that has not ended. */
export async function readNewest(
  system: EntryDirectorySystem,
  directory: string,
  onIgnored: OnIgnored,
): Promise<EntryFile | undefined> {
  for (let left = MAX_ATTEMPTS; ; left -= 1) {
    const versions = await readVersions(system, directory, onIgnored);
    const live = versions.flatMap(({ file }) => (file?.value === undefined ? [] : [file]));
    const isReplaced = live.length === 0 && versions.some(({ isGone }) => isGone);
    if (isReplaced && left > 0) continue;
    return live.toSorted((one, other) => other.mtimeMs - one.mtimeMs)[0];
  }
}

/** Writes a version, and removes those that were there before. */
export async function writeVersion(
  system: EntryDirectorySystem,
  directory: string,
  text: string,
): Promise<void> {
  const before = (await namesIn(system, directory)) ?? [];
  const temporary = temporaryPath(system, directory);
  await system.createFile(temporary, text);
  await moveInto(system, directory, temporary);
  await removeAll(
    system,
    before.map((name) => `${directory}/${name}`),
  );
}

async function moveInto(
  system: EntryDirectorySystem,
  directory: string,
  temporary: string,
): Promise<void> {
  for (let left = MAX_ATTEMPTS; left >= 0; left -= 1) {
    await system.makeDirectory(directory);
    if (await system.moveFile(temporary, `${directory}/${system.uniqueName()}`)) return;
  }
  throw new Error('it vanishes');
}

/** Removes versions, and the directory where none is left. */
export async function removeVersions(
  system: EntryDirectorySystem,
  directory: string,
  paths: readonly string[],
): Promise<void> {
  await removeAll(system, paths);
  await system.removeDirectory(directory);
}

/** What cannot be removed, a directory for example, stays, and is no version. */
async function removeAll(
  system: Pick<System, 'removeFile'>,
  paths: readonly string[],
): Promise<void> {
  await Promise.all(paths.map((path) => system.removeFile(path).catch(() => {})));
}
