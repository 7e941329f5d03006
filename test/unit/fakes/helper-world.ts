// Files that name credential helpers, and the helpers, in memory.

import { createKeyring, type DockerKeyring, type KeyringOptions } from '../../../src/index.ts';
import { fakeSystem, type FakeSystem, type FakeWorld } from './fake-system.ts';
import { userNames } from './keyring-inputs.ts';

/** Docker Hub, as helpers know it. */
export const HUB = 'https://index.docker.io/v1/';
/** Where a world's only file lies. */
export const PATH = '/c.json';
const NOT_FOUND = { stdout: 'credentials not found in native keychain\n', exitCode: 1 };

/** What helpers hold: user names by `HELPER SERVER`. */
export type Stores = Readonly<Record<string, string>>;

/** A keyring over some files and helpers. */
export interface World {
  readonly system: FakeSystem;
  readonly keyring: DockerKeyring;
  /** Every question to a helper: `HELPER SERVER`. */
  readonly asked: () => string[];
  /** The user names of an image's credentials, in order. */
  readonly users: (image: string) => Promise<string[]>;
}

/** Runs helpers that hold something. */
export function storesRun(stores: Stores): NonNullable<FakeWorld['run']> {
  return ({ command, stdin }) => {
    const user = stores[`${command.replace('docker-credential-', '')} ${stdin}`];
    if (user === undefined) return NOT_FOUND;
    return { stdout: JSON.stringify({ ServerURL: stdin, Username: user, Secret: 'canary' }) };
  };
}

type Documents = Readonly<Record<string, object>>;

/** Makes a world of documents by path, and of what helpers hold or how they run. */
export function worldOf(
  documents: Documents,
  run: Stores | FakeWorld['run'],
  options: KeyringOptions = {},
): World {
  const files = Object.fromEntries(
    Object.entries(documents).map(([path, document]) => [path, JSON.stringify(document)]),
  );
  const program = typeof run === 'object' ? storesRun(run) : run;
  const system = fakeSystem({ files, ...(program === undefined ? {} : { run: program }) });
  const keyring = createKeyring({
    system,
    dockerConfig: { files: Object.keys(documents) },
    providers: [],
    ...options,
  });
  return {
    system,
    keyring,
    asked: () =>
      system.runs.map(
        ({ command, stdin }) => `${command.replace('docker-credential-', '')} ${stdin}`,
      ),
    users: async (image) => userNames(await keyring.lookup(image)),
  };
}
