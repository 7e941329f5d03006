// Files in memory, of a fake system.

import type { FileContent, FileStamp, ReadOptions, System } from '../../../src/system/system.ts';

/** What stands at a path. */
interface FakeFile {
  readonly bytes: Uint8Array;
  readonly stamp: FileStamp;
  /** What every look at the file rejects with. */
  readonly failure?: Error;
}

/** What a test does with them. */
export interface FileHandles {
  /** Every touch of a file, in order: `stat /a`, `read /a`, `write /a`. */
  readonly touches: string[];
  /** Writes a file as an editor does: with a new size, time and inode unless the stamp says otherwise. */
  put(path: string, content: string | Uint8Array, stamp?: Partial<FileStamp>): void;
  /** Lets every look at a path fail. */
  breakFile(path: string, failure: Error): void;
  remove(path: string): void;
  textOf(path: string): string | undefined;
  /** All files with their contents, and the directories, but nothing of when they were made. */
  snapshot(): string;
  /** Lets file operations wait until the returned function is called. */
  pauseFiles(): () => void;
}

type Files = FileHandles &
  Pick<
    System,
    | 'stat'
    | 'readFile'
    | 'writeFileAtomic'
    | 'readDirectory'
    | 'createFileExclusive'
    | 'moveFile'
    | 'removeFile'
    | 'makeDirectory'
    | 'createFile'
    | 'fillFile'
    | 'touchFile'
    | 'moveDirectory'
    | 'removeDirectory'
    | 'resolveLinks'
  >;

/** What of a fake system its files need. */
interface FilesWorld {
  readonly now: () => number;
  readonly userId: () => number | undefined;
  readonly home: string;
}

/** Makes a file system that is empty but for a home directory. */
export function fakeFiles({ now, userId, home }: FilesWorld): Files {
  const files = new Map<string, FakeFile>();
  // Those that hold nothing; others are there because something is below them.
  const directories = new Map<string, FileStamp>([[home, directoryStamp()]]);
  const touches: string[] = [];
  let gate = Promise.resolve();
  let lastInode = 0;

  function put(path: string, content: string | Uint8Array, stamp: Partial<FileStamp> = {}): void {
    const bytes = Buffer.from(content);
    lastInode += 1;
    const fresh = { size: bytes.length, mtimeMs: now(), inode: lastInode };
    files.set(path, { bytes, stamp: { ...fresh, ...stamp } });
  }

  function directoryStamp(): FileStamp {
    const owner = userId();
    return {
      size: 0,
      mtimeMs: now(),
      inode: 0,
      mode: 0o700,
      ...(owner === undefined ? {} : { owner }),
    };
  }

  function isOccupied(path: string): boolean {
    return (
      files.has(path) ||
      [...files.keys(), ...directories.keys()].some((one) => one.startsWith(`${path}/`))
    );
  }

  function hasDirectory(path: string): boolean {
    return directories.has(path) || isOccupied(path);
  }

  /** What a program of its own does with a file: noted, and at its turn. */
  async function touch(what: string): Promise<void> {
    touches.push(what);
    await gate;
  }

  async function look(kind: string, path: string): Promise<FakeFile | undefined> {
    touches.push(`${kind} ${path}`);
    await gate;
    const file = files.get(path);
    if (file?.failure !== undefined) throw file.failure;
    return file;
  }

  return {
    touches,
    put,
    breakFile(path, failure) {
      const stamp = { size: 0, mtimeMs: 0, inode: 0 };
      files.set(path, { bytes: Buffer.alloc(0), stamp, failure });
    },
    remove: (path) => void files.delete(path),
    textOf(path) {
      const file = files.get(path);
      return file === undefined ? undefined : Buffer.from(file.bytes).toString('utf8');
    },
    snapshot: () =>
      JSON.stringify([
        [...files]
          .map(([path, { bytes }]) => `${path} ${Buffer.from(bytes).toString()}`)
          .toSorted(),
        [...directories.keys()].toSorted(),
      ]),
    pauseFiles() {
      let resume: (() => void) | undefined;
      gate = new Promise((resolve) => {
        resume = resolve;
      });
      return () => resume?.();
    },
    stat: async (path) => (await look('stat', path))?.stamp ?? directories.get(path),
    readFile: async (path, options) => contentOf(await look('read', path), options),
    async readDirectory(path) {
      touches.push(`list ${path}`);
      await gate;
      const file = files.get(path);
      if (file !== undefined) throw file.failure ?? coded('ENOTDIR', path);
      const below = [...files.keys(), ...directories.keys()].filter((name) =>
        name.startsWith(`${path}/`),
      );
      if (below.length === 0 && !directories.has(path)) throw coded('ENOENT', path);
      const names = new Map<string, boolean>();
      for (const name of below) {
        const [first = '', ...rest] = name.slice(path.length + 1).split('/');
        const isDirectory = rest.length > 0 || directories.has(name);
        names.set(first, isDirectory || names.get(first) === true);
      }
      return [...names].map(([name, isDirectory]) => ({ name, isDirectory }));
    },
    async writeFileAtomic(path, text) {
      await touch(`write ${path}`);
      put(path, text, own());
    },
    async createFileExclusive(path, text) {
      await touch(`create ${path}`);
      if (files.has(path)) return false;
      put(path, text, own());
      return true;
    },
    async moveFile(from, to) {
      await touch(`move ${from}`);
      const file = files.get(from);
      if (file === undefined || !hasDirectory(parentOf(to))) return false;
      files.delete(from);
      files.set(to, file);
      return true;
    },
    async removeFile(path) {
      await touch(`remove ${path}`);
      if (directories.has(path)) throw coded('EISDIR', path);
      files.delete(path);
    },
    async makeDirectory(path) {
      await touch(`make ${path}`);
      if (files.has(path)) throw coded('EEXIST', path);
      if (!directories.has(path)) directories.set(path, directoryStamp());
    },
    async createFile(path, text) {
      await touch(`create ${path}`);
      put(path, text, own());
    },
    async fillFile(path, text) {
      await touch(`fill ${path}`);
      if (!files.has(path)) return false;
      put(path, text, own());
      return true;
    },
    async touchFile(path) {
      await touch(`touch ${path}`);
      const file = files.get(path);
      if (file === undefined) return false;
      files.set(path, { ...file, stamp: { ...file.stamp, mtimeMs: now() } });
      return true;
    },
    async moveDirectory(from, to) {
      await touch(`move ${from}`);
      if (!files.has(from) && !hasDirectory(from)) return false;
      if (isOccupied(to)) return false;
      directories.delete(to);
      moveAll(files, from, to);
      moveAll(directories, from, to);
      return true;
    },
    async removeDirectory(path) {
      await touch(`remove ${path}`);
      if (!isOccupied(path)) directories.delete(path);
    },
    async resolveLinks(path) {
      await touch(`resolve ${path}`);
      return path;
    },
  };

  /** Whose a file is that was made: this user's. */
  function own(): Partial<FileStamp> {
    const owner = userId();
    return { mode: 0o600, ...(owner === undefined ? {} : { owner }) };
  }
}

/** Everything at a path and below it gets another one. */
function moveAll<T>(all: Map<string, T>, from: string, to: string): void {
  for (const [path, one] of all) {
    if (path !== from && !path.startsWith(`${from}/`)) continue;
    all.delete(path);
    all.set(`${to}${path.slice(from.length)}`, one);
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

function coded(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

function contentOf(file: FakeFile | undefined, { maxBytes }: ReadOptions): FileContent | undefined {
  if (file === undefined) return undefined;
  if (file.stamp.size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
  return { bytes: file.bytes, stamp: file.stamp };
}
