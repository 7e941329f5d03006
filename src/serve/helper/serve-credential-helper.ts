// Serves a provider or a keyring as a Docker credential helper, a program docker-credential-NAME.

import { readOptions, isSystemOption, text, type Check } from '../../util/option-checks.ts';
import { createKeyring } from '../../create-keyring/create-keyring.ts';
import type { DockerKeyring } from '../../create-keyring/docker-keyring.ts';
import { matchesImage } from '../../keyring/match.ts';
import { servedProblem } from '../../providers/check-provider.ts';
import type { CredentialProvider } from '../../providers/contract.ts';
import { nodeSystem } from '../../system/node-system.ts';
import type { System } from '../../system/system.ts';
import { createFileStore } from './file-store.ts';
import { createHelperBackend, type HelperKeyring } from './backend.ts';
import { noStore, type HelperProcess } from './contract.ts';
import { oneLine } from '../../util/text/one-line.ts';
import { serveHelperProtocol } from './protocol.ts';
import { has } from '../../util/own.ts';

/** A provider, or a keyring, which is closed at the end. */
export type HelperSource =
  CredentialProvider | Pick<DockerKeyring, 'lookup' | 'toDockerConfig' | 'close'>;

/** The options of {@link serveCredentialHelper}. */
export interface ServeCredentialHelperOptions {
  /** Node's `process`: arguments, streams, environment. Its `exitCode` is set; it ends by itself. */
  readonly process: HelperProcess;
  /**
   * The program's name.
   *
   * @defaultValue `'docker-credential-keyring'`
   */
  readonly name?: string | undefined;
  /**
   * The version that `version` prints.
   *
   * @defaultValue `'unknown'`
   */
  readonly version?: string | undefined;
  /**
   * A `config.json` for this helper alone (mode 0600): `store` and `erase` write it, `get` and `list` read it first.
   *
   * @defaultValue none; `store` and `erase` then fail
   */
  readonly storeFile?: string | undefined;
  /**
   * For tests.
   *
   * @defaultValue this machine
   */
  readonly system?: System | undefined;
}

const CHECKS: Readonly<Record<keyof ServeCredentialHelperOptions, Check>> = {
  process: (value) => (has(Object(value), 'argv') ? undefined : "must be Node's process"),
  name: text('a text'),
  version: text('a text'),
  storeFile: text('a text'),
  system: isSystemOption,
};

/**
 * Serves one command of Docker's credential helpers: the first argument is `get`, `list`, `store`, `erase` or `version`.
 * For `get`, the answer is the first credential of the server's registry whose key has no path.
 *
 * A helper that is asked again by a helper that it asked fails with a message that names the loop.
 *
 * @throws TypeError for a wrong option. Every other failure goes to the client, as the protocol has it.
 * @example
 * ```ts
 * await serveCredentialHelper(vault, { process, name: 'docker-credential-vault', version: '1.0.0' });
 * ```
 */
export async function serveCredentialHelper(
  source: HelperSource,
  options: ServeCredentialHelperOptions,
): Promise<void> {
  const given = readServeOptions(source, options);
  const { process: host, name = 'docker-credential-keyring', version = 'unknown' } = given;
  const { storeFile, system = nodeSystem } = given;
  const warn = (message: string): void => {
    host.stderr.write(`${name}: warning: ${oneLine(message)}\n`);
  };
  const failures: string[] = [];
  await serveHelperProtocol(host, { name, packageName: 'docker-keyring', version }, async () => {
    const onFailure = ({ message }: Error): void => void failures.push(message);
    const openKeyring = async (): Promise<HelperKeyring> =>
      has(source, 'lookup') ? source : keyringOf(source, system, onFailure);
    const store = storeFile === undefined ? noStore(name) : createFileStore(storeFile, system);
    return createHelperBackend({
      openKeyring,
      store,
      failures,
      warn,
      now: () => system.now(),
      providerFor: async (image) => (isProviderFor(source, image) ? source.name : undefined),
    });
  });
}

/** A keyring does not expose the `matchImages` of its providers. */
function isProviderFor(source: HelperSource, image: string): source is CredentialProvider {
  if (has(source, 'lookup')) return false;
  return source.matchImages.some((pattern) => matchesImage(pattern, image));
}

function keyringOf(
  provider: CredentialProvider,
  system: System,
  onProblem: (error: Error) => void,
): DockerKeyring {
  return createKeyring({ system, dockerConfig: false, providers: [provider], onProblem });
}

function readServeOptions(
  source: unknown,
  options: ServeCredentialHelperOptions,
): ServeCredentialHelperOptions {
  const given = readOptions('serveCredentialHelper', options, CHECKS);
  if (given.process === undefined) throw new TypeError('serveCredentialHelper: process is missing');
  const problem = servedProblem(source, 'a provider or a keyring');
  if (problem !== undefined) throw new TypeError(`serveCredentialHelper: ${problem}`);
  return given;
}
