// What lives here: a directory of files as the store of a fleet whose processes are short (docs/caching.md). Values come
// encrypted; this file knows names, ends and bounds. To change what a file holds: entry-file.ts. Must not be imported
// here: keyrings and providers.

import type { KeyvStore } from '../../providers/cache/store/fleet.ts';
import { nodeSystem } from '../../system/node-system.ts';
import type { System } from '../../system/system.ts';
import {
  fileNameOf,
  formatEntry,
  MAX_ENTRY_BYTES,
  readEntry,
  type EntryFile,
} from './entry-file.ts';
import { removeUnchanged } from './remove-unchanged.ts';
import { countEntries, sweep, type SweepingSystem } from './sweep.ts';

/** A store of files: what `createKeyring({ store })` takes. */
export interface TokenFileStore extends KeyvStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMs?: number): Promise<boolean>;
  delete(key: string): Promise<void>;
  setIfAbsent(key: string, value: string, ttlMs: number): Promise<boolean>;
}

/** Where the files are, and how many. */
export interface TokenFileStoreOptions {
  /** A directory of this user's alone. It must exist. */
  readonly directory: string;
  /**
   * More entries than this are not kept: the oldest go first.
   *
   * @defaultValue 1000
   */
  readonly maxEntries?: number | undefined;
  /**
   * More bytes than this are not kept: the oldest go first.
   *
   * @defaultValue 16 MiB
   */
  readonly maxBytes?: number | undefined;
  /** Is told, once for each, of files that count as absent since they are not as this store writes them. */
  readonly onProblem?: ((message: string) => void) | undefined;
  /** The outside world. Tests put their own here. */
  readonly system?: (SweepingSystem & Pick<System, 'writeFileAtomic' | 'random'>) | undefined;
}

const DEFAULT_MAX_ENTRIES = 1000;
const DEFAULT_MAX_BYTES = 16 * 2 ** 20;
/** So many writes of one process, more or less, until it looks for what has ended. */
const SWEEP_EVERY = 16;
/** Longer than any token lives: what is kept without an end. */
const DEFAULT_TTL_MS = 400 * 24 * 60 * 60 * 1000;
const MAX_TOLD = 100;

/**
 * Makes a store of one file for each entry. A reader sees a whole entry or none, whoever writes or is killed meanwhile.
 *
 * @example
 * ```ts
 * const store = createTokenFileStore({ directory: '/var/cache/docker-keyring' });
 * const keyring = createKeyring({ store, storeKeys: [key] });
 * ```
 */
export function createTokenFileStore(options: TokenFileStoreOptions): TokenFileStore {
  const { directory, system = nodeSystem } = options;
  const { maxEntries = DEFAULT_MAX_ENTRIES, maxBytes = DEFAULT_MAX_BYTES } = options;
  const largestOfMany = maxBytes / maxEntries;
  const tell = onceEach(options.onProblem);
  const pathOf = (key: string): string => `${directory}/${fileNameOf(key)}`;

  /** What is no entry is none: it must not stop a lookup, only be told of. */
  async function read(path: string): Promise<EntryFile | undefined> {
    try {
      return await readEntry(system, path);
    } catch (error) {
      tell(`the token cache ignores ${path}: ${reasonOf(error)}`);
      return undefined;
    }
  }

  async function replace(path: string, text: string): Promise<void> {
    try {
      await system.writeFileAtomic(path, text);
    } catch {
      // A directory, or a link that leads to itself: out of the way.
      await removeUnchanged(system, path, undefined);
      await system.writeFileAtomic(path, text);
    }
  }

  /** The bounds hold after each write; what has ended is looked for by chance, so that it costs a plugin little. */
  async function tidy(writtenBytes: number): Promise<void> {
    const isDue =
      writtenBytes > largestOfMany ||
      system.random() < 1 / SWEEP_EVERY ||
      (await countEntries(system, directory)) > maxEntries;
    if (isDue) await sweep(system, directory, { maxEntries, maxBytes });
  }

  return {
    async get(key) {
      return (await read(pathOf(key)))?.value;
    },
    async set(key, value, ttlMs = DEFAULT_TTL_MS) {
      const text = formatEntry(value, system.now() + ttlMs);
      if (text.length > Math.min(MAX_ENTRY_BYTES, maxBytes)) return false;
      await replace(pathOf(key), text);
      await tidy(text.length);
      return true;
    },
    delete: (key) => system.removeFile(pathOf(key)),
    async setIfAbsent(key, value, ttlMs) {
      const path = pathOf(key);
      const text = formatEntry(value, system.now() + ttlMs);
      if (await system.createFileExclusive(path, text)) return true;
      const standing = await read(path);
      if (standing?.value !== undefined) return false;
      // Left by a process that was killed, or none of ours. Of several that see so, one makes the next.
      await removeUnchanged(system, path, standing?.text);
      return system.createFileExclusive(path, text);
    },
  };
}

function onceEach(onProblem: ((message: string) => void) | undefined): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (told.has(message) || told.size >= MAX_TOLD) return;
    told.add(message);
    onProblem?.(message);
  };
}

/** Never what a file holds: the messages are System's and ours. */
function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
