// The outside world as Node gives it.

import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { withDeadline } from './deadline.ts';
import {
  fillFile,
  moveDirectory,
  moveFile,
  removeDirectory,
  removeFile,
  touchFile,
  unlessMissing,
  writeNewFile,
} from './files/file-steps.ts';
import { exchange, openStream } from './http/http.ts';
import { httpAgents } from './http/http-agents.ts';
import { isRunning, ownProcess } from './process/process-liveness.ts';
import { runProcess } from './process/processes.ts';
import { whenFilesAreFew } from './files/open-files.ts';
import { nodeTimers } from './node-timers.ts';
import type { FileContent, FileStamp, ReadOptions, System } from './system.ts';

// An import of node:fs makes Node load its streams, which costs more than all of this package.
const { constants, promises } = process.getBuiltinModule('node:fs');
const { link, mkdir, open, readdir, realpath, rename, rm, stat } = promises;

/** Configuration files are small and local, but a network mount that hangs must not hang a lookup. */
const FILE_DEADLINE_MS = 10_000;
const OWNER_ONLY_DIRECTORY = 0o700;
const PERMISSIONS = 0o7777;

/** The machine that this process runs on. */
export const nodeSystem: System = {
  ...nodeTimers,
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  env: (name) => process.env[name],
  variableNames: () => Object.keys(process.env),
  platform: process.platform,
  homeDirectory,
  workingDirectory: () => process.cwd(),
  userId: () => process.getuid?.(),
  stat: (path, signal) => onTime(`Looking at ${path}`, signal, () => statFile(path)),
  readFile: (path, options) =>
    onTime(`Reading ${path}`, options.signal, (signal) =>
      whenFilesAreFew(async () => {
        signal.throwIfAborted();
        return readWholeFile(path, { ...options, signal });
      }),
    ),
  readDirectory: (path) =>
    onTime(`Reading ${path}`, undefined, async () => {
      const entries = await readdir(path, { withFileTypes: true });
      return entries.map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }));
    }),
  writeFileAtomic: (path, text, signal) =>
    onTime(`Writing ${path}`, signal, () => replaceFile(path, text)),
  createFileExclusive: (path, text) =>
    onTime(`Making ${path}`, undefined, () => createWholeFile(path, text)),
  moveFile: (from, to) => onTime(`Renaming ${from}`, undefined, () => moveFile(from, to)),
  removeFile: (path) => onTime(`Removing ${path}`, undefined, () => removeFile(path)),
  createFile: (path, text) => onTime(`Making ${path}`, undefined, () => writeNewFile(path, text)),
  fillFile: (path, text) => onTime(`Writing ${path}`, undefined, () => fillFile(path, text)),
  touchFile: (path) => onTime(`Touching ${path}`, undefined, () => touchFile(path)),
  moveDirectory: (from, to) =>
    onTime(`Renaming ${from}`, undefined, () => moveDirectory(process.platform, from, to)),
  removeDirectory: (path) =>
    onTime(`Removing ${path}`, undefined, () => removeDirectory(process.platform, path)),
  resolveLinks: (path) =>
    onTime(
      `Looking at ${path}`,
      undefined,
      async () => (await unlessMissing(realpath(path))) ?? path,
    ),
  makeDirectory: (path) =>
    onTime(`Making ${path}`, undefined, async () => {
      await mkdir(path, { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    }),
  http: (request) => exchange(nodeTimers, request),
  httpStream: (request) => openStream(nodeTimers, request),
  httpAgents,
  run: (request) => runProcess({ ...nodeTimers, platform: process.platform }, request),
  ownProcess,
  isRunning: (described) => isRunning(described),
  uniqueName: () => crypto.randomUUID(),
  random: () => Math.random(),
};

/** Node throws where HOME is unset and the user has no passwd entry, as in many containers. */
function homeDirectory(): string {
  try {
    return process.getBuiltinModule('node:os').homedir();
  } catch {
    return '';
  }
}

function onTime<T>(
  operation: string,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return withDeadline(nodeTimers, { operation, timeoutMs: FILE_DEADLINE_MS, signal }, work);
}

async function statFile(path: string): Promise<FileStamp | undefined> {
  const stats = await unlessMissing(stat(path));
  return stats === undefined ? undefined : stampOf(stats);
}

/** Opening a pipe would wait for its other end, but for O_NONBLOCK (which Windows does not have, nor such pipes). */
const READ_AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK;

async function readWholeFile(path: string, options: ReadOptions): Promise<FileContent | undefined> {
  const { followLinks = true } = options;
  const flags = followLinks ? READ_AT_ONCE : READ_AT_ONCE | constants.O_NOFOLLOW;
  const file = await unlessMissing(open(path, flags));
  if (file === undefined) return undefined;
  try {
    return await readOpenFile(file, options);
  } finally {
    await file.close();
  }
}

async function readOpenFile(
  file: FileHandle,
  { maxBytes, signal }: ReadOptions,
): Promise<FileContent> {
  const stats = await file.stat();
  if (!stats.isFile()) throw new Error('it is not a regular file');
  checkSize(stats.size, maxBytes);
  const bytes = await file.readFile({ signal });
  // It may have grown meanwhile, and a file of /proc says that it is empty.
  checkSize(bytes.length, maxBytes);
  return { bytes, stamp: stampOf(stats) };
}

function checkSize(size: number, maxBytes: number): void {
  if (size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
}

async function replaceFile(path: string, text: string): Promise<void> {
  // A link stays a link: what it points at is replaced.
  const target = (await unlessMissing(realpath(path))) ?? path;
  const temporary = `${target}.${crypto.randomUUID()}.tmp`;
  try {
    await writeNewFile(temporary, text);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Not opened for writing itself: whoever reads it meanwhile, or after a crash, would find half of it. */
async function createWholeFile(path: string, text: string): Promise<boolean> {
  const temporary = `${path}.${crypto.randomUUID()}.tmp`;
  const making = writeNewFile(temporary, text).then(() => link(temporary, path));
  return making.then(() => true, falseWhereTaken).finally(() => rm(temporary, { force: true }));
}

function falseWhereTaken(error: NodeJS.ErrnoException): false {
  if (error.code === 'EEXIST') return false;
  throw error;
}

function stampOf(stats: Stats): FileStamp {
  const { size, mtimeMs, ino: inode, mode, uid: owner } = stats;
  return { size, mtimeMs, inode, mode: mode & PERMISSIONS, owner };
}
