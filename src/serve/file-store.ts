// A store that is a config.json of its own: what `docker login` gives a helper to keep.

import { decodeDockerConfig } from '../config/docker-config.ts';
import type { ConfigEntry } from '../config/config-entry.ts';
import { ConfigError } from '../errors.ts';
import type { System } from '../system/system.ts';
import { withFileLock } from './file-store-lock.ts';
import type { HelperCredential } from './helper-input.ts';
import { TOKEN_USERNAME, type HelperStore } from './helper-store.ts';
import { entryOf, readStored, sameServer, type StoredDocument } from './stored-document.ts';

/** The part of the world that a file store takes. */
export type FileStoreSystem = Pick<
  System,
  | 'now'
  | 'readFile'
  | 'writeFileAtomic'
  | 'createFileExclusive'
  | 'removeFile'
  | 'moveFile'
  | 'makeDirectory'
  | 'stat'
  | 'setTimer'
>;

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
    await system.makeDirectory(directoryOf(path));
    await withFileLock(system, `${path}.lock`, async () => {
      const { auths, others } = await read();
      const isMeant = sameServer(server);
      const kept = [...auths].filter(([key]) => !isMeant(key));
      if (entry === undefined && kept.length === auths.size) return;
      // fromEntries defines members, so that a server named __proto__ is one like any other.
      const entries = Object.fromEntries([...kept, ...(entry ? [[server, entry] as const] : [])]);
      const document = Object.fromEntries([...others, ['auths', entries]]);
      await system.writeFileAtomic(path, `${JSON.stringify(document, undefined, '\t')}\n`);
    });
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
