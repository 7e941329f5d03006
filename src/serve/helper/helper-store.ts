// A place that credentials are stored to and erased from: a file, another helper, or none.

import type { HelperCredential } from './helper-input.ts';

/** Where a credential helper keeps what it is given. Servers are compared as they are, character by character. */
export interface HelperStore {
  /** The credential of a server, `undefined` where there is none. */
  get(server: string): Promise<HelperCredential | undefined>;
  /** The user names by server. */
  list(): Promise<ReadonlyMap<string, string>>;
  /** Keeps a credential in the place of an earlier one. */
  store(credential: HelperCredential): Promise<void>;
  /** Forgets a server's credential, if there is one. */
  erase(server: string): Promise<void>;
}

/** The user name of what is an identity token (credentials/credentials.go and docker/cli native_store.go). */
export const TOKEN_USERNAME = '<token>';
