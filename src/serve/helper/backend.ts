// How a credential helper's commands are answered: from its store, then from a keyring.

import type { Credential } from '../../credential/credential.ts';
import type { DockerAuth } from '../../credential/docker-config-json.ts';
import { readExpiry } from '../../credential/secret-expiry.ts';
import type { DockerKeyring } from '../../create-keyring/docker-keyring.ts';
import { oneLine } from '../../util/text/one-line.ts';
import { own } from '../../util/own.ts';
import {
  HELPER_MESSAGES,
  HelperError,
  TOKEN_USERNAME,
  type HelperCredential,
  type HelperStore,
} from './contract.ts';
import { imageOfServer, isKeyForServer } from './server-image.ts';

/** The commands of the protocol. */
export interface HelperBackend extends Omit<HelperStore, 'get'> {
  /** Rejects with a {@link HelperError} where there is no credential. */
  get(server: string): Promise<HelperCredential>;
  close(): Promise<void>;
}

/** The part of a keyring that a helper uses. */
export type HelperKeyring = Pick<DockerKeyring, 'lookup' | 'toDockerConfig' | 'close'>;

/** What {@link createHelperBackend} takes. */
export interface HelperBackendOptions {
  /** Called once at most, where the store has no answer. */
  readonly openKeyring: () => Promise<HelperKeyring>;
  readonly store: HelperStore;
  /** The name of the provider whose `matchImages` match an image: it is asked before the store. */
  readonly providerFor: (image: string) => Promise<string | undefined>;
  readonly now: () => number;
  /** Why sources could not answer, so far: phrases without secrets. The owner adds to it. */
  readonly failures: readonly string[];
  readonly warn: (message: string) => void;
}

export function createHelperBackend(options: HelperBackendOptions): HelperBackend {
  const { store, failures, warn, providerFor, now } = options;
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
      if (found !== undefined) warn(`the credential under ${credential.key} is skipped: ${found}`);
    }
    return undefined;
  }

  async function fromStore(server: string): Promise<HelperCredential | undefined> {
    const found = await store.get(server);
    const expired = found && expiredBefore(found.secret, now());
    if (expired === undefined) return found;
    warn(`the stored credential for ${server} is skipped: ${expired}; log in again`);
    return undefined;
  }

  /** Where a provider gives the tokens, a login stored a copy of one: it is used only if the provider has no answer. */
  async function fromProviderFirst(
    server: string,
    image: string,
  ): Promise<HelperCredential | undefined> {
    const found = await lookup(server, image);
    if (found !== undefined) return found;
    const [failure] = failures;
    const stored = await fromStore(server);
    if (stored !== undefined && failure !== undefined) {
      warn(`${failure.replaceAll(image, server)}; the stored credential is used`);
    }
    return stored;
  }

  return {
    async get(server) {
      const image = imageOfServer(server);
      const hasProvider = image !== undefined && (await providerFor(image)) !== undefined;
      const found = hasProvider
        ? await fromProviderFirst(server, image)
        : ((await fromStore(server)) ?? (await lookup(server, image)));
      if (found !== undefined) return found;
      // For "not found", a client goes on without credentials, and nobody sees the failure.
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
        // The keyring reads the store's file, too, and may spell its keys in another way.
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
      const provider = image && (await providerFor(image));
      if (provider === undefined) return;
      warn(
        `the provider ${provider} is asked for ${server} first; the stored credential is used only if it has none`,
      );
    },
    erase: (server) => store.erase(server),
    close: async () => (await opening)?.close(),
  };
}

/** @returns A text where the protocol cannot carry the credential; `undefined` for an empty one. */
function toHelper(
  server: string,
  credential: Credential,
  nowMs: number,
): HelperCredential | string | undefined {
  const { username, password, identityToken, registryToken, expiresAt } = credential;
  if (username === '' && password === '' && identityToken === undefined) {
    return registryToken && 'it is a registry token, which a credential helper cannot return';
  }
  // A known expiresAt was checked by the keyring, with allowance for clock skew.
  const expired = expiresAt ? undefined : expiredBefore(identityToken ?? password, nowMs);
  if (expired !== undefined) return expired;
  if (identityToken !== undefined) {
    return { server, username: TOKEN_USERNAME, secret: identityToken };
  }
  const isText = Buffer.from(`${username}:${password}`).equals(credential.basicBytes());
  return isText ? { server, username, secret: password } : 'it is not UTF-8';
}

/** A phrase, where the secret itself says that it has expired. */
function expiredBefore(secret: string, nowMs: number): string | undefined {
  const expiry = readExpiry(secret);
  return expiry !== undefined && expiry.getTime() <= nowMs
    ? `it expired at ${expiry.toISOString()}`
    : undefined;
}

function usernameOf(entry: DockerAuth): string {
  const { auth, username, identitytoken } = own(entry);
  if (identitytoken !== undefined) return TOKEN_USERNAME;
  const pair = Buffer.from(String(auth), 'base64').toString('utf8');
  const names = [username, pair.slice(0, Math.max(0, pair.indexOf(':')))];
  return String(names.find((name) => name !== undefined));
}
