// What the parts of a credential helper share: credentials, stores, errors, and the process that it runs in.

import { encodeFields, encodeText } from '../../go/encode-json.ts';

/** A standard output or error stream. */
export interface HelperOutput {
  write(text: string): unknown;
  on?(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** The part of Node's `process` that a credential helper uses. */
export interface HelperProcess {
  /** Node, the program, and its arguments. */
  readonly argv: readonly string[];
  /** Gets `DOCKER_KEYRING_HELPER_CHAIN`, which every child process inherits. */
  readonly env: Record<string, string | undefined>;
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly stdout: HelperOutput;
  readonly stderr: HelperOutput;
  exitCode?: number | string | null | undefined;
}

/** A failure that the client sees on standard output: one line, without secrets. */
export class HelperError extends Error {}

/** The messages that clients recognise, word for word (docker-credential-helpers, credentials/error.go). */
export const HELPER_MESSAGES = {
  notFound: 'credentials not found in native keychain',
  noServer: 'no credentials server URL',
  noUsername: 'no credentials username',
} as const;

/** The user name of an identity token (credentials/credentials.go and docker/cli native_store.go). */
export const TOKEN_USERNAME = '<token>';

/** A credential as the protocol has it: the user name of an identity token is {@link TOKEN_USERNAME}. */
export interface HelperCredential {
  /** The server, as the client names it: `ghcr.io`, `https://index.docker.io/v1/`. */
  readonly server: string;
  readonly username: string;
  readonly secret: string;
}

/** Encodes a credential as Go's helpers do, with a line end. */
export function encodeCredential({ server, username, secret }: HelperCredential): string {
  const fields = [
    ['ServerURL', server],
    ['Username', username],
    ['Secret', secret],
  ] as const;
  return `${encodeFields(fields.map(([name, value]) => [name, encodeText(value)]))}\n`;
}

/** Where a credential helper stores credentials: a file, another helper, or nowhere. Servers are compared byte by byte. */
export interface HelperStore {
  get(server: string): Promise<HelperCredential | undefined>;
  /** The user names by server. */
  list(): Promise<ReadonlyMap<string, string>>;
  /** Replaces an earlier credential of the server. */
  store(credential: HelperCredential): Promise<void>;
  /** Succeeds where there is nothing to erase, too. */
  erase(server: string): Promise<void>;
}

/** An empty store that refuses to store anything. */
export function noStore(name: string): HelperStore {
  const refuse = (): Promise<never> =>
    Promise.reject(new HelperError(`${name} cannot store credentials: no store is configured`));
  return { get: async () => undefined, list: async () => new Map(), store: refuse, erase: refuse };
}
