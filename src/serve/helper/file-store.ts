// A store that is a config.json of its own: what `docker login` gives a helper to keep.

import { decodeDockerConfig } from '../../config/docker-config.ts';
import type { ConfigEntry } from '../../config/config-entry.ts';
import { ConfigError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import type { LockSystem } from '../../shared-cache/file-lock/file-lock.ts';
import {
  isLeftover,
  removeLeftover,
  type LeftoversSystem,
} from '../../shared-cache/file-lock/temporary-files.ts';
import { withFileLock } from './file-store-lock.ts';
import type { HelperCredential } from './helper-input.ts';
import { TOKEN_USERNAME, type HelperStore } from './helper-store.ts';
import {
  makeDirectoryAtHome,
  type HomeSystem,
} from '../../shared-cache/file-lock/make-directory.ts';
import { entryOf, readStored, sameServer, type StoredDocument } from './stored-document.ts';

/** The part of the world that a file store takes. */
export type FileStoreSystem = LockSystem &
  LeftoversSystem &
  HomeSystem &
  Pick<System, 'readFile' | 'resolveLinks' | 'random'>;

/** As large as a Docker configuration may be. */
const MAX_BYTES = 10 * 1024 * 1024;

interface Stored extends StoredDocument {
  readonly entries: readonly ConfigEntry[];
}

/**
 * Makes a store over a file, which need not exist. It is written whole or not at all, for its owner only (mode 0600); its
 * directory is made where it is missing. A file that is malformed is never written over.
 *
 * @param path - An absolute path.
 */
export function createFileStore(path: string, system: FileStoreSystem): HelperStore {
  async function read(): Promise<Stored> {
    const content = await system.readFile(path, { maxBytes: MAX_BYTES });
    if (content === undefined) return { auths: new Map(), others: new Map(), entries: [] };
    const { entries, problems } = decodeDockerConfig(content.bytes, 'config.json', {
      tokens: true,
    });
    const [problem] = problems;
    if (problem !== undefined) throw new ConfigError({ path, ...problem });
    return { ...readStored(content.bytes), entries };
  }

  async function change(server: string, entry: object | undefined): Promise<void> {
    await makeDirectoryAtHome(system, directoryOf(path));
    // A link stays a link, and whoever comes by another one has the same lock.
    const target = await system.resolveLinks(path);
    await withFileLock(system, `${target}.lock`, async (lock) => {
      const { auths, others } = await read();
      const isMeant = sameServer(server);
      const kept = [...auths].filter(([key]) => !isMeant(key));
      if (entry === undefined && kept.length === auths.size) return true;
      // fromEntries defines members, so that a server named __proto__ is one like any other.
      const entries = Object.fromEntries([...kept, ...(entry ? [[server, entry] as const] : [])]);
      const document = Object.fromEntries([...others, ['auths', entries]]);
      return lock.commit(target, `${JSON.stringify(document, undefined, '\t')}\n`);
    });
    await sweep(system, target);
  }

  return {
    async get(server) {
      const { entries } = await read();
      const entry = entryOf(entries, server);
      return entry && toHelper(server, entry);
    },
    async list() {
      const { entries } = await read();
      return new Map(entries.map((entry) => [entry.rawKey, toHelper('', entry).username]));
    },
    store: (credential) => change(credential.server, toEntry(credential)),
    erase: (server) => change(server, undefined),
  };
}

/** What logins that were killed have left; never fails. */
async function sweep(system: FileStoreSystem, path: string): Promise<void> {
  const directory = directoryOf(path);
  const lock = `${path.slice(directory.length + 1)}.lock.`;
  const entries = await system.readDirectory(directory).catch(() => []);
  const names = entries.map(({ name }) => name);
  const leftovers = names.filter((name) => name.startsWith(lock) && isLeftover(name));
  await Promise.all(leftovers.map((name) => removeLeftover(system, `${directory}/${name}`)));
}

function directoryOf(path: string): string {
  return path.replace(/[/\\][^/\\]*$/, '');
}

function toHelper(
  server: string,
  { username, password, identityToken }: ConfigEntry,
): HelperCredential {
  return identityToken === undefined
    ? { server, username, secret: password }
    : { server, username: TOKEN_USERNAME, secret: identityToken };
}

/** As docker writes its own file; but a user name with a colon has no place in `auth`. */
function toEntry({ username, secret }: HelperCredential): object {
  if (username === TOKEN_USERNAME) return { identitytoken: secret };
  if (username.includes(':')) return { username, password: secret };
  return { auth: Buffer.from(`${username}:${secret}`, 'utf8').toString('base64') };
}
