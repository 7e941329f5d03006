// Files in memory, of a fake system.

import type { FileContent, FileStamp, ReadOptions } from '../../../src/system/system.ts';
import type { FakeSystem } from './fake-system.ts';

/** What stands at a path. */
interface FakeFile {
  readonly bytes: Uint8Array;
  readonly stamp: FileStamp;
  /** What every look at the file rejects with. */
  readonly failure?: Error;
}

type Files = Pick<
  FakeSystem,
  | 'touches'
  | 'put'
  | 'breakFile'
  | 'remove'
  | 'textOf'
  | 'pauseFiles'
  | 'stat'
  | 'readFile'
  | 'writeFileAtomic'
  | 'readDirectory'
  | 'createFileExclusive'
  | 'moveFile'
  | 'removeFile'
  | 'makeDirectory'
>;

/** Makes an empty file system. */
export function fakeFiles(now: () => number): Files {
  const files = new Map<string, FakeFile>();
  const touches: string[] = [];
  let gate = Promise.resolve();
  let lastInode = 0;

  function put(path: string, content: string | Uint8Array, stamp: Partial<FileStamp> = {}): void {
    const bytes = Buffer.from(content);
    lastInode += 1;
    const fresh = { size: bytes.length, mtimeMs: now(), inode: lastInode };
    files.set(path, { bytes, stamp: { ...fresh, ...stamp } });
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
    pauseFiles() {
      let resume: (() => void) | undefined;
      gate = new Promise((resolve) => {
        resume = resolve;
      });
      return () => resume?.();
    },
    stat: async (path) => (await look('stat', path))?.stamp,
    readFile: async (path, options) => contentOf(await look('read', path), options),
    async readDirectory(path) {
      touches.push(`list ${path}`);
      await gate;
      const below = [...files.keys()].filter((name) => name.startsWith(`${path}/`));
      const names = new Map<string, boolean>();
      for (const name of below) {
        const [first = '', ...rest] = name.slice(path.length + 1).split('/');
        names.set(first, rest.length > 0);
      }
      if (names.size === 0) {
        throw Object.assign(new Error(`no such directory: ${path}`), { code: 'ENOENT' });
      }
      return [...names].map(([name, isDirectory]) => ({ name, isDirectory }));
    },
    async writeFileAtomic(path, text) {
      touches.push(`write ${path}`);
      await gate;
      put(path, text);
    },
    async createFileExclusive(path, text) {
      touches.push(`create ${path}`);
      await gate;
      if (files.has(path)) return false;
      put(path, text);
      return true;
    },
    async moveFile(from, to) {
      touches.push(`move ${from}`);
      await gate;
      const file = files.get(from);
      if (file === undefined) return false;
      files.delete(from);
      files.set(to, file);
      return true;
    },
    async removeFile(path) {
      touches.push(`remove ${path}`);
      await gate;
      files.delete(path);
    },
    async makeDirectory(path) {
      touches.push(`make ${path}`);
      await gate;
    },
  };
}

function contentOf(file: FakeFile | undefined, { maxBytes }: ReadOptions): FileContent | undefined {
  if (file === undefined) return undefined;
  if (file.stamp.size > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
  return { bytes: file.bytes, stamp: file.stamp };
}
