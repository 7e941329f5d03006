// What lives here: a directory of files as the store of a fleet whose processes are short (docs/caching.md). Values come
// encrypted; this file knows names, ends and bounds. To change what a file holds: entry-file.ts. Must not be imported
// here: keyrings and providers.

import type { KeyvStore, StoreLock } from '../shared-cache.ts';
import { principalOf, type PrincipalSystem } from '../../providers/principal/describe.ts';
import { nodeSystem } from '../../system/node-system.ts';
import type { System } from '../../system/system.ts';
import { createFileLock, type FileLock, type LockSystem } from '../file-lock/file-lock.ts';
import { readNewest, writeVersion } from './entry-directory.ts';
import { ENTRY_SUFFIX, formatEntry, LOCK_SUFFIX, MAX_ENTRY_BYTES, nameOf } from './entry-file.ts';
import { countEntries, sweep, type SweepingSystem } from './sweep.ts';

/** A store of files: what `sharedCache.store` takes. */
export interface TokenFileStore extends KeyvStore {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string, ttlMs?: number): Promise<boolean>;
  lock(key: string): Promise<StoreLock | undefined>;
  principal(): Promise<string>;
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
  /**
   * The outside world. Tests put their own here.
   *
   * @defaultValue this machine
   */
  readonly system?:
    (SweepingSystem & LockSystem & PrincipalSystem & Pick<System, 'random'>) | undefined;
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
 * const keyring = createKeyring({ sharedCache: { store, keys: [key] } });
 * ```
 */
export function createTokenFileStore(options: TokenFileStoreOptions): TokenFileStore {
  const { directory, system = nodeSystem } = options;
  const { maxEntries = DEFAULT_MAX_ENTRIES, maxBytes = DEFAULT_MAX_BYTES } = options;
  const largestOfMany = maxBytes / maxEntries;
  let principal: Promise<string> | undefined;
  const tell = onceEach(options.onProblem);
  // Each remembers whom it has seen waiting.
  const locks = new Map<string, FileLock>();
  const entryOf = (key: string): string => `${directory}/${nameOf(key)}${ENTRY_SUFFIX}`;

  /** What is no entry is none: it must not stop a lookup, only be told of. */
  function ignore(path: string, error: unknown): void {
    tell(`the token cache ignores ${path}: ${reasonOf(error)}`);
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
      return (await readNewest(system, entryOf(key), ignore))?.value;
    },
    async set(key, value, ttlMs = DEFAULT_TTL_MS) {
      const text = formatEntry(value, system.now() + ttlMs);
      if (text.length > Math.min(MAX_ENTRY_BYTES, maxBytes)) return false;
      await writeVersion(system, entryOf(key), text);
      await tidy(text.length);
      return true;
    },
    async lock(key) {
      const path = `${directory}/${nameOf(key)}${LOCK_SUFFIX}`;
      const lock = locks.get(path) ?? createFileLock(system, path);
      locks.set(path, lock);
      return lock.take();
    },
    principal() {
      principal ??= programPrincipal(system);
      return principal;
    },
  };
}

/** Loaded where a provider does not say itself whose its answers are. */
async function programPrincipal(system: PrincipalSystem): Promise<string> {
  const { programIdentity } = await import('../../providers/principal/program-principal.ts');
  return principalOf(await programIdentity(system));
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
