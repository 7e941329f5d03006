// What a credential helper answers: from its store, then from a keyring.

import { own } from '../errors/own.ts';
import type { Credential } from '../credential/credential.ts';
import type { DockerAuth } from '../credential/docker-config-json.ts';
import type { DockerKeyring } from '../create-keyring/docker-keyring.ts';
import { HUB_KEY } from '../keyring/registry-index.ts';
import { HELPER_MESSAGES, HelperError, oneLine } from './helper-process.ts';
import type { HelperCredential } from './helper-input.ts';
import { imageOfServer, isHubImage } from './helper-server.ts';
import { TOKEN_USERNAME, type HelperStore } from './helper-store.ts';

/** What a helper's commands do. */
export interface HelperBackend extends Omit<HelperStore, 'get'> {
  /** Rejects with a {@link HelperError} where there is nothing. */
  get(server: string): Promise<HelperCredential>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** What of a keyring a helper takes. */
export type HelperKeyring = Pick<DockerKeyring, 'lookup' | 'toDockerConfig' | 'close'>;

/** What a backend is made of. */
export interface HelperBackendOptions {
  /** Makes the keyring, once, where the store does not answer. */
  readonly openKeyring: () => Promise<HelperKeyring>;
  readonly store: HelperStore;
  /** Why sources could not answer, so far; each a phrase without anything secret. */
  readonly failures: readonly string[];
  /** Is told what is left out of an answer. */
  readonly warn: (message: string) => void;
}

/** Makes a backend. */
export function createHelperBackend(options: HelperBackendOptions): HelperBackend {
  const { store, failures, warn } = options;
  let opening: Promise<HelperKeyring> | undefined;
  const open = (): Promise<HelperKeyring> => (opening ??= options.openKeyring());

  async function lookup(server: string): Promise<HelperCredential | undefined> {
    const image = imageOfServer(server);
    if (image === undefined) return undefined;
    const keyring = await open();
    for (const credential of await keyring.lookup(image)) {
      if (!isForServer(credential.key, image)) continue;
      const found = toHelper(server, credential);
      if (typeof found === 'object') return found;
      if (found !== undefined) warn(`the credential under ${credential.key} is left out: ${found}`);
    }
    return undefined;
  }

  return {
    async get(server) {
      const found = (await store.get(server)) ?? (await lookup(server));
      if (found !== undefined) return found;
      // "Not found" would let a client go on without credentials, and hide why.
      const [failure] = failures;
      if (failure === undefined) throw new HelperError(HELPER_MESSAGES.notFound);
      throw new HelperError(oneLine(failure.replaceAll(String(imageOfServer(server)), server)));
    },
    async list() {
      const stored = await store.list();
      const { auths } = await (await open()).toDockerConfig();
      const known = new Set([...stored.keys()].map(imageOfServer));
      const servers = Object.entries(auths).flatMap(([key, entry]) => {
        const image = imageOfServer(key);
        // What is stored stands among the keyring's files too, under a key that may be written otherwise.
        if (image === undefined || known.has(image)) return [];
        const username = usernameOf(entry);
        return username === '' ? [] : [[key, username] as const];
      });
      return new Map([...servers, ...stored]);
    },
    store: (credential) => store.store(credential),
    erase: (server) => store.erase(server),
    close: async () => (await opening)?.close(),
  };
}

/** A key with a path is for some images only; and the kubelet takes hosts without a dot for Docker Hub. */
function isForServer(key: string, image: string): boolean {
  return !key.includes('/') && (key !== HUB_KEY || isHubImage(image));
}

/** A text says why the protocol cannot carry it; `undefined` is an empty credential, which is none. */
function toHelper(server: string, credential: Credential): HelperCredential | string | undefined {
  const { username, password, identityToken, registryToken } = credential;
  if (identityToken !== undefined) {
    return { server, username: TOKEN_USERNAME, secret: identityToken };
  }
  if (username === '' && password === '') {
    return registryToken && "it is a registry token, which a helper's answer has no place for";
  }
  const isText = Buffer.from(`${username}:${password}`).equals(credential.basicBytes());
  return isText ? { server, username, secret: password } : 'it is not UTF-8';
}

function usernameOf(entry: DockerAuth): string {
  const { auth = '', username, identitytoken } = own(entry);
  if (identitytoken !== undefined) return TOKEN_USERNAME;
  if (username !== undefined) return username;
  const pair = Buffer.from(auth, 'base64').toString('utf8');
  return pair.slice(0, Math.max(0, pair.indexOf(':')));
}
