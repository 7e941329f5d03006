// What lives here: Docker's credential helpers. To understand a new complaint of one: a line in failures.ts.
// Must not be imported here: serve/, and anything that runs a program otherwise than by System.run.

import {
  duration,
  readOptions,
  isFunctionOption,
  isStringRecord,
  isSystemOption,
  type Check,
} from '../../util/option-checks.ts';
import { nodeSystem } from '../../system/node-system.ts';
import type { System } from '../../system/system.ts';
import type { CredentialProvider } from '../contract.ts';
import { matchImagesProblem } from '../check-provider.ts';
import { HELPER_NAME_RULE, isHelperName } from './helper-name.ts';
import { diagnoseHelper } from './diagnose.ts';
import { HELPER_CACHE_MS, HELPER_TIMEOUT_MS, helperProvider } from './helper-provider.ts';

/** How a credential helper is used. */
export interface DockerHelperOptions {
  /**
   * The images that it is asked for, as in the kubelet's `matchImages`.
   *
   * @defaultValue every registry whose host has one to eight labels and no port; one with a port must be listed
   */
  readonly matchImages?: readonly string[] | undefined;
  /**
   * How long an answer is cached, in milliseconds; 0 means not at all. The protocol has no expiry.
   *
   * @defaultValue 30,000
   */
  readonly cacheDurationMs?: number | undefined;
  /**
   * How long the helper may take, in milliseconds; it is killed then.
   *
   * @defaultValue 10,000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Variables for the helper, added to this process's environment.
   *
   * @defaultValue none
   */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /**
   * What the helper is asked about, from an image's normalised name: `docker.io/library/nginx`.
   *
   * @defaultValue host and port as Docker asks: `ghcr.io`, `reg.example.com:5000`, `https://index.docker.io/v1/`
   */
  readonly serverFor?: ((image: string) => string) | undefined;
  /**
   * The outside world. Tests put their own here.
   *
   * @defaultValue this machine
   */
  readonly system?: Pick<System, 'run'> | undefined;
}

/** Every host without a port: a `*` stands for one label, so that there is a pattern for each number of labels. */
export const EVERY_HOST: readonly string[] = Array.from({ length: 8 }, (_, index) =>
  Array.from({ length: index + 1 }, () => '*').join('.'),
);

/**
 * A provider that asks a Docker credential helper: the program `docker-credential-NAME` on the `PATH`.
 *
 * @param name - What follows `docker-credential-`: `pass`, `osxkeychain`, `ecr-login`. No path.
 * @throws TypeError for a name that no helper can have, and for a wrong option.
 * @example
 * ```ts
 * const keyring = createKeyring({ providers: [dockerHelper('pass', { matchImages: ['ghcr.io'] })] });
 * ```
 */
export function dockerHelper(name: string, options: DockerHelperOptions = {}): CredentialProvider {
  const {
    matchImages = EVERY_HOST,
    cacheDurationMs = HELPER_CACHE_MS,
    timeoutMs = HELPER_TIMEOUT_MS,
    system = nodeSystem,
    env,
    serverFor,
  } = readHelperOptions(name, options);
  const provider = helperProvider(system, {
    name: `docker-helper:${name}`,
    helper: name,
    matchImages: [...matchImages],
    remedy: `leave out dockerHelper('${name}')`,
    cacheDurationMs,
    timeoutMs,
    env: env === undefined ? undefined : { ...env },
    serverFor,
  });
  return { ...provider, diagnose: (request) => diagnoseHelper(provider, request) };
}

const CHECKS: Readonly<Record<keyof DockerHelperOptions, Check>> = {
  matchImages: matchImagesProblem,
  cacheDurationMs: duration(0),
  timeoutMs: duration(1),
  env: isStringRecord,
  serverFor: isFunctionOption,
  system: isSystemOption,
};

function readHelperOptions(name: unknown, options: DockerHelperOptions): DockerHelperOptions {
  if (typeof name !== 'string' || !isHelperName(name)) {
    throw new TypeError(`dockerHelper: ${HELPER_NAME_RULE}`);
  }
  return readOptions('dockerHelper', options, CHECKS);
}
