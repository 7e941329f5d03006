// Single steps on files, each of which the operating system does as a whole or not at all: what the locks of processes
// are made of (docs/decisions/0030-one-lock.md). What is not there, or in the way, is an answer and no failure.

// As in node-system.ts.
const { promises } = process.getBuiltinModule('node:fs');
const { open, rename, rmdir, unlink, utimes } = promises;

const OWNER_ONLY = 0o600;
const MISSING: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR']);
/** POSIX lets a system choose between the first two. */
const OCCUPIED: ReadonlySet<unknown> = new Set(['ENOTEMPTY', 'EEXIST', ...MISSING]);
/** Windows replaces no directory, and touches none that somebody looks at. */
const OCCUPIED_ON_WINDOWS: ReadonlySet<unknown> = new Set([
  ...OCCUPIED,
  'EPERM',
  'EACCES',
  'EBUSY',
]);

/** What stands there, or `undefined` where nothing does. */
export async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  return unlessOneOf(MISSING, work);
}

async function unlessOneOf<T>(
  codes: ReadonlySet<unknown>,
  work: Promise<T>,
): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codes.has((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
}

async function isDone(codes: ReadonlySet<unknown>, work: Promise<unknown>): Promise<boolean> {
  return (
    (await unlessOneOf(
      codes,
      work.then(() => true),
    )) ?? false
  );
}

/** Makes a file, and writes it to the disk. */
export async function writeNewFile(path: string, text: string): Promise<void> {
  await writeFile(path, 'wx', text);
}

/** Writes into an empty file that is there; `false` where there is none. */
export function fillFile(path: string, text: string): Promise<boolean> {
  return isDone(MISSING, writeFile(path, 'r+', text));
}

async function writeFile(path: string, flags: 'wx' | 'r+', text: string): Promise<void> {
  const file = await open(path, flags, OWNER_ONLY);
  try {
    if (text === '') return;
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Sets a file's time to now; `false` where there is none. */
export function touchFile(path: string): Promise<boolean> {
  const now = new Date();
  return isDone(MISSING, utimes(path, now, now));
}

/** Renames a file; `false` where there is none. */
export function moveFile(from: string, to: string): Promise<boolean> {
  return isDone(MISSING, rename(from, to));
}

/** Removes a file, if there is one. Not rm, which would empty a directory that has come there since it looked. */
export async function removeFile(path: string): Promise<void> {
  await isDone(MISSING, unlink(path));
}

/** Renames a directory to a free name; `false` where the name is not free, or the directory gone. */
export function moveDirectory(platform: string, from: string, to: string): Promise<boolean> {
  return isDone(occupied(platform), rename(from, to));
}

/** Removes a directory where it is empty. */
export async function removeDirectory(platform: string, path: string): Promise<void> {
  await isDone(occupied(platform), rmdir(path));
}

function occupied(platform: string): ReadonlySet<unknown> {
  return platform === 'win32' ? OCCUPIED_ON_WINDOWS : OCCUPIED;
}
