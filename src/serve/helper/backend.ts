// What a credential helper answers: from its store, then from a keyring.

import { own } from '../../util/own.ts';
import type { Credential } from '../../credential/credential.ts';
import type { DockerAuth } from '../../credential/docker-config-json.ts';
import type { DockerKeyring } from '../../create-keyring/docker-keyring.ts';
import { readEnd } from '../../credential/credential-end.ts';
import { HELPER_MESSAGES, HelperError } from './contract.ts';
import { oneLine } from '../../util/one-line.ts';
import type { HelperCredential } from './helper-input.ts';
import { imageOfServer, isKeyForServer } from './server-image.ts';
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
  /** The name of a provider that is for the registry of an image, and so is asked before the store. */
  readonly issuerOf: (image: string) => Promise<string | undefined>;
  readonly now: () => number;
  /** Why sources could not answer, so far; each a phrase without anything secret. */
  readonly failures: readonly string[];
  /** Is told what is left out of an answer. */
  readonly warn: (message: string) => void;
}

/** Makes a backend. */
export function createHelperBackend(options: HelperBackendOptions): HelperBackend {
  const { store, failures, warn, issuerOf, now } = options;
  let opening: Promise<HelperKeyring> | undefined;
  const open = (): Promise<HelperKeyring> => (opening ??= options.openKeyring());

  async function lookup(
    server: string,
    image: string | undefined,
  ): Promise<HelperCredential | undefined> {
    if (image === undefined) return undefined;
    const keyring = await open();
    for (const credential of await keyring.lookup(image)) {
      if (!isKeyForServer(credential.key, image)) continue;
      const found = toHelper(server, credential, now());
      if (typeof found === 'object') return found;
      if (found !== undefined) warn(`the credential under ${credential.key} is left out: ${found}`);
    }
    return undefined;
  }

  async function fromStore(server: string): Promise<HelperCredential | undefined> {
    const found = await store.get(server);
    const ended = found && endBefore(found.secret, now());
    if (ended === undefined) return found;
    warn(`what is stored for ${server} is left out: ${ended}; log in again`);
    return undefined;
  }

  /** What a login stored is a token's copy where a provider gives the tokens: it counts where that has no answer. */
  async function storedLast(server: string, image: string): Promise<HelperCredential | undefined> {
    const found = await lookup(server, image);
    if (found !== undefined) return found;
    const [failure] = failures;
    const last = await fromStore(server);
    if (last !== undefined && failure !== undefined) {
      warn(`${failure.replaceAll(image, server)}; what is stored is used`);
    }
    return last;
  }

  return {
    async get(server) {
      const image = imageOfServer(server);
      const isIssued = image !== undefined && (await issuerOf(image)) !== undefined;
      const found = isIssued
        ? await storedLast(server, image)
        : ((await fromStore(server)) ?? (await lookup(server, image)));
      if (found !== undefined) return found;
      // "Not found" would let a client go on without credentials, and hide why.
      const [failure] = failures;
      if (failure === undefined) throw new HelperError(HELPER_MESSAGES.notFound);
      throw new HelperError(oneLine(failure.replaceAll(String(image), server)));
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
    async store(credential) {
      await store.store(credential);
      const { server } = credential;
      const image = imageOfServer(server);
      const issuer = image && (await issuerOf(image));
      if (issuer === undefined) return;
      warn(`for ${server} the provider ${issuer} is asked first, and what is stored afterwards`);
    },
    erase: (server) => store.erase(server),
    close: async () => (await opening)?.close(),
  };
}

/** A text says why the protocol cannot carry it; `undefined` is an empty credential, which is none. */
function toHelper(
  server: string,
  credential: Credential,
  nowMs: number,
): HelperCredential | string | undefined {
  const { username, password, identityToken, registryToken, expiresAt } = credential;
  if (username === '' && password === '' && identityToken === undefined) {
    return registryToken && "it is a registry token, which a helper's answer has no place for";
  }
  // Where whoever gave it says when it ends, a keyring goes by that, with room for clocks that differ.
  const ended = expiresAt ? undefined : endBefore(identityToken ?? password, nowMs);
  if (ended !== undefined) return ended;
  if (identityToken !== undefined) {
    return { server, username: TOKEN_USERNAME, secret: identityToken };
  }
  const isText = Buffer.from(`${username}:${password}`).equals(credential.basicBytes());
  return isText ? { server, username, secret: password } : 'it is not UTF-8';
}

/** That a token says of itself that it has ended, as a phrase. */
function endBefore(secret: string, nowMs: number): string | undefined {
  const end = readEnd(secret);
  return end !== undefined && end.getTime() <= nowMs
    ? `it ended at ${end.toISOString()}`
    : undefined;
}

function usernameOf(entry: DockerAuth): string {
  const { auth, username, identitytoken } = own(entry);
  if (identitytoken !== undefined) return TOKEN_USERNAME;
  // Where there is a name, there is no pair.
  const pair = Buffer.from(String(auth), 'base64').toString('utf8');
  const names = [username, pair.slice(0, Math.max(0, pair.indexOf(':')))];
  return String(names.find((name) => name !== undefined));
}
