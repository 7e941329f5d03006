// How registries are reached, and the check that a caller got it right.

import {
  readOptions,
  isBooleanOption,
  isRecordOption,
  isSystemOption,
  type Check,
} from '../../util/option-checks.ts';
import type { PodContext } from '../../providers/asking/identity.ts';
import type { System } from '../../system/system.ts';
import { isRegistryHost, isUrlHost } from './quirks.ts';
import type { RegistrySession } from './registry-session.ts';

/** How registries are reached. */
export interface RegistryConnectionOptions {
  /**
   * Registries that may be reached by http where they do not speak https: hosts with their ports, such as
   * `registry.lan:5000`. This machine itself (`localhost`, `127.0.0.1`) always may. Certificates are verified all the same.
   *
   * @defaultValue none
   */
  readonly insecureRegistries?: readonly string[] | undefined;
  /**
   * Certificates of authorities that are trusted beside the usual ones and those of `NODE_EXTRA_CA_CERTS`, in PEM.
   *
   * @defaultValue none
   */
  readonly ca?: string | readonly string[] | undefined;
  /**
   * Token servers, hosts with their ports, to which a registry may send whoever asks, also where they are in a private
   * network and the registry is not, and where the registry is reached by https and they by http.
   *
   * @defaultValue none
   */
  readonly trustedRealms?: readonly string[] | undefined;
  /**
   * The deadline of one request, in milliseconds.
   *
   * @defaultValue 30,000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How often a request is sent again that failed by the network, by a status from 500 on, or by 429.
   *
   * @defaultValue 3
   */
  readonly retries?: number | undefined;
  /** The outside world: clock, HTTP. Tests put their own here. */
  readonly system?: System | undefined;
}

/** What every function of this room may be told. */
export interface RegistryOptions extends RegistryConnectionOptions {
  /**
   * Keeps tokens and what is known of registries, from {@link createRegistrySession}; how registries are reached is then
   * the session's matter.
   *
   * @defaultValue one that lives as long as the keyring
   */
  readonly session?: RegistrySession | undefined;
}

/** For whom, and for how long. */
export interface CandidateOptions extends RegistryOptions {
  readonly signal?: AbortSignal | undefined;
  /** The pod that wants the image, for providers that work with service-account tokens. */
  readonly pod?: PodContext | undefined;
  /**
   * Whether, when every credential was refused, it is tried without. A kubelet does not.
   *
   * @defaultValue `false`; without any credential it always is
   */
  readonly anonymous?: boolean | undefined;
}

const CONNECTION_CHECKS: Readonly<Record<keyof RegistryConnectionOptions, Check>> = {
  insecureRegistries: (value) => hostsProblem(value, isRegistryHost),
  ca: (value) =>
    [value].flat().every((one) => typeof one === 'string' && one.includes('-BEGIN CERTIFICATE-'))
      ? undefined
      : 'must be certificates in PEM',
  trustedRealms: (value) => hostsProblem(value, isUrlHost),
  timeoutMs: (value) =>
    isCount(value, 1) ? undefined : 'must be a number of milliseconds above 0',
  retries: (value) => (isCount(value, 0) ? undefined : 'must be a number from 0 on'),
  system: isSystemOption,
};

/** The checks of {@link CandidateOptions}. */
export const CANDIDATE_CHECKS: Readonly<Record<keyof CandidateOptions, Check>> = {
  ...CONNECTION_CHECKS,
  session: isRecordOption,
  signal: isRecordOption,
  pod: isRecordOption,
  anonymous: isBooleanOption,
};

/** Throws a TypeError that names the option and what it must be. */
export function readConnectionOptions(
  caller: string,
  options: RegistryConnectionOptions,
): RegistryConnectionOptions {
  return readOptions(caller, options, CONNECTION_CHECKS);
}

/** Whether a value is a whole number, from the given one on. */
export function isCount(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

/** What would match nothing is a mistake: a scheme, a path, a pattern, a port that is none. Never quoted: it may hold a password. */
function hostsProblem(value: unknown, isHost: (host: string) => boolean): string | undefined {
  const isList =
    Array.isArray(value) && value.every((one) => typeof one === 'string' && isHost(one));
  return isList ? undefined : 'must be an array of hosts, such as registry.lan:5000';
}
