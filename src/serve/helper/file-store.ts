// A store in a config.json of its own, for what `docker login` gives a helper.

import { isPlaceholder, type ConfigEntry } from '../../config/config-entry.ts';
import { decodeDockerConfig } from '../../config/docker-config.ts';
import { ConfigError } from '../../errors.ts';
import { foldName } from '../../go/fold-name.ts';
import type { JsonReader } from '../../go/json-error.ts';
import { checkJson, jsonReader, nextKind, readObject, skipValue } from '../../go/json.ts';
import type { System } from '../../system/system.ts';
import type { LockSystem } from '../../shared-cache/file-lock/file-lock.ts';
import {
  isLeftover,
  removeLeftover,
  type LeftoversSystem,
} from '../../shared-cache/file-lock/temporary-files.ts';
import { withFileLock } from './file-store-lock.ts';
import {
  makeDirectoryAtHome,
  type HomeSystem,
} from '../../shared-cache/file-lock/make-directory.ts';
import { TOKEN_USERNAME, type HelperCredential, type HelperStore } from './contract.ts';
import { imageOfServer, imagePrefix } from './server-image.ts';

export type FileStoreSystem = LockSystem &
  LeftoversSystem &
  HomeSystem &
  Pick<System, 'readFile' | 'resolveLinks' | 'random'>;

/** As large as a Docker configuration may be. */
const MAX_BYTES = 10 * 1024 * 1024;

/** A document, so that it can be written again with all its members that are no logins. */
interface StoredDocument {
  /** Entries by server, as they are in the document. */
  readonly auths: ReadonlyMap<string, unknown>;
  /** The other members. */
  readonly others: ReadonlyMap<string, unknown>;
}

interface Stored extends StoredDocument {
  readonly entries: readonly ConfigEntry[];
}

/**
 * Makes a store over a file, which need not exist. The file is replaced atomically, with mode 0600; a missing directory is
 * created. A malformed file is never overwritten.
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
    // A link stays a link, and processes that use another link to the file take the same lock.
    const target = await system.resolveLinks(path);
    await withFileLock(system, `${target}.lock`, async (lock) => {
      const { auths, others: members } = await read();
      const isSame = sameServer(server);
      const others = [...auths].filter(([key]) => !isSame(key));
      if (entry === undefined && others.length === auths.size) return true;
      // Object.fromEntries defines members: a server named __proto__ is an entry, too.
      const entries = Object.fromEntries([...others, ...(entry ? [[server, entry] as const] : [])]);
      const document = Object.fromEntries([...members, ['auths', entries]]);
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

/** Removes temporary files of logins that were killed. Never rejects. */
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

/** As docker writes its own file; `auth` cannot hold a user name with a colon. */
function toEntry({ username, secret }: HelperCredential): object {
  if (username === TOKEN_USERNAME) return { identitytoken: secret };
  if (username.includes(':')) return { username, password: secret };
  return { auth: Buffer.from(`${username}:${secret}`, 'utf8').toString('base64') };
}

/** Reads a document as decodeDockerConfig() does: `Auths` is `auths`, and a second one adds to the first. */
export function readStored(bytes: Uint8Array): StoredDocument {
  const auths = new Map<string, unknown>();
  const others = new Map<string, unknown>();
  const reader = jsonReader(bytes);
  if (checkJson(bytes) !== undefined || nextKind(reader) !== 'object') return { auths, others };
  readObject(reader, (name) => {
    if (foldName(name) !== 'auths') others.set(name, readValue(reader));
    else if (nextKind(reader) === 'object') readEntries(reader, auths);
    else {
      auths.clear();
      skipValue(reader);
    }
  });
  return { auths, others };
}

function readEntries(reader: JsonReader, auths: Map<string, unknown>): void {
  readObject(reader, (server) => auths.set(server, readValue(reader)));
}

function readValue(reader: JsonReader): unknown {
  nextKind(reader);
  const start = reader.offset;
  skipValue(reader);
  return JSON.parse(new TextDecoder().decode(reader.bytes.subarray(start, reader.offset)));
}

/** Whether a key is the server in any spelling: a login replaces all spellings, a logout erases them. */
function sameServer(server: string): (key: string) => boolean {
  const image = imageOfServer(server);
  return (key) => key === server || (image !== undefined && imageOfServer(key) === image);
}

/** The entry of a server: the same key, or the key with the longest prefix of its path. */
function entryOf(entries: readonly ConfigEntry[], server: string): ConfigEntry | undefined {
  const exact = entries.find(({ rawKey }) => rawKey === server);
  if (exact !== undefined) return exact;
  const image = imageOfServer(server);
  if (image === undefined) return undefined;
  let [best, length]: [ConfigEntry | undefined, number] = [undefined, 0];
  for (const entry of entries) {
    const key = imageOfServer(entry.rawKey);
    const prefix = key === undefined || isPlaceholder(entry) ? undefined : imagePrefix(key);
    if (prefix === undefined || prefix.length <= length || !image.startsWith(prefix)) continue;
    [best, length] = [entry, prefix.length];
  }
  return best;
}
