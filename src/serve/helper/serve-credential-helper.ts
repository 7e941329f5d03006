// Being a Docker credential helper: any provider or keyring as a program docker-credential-NAME.

import { readOptions, isSystemOption, isText, type Check } from '../../util/option-checks.ts';
import { createKeyring } from '../../create-keyring/create-keyring.ts';
import type { DockerKeyring } from '../../create-keyring/docker-keyring.ts';
import { matchesImage } from '../../keyring/match.ts';
import { providerProblem } from '../../providers/check-provider.ts';
import type { CredentialProvider } from '../../providers/contract.ts';
import { nodeSystem } from '../../system/node-system.ts';
import type { System } from '../../system/system.ts';
import { createFileStore } from './file-store.ts';
import { createHelperBackend, type HelperKeyring } from './helper-backend.ts';
import { noStore } from './helper-no-store.ts';
import type { HelperProcess } from './helper-process.ts';
import { oneLine } from '../../util/one-line.ts';
import { serveHelperProtocol } from './helper-protocol.ts';

/** What a credential helper answers from: a provider, or a keyring, which it closes at the end. */
export type HelperSource =
  CredentialProvider | Pick<DockerKeyring, 'lookup' | 'toDockerConfig' | 'close'>;

/** How a credential helper is served. */
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
   * What `version` shows.
   *
   * @defaultValue `'unknown'`
   */
  readonly version?: string | undefined;
  /**
   * A file that `store` and `erase` write, and that `get` and `list` read first: a `config.json` of its own (mode 0600).
   *
   * @defaultValue none; `store` and `erase` then fail
   */
  readonly storeFile?: string | undefined;
  /** The outside world. Tests put their own here. */
  readonly system?: System | undefined;
}

const CHECKS: Readonly<Record<keyof ServeCredentialHelperOptions, Check>> = {
  process: (value) => ('argv' in Object(value) ? undefined : "must be Node's process"),
  name: textProblem,
  version: textProblem,
  storeFile: textProblem,
  system: isSystemOption,
};

/**
 * Serves one command of Docker's credential helpers: `get`, `list`, `store`, `erase` or `version`, as the first argument
 * says. A server is looked up as its registry: of all credentials for it, those without a path in their key, the first.
 *
 * A helper that is led back to itself, through whatever other helpers, says so and fails.
 *
 * @throws TypeError for a wrong option. All else goes to the client, as the protocol has it.
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
      'lookup' in source ? source : keyringOf(source, system, onFailure);
    const store = storeFile === undefined ? noStore(name) : createFileStore(storeFile, system);
    return createHelperBackend({
      openKeyring,
      store,
      failures,
      warn,
      now: () => system.now(),
      issuerOf: async (image) => (isIssuer(source, image) ? source.name : undefined),
    });
  });
}

/** A keyring does not say which registries its providers are for. */
function isIssuer(source: HelperSource, image: string): source is CredentialProvider {
  if ('lookup' in source) return false;
  return source.matchImages.some((pattern) => matchesImage(pattern, image));
}

function keyringOf(
  provider: CredentialProvider,
  system: System,
  onProblem: (error: Error) => void,
): DockerKeyring {
  return createKeyring({ system, dockerConfig: false, providers: [provider], onProblem });
}

function textProblem(value: unknown): string | undefined {
  return isText(value) ? undefined : 'must be a text';
}

function readServeOptions(
  source: unknown,
  options: ServeCredentialHelperOptions,
): ServeCredentialHelperOptions {
  const given = readOptions('serveCredentialHelper', options, CHECKS);
  if (given.process === undefined) throw new TypeError('serveCredentialHelper: process is missing');
  const { lookup, provide } = Object(source) as Record<string, unknown>;
  if (typeof lookup === 'function') return given;
  if (typeof provide !== 'function') {
    throw new TypeError('serveCredentialHelper: serve a provider or a keyring');
  }
  const problem = providerProblem(source);
  if (problem !== undefined) throw new TypeError(`serveCredentialHelper: the provider ${problem}`);
  return given;
}
