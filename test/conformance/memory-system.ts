import type { FileStamp, System } from '../../src/system/system.ts';

/** A System whose files are these and no others; `null` is a directory. */
export function memorySystem(files: ReadonlyMap<string, Uint8Array | null>): System {
  return {
    now: () => 0,
    monotonicMs: () => 0,
    env: () => undefined,
    variableNames: () => [],
    platform: 'linux',
    homeDirectory: () => '/home/nobody',
    workingDirectory: () => '/nowhere',
    userId: () => 1000,
    stat: async (path) => {
      const bytes = files.get(path);
      return bytes === undefined ? undefined : stamp(bytes);
    },
    readFile: async (path) => {
      const bytes = files.get(path);
      if (bytes === undefined) return undefined;
      if (bytes === null) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' });
      return { bytes, stamp: stamp(bytes) };
    },
    writeFileAtomic: async (path) => {
      throw new Error(`no test writes ${path}`);
    },
    readDirectory: () => Promise.reject(new Error('no test lists')),
    createFileExclusive: () => Promise.reject(new Error('no test writes')),
    moveFile: () => Promise.reject(new Error('no test writes')),
    removeFile: () => Promise.reject(new Error('no test writes')),
    makeDirectory: () => Promise.reject(new Error('no test writes')),
    createFile: () => Promise.reject(new Error('no test writes')),
    fillFile: () => Promise.reject(new Error('no test writes')),
    touchFile: () => Promise.reject(new Error('no test writes')),
    moveDirectory: () => Promise.reject(new Error('no test writes')),
    removeDirectory: () => Promise.reject(new Error('no test writes')),
    resolveLinks: async (path) => path,
    ownProcess: async () => '0',
    isRunning: async () => undefined,
    uniqueName: () => 'the only one',
    http: () => Promise.reject(new Error('no test asks a server')),
    httpStream: () => Promise.reject(new Error('no network here')),
    httpAgents: () => Promise.reject(new Error('no test asks a server')),
    run: () => Promise.reject(new Error('no test runs a program')),
    random: () => 0,
    setTimer: () => () => undefined,
  };
}

function stamp(bytes: Uint8Array | null): FileStamp {
  return { size: bytes?.length ?? 0, mtimeMs: 0, inode: 1 };
}
