// What lives here: talking to registries: which credential works, tokens, a fetch, verifying images. To read it, begin with
// authorize.ts. To add a function: one file, with tryCandidates (candidates.ts) around attempt (attempt.ts). Must not be
// imported here: create-keyring.ts and what is below it. This file has the options, and says what a keyring is.

import type { Semantics } from '../../config/search-paths.ts';
import type { Credential } from '../../credential/credential.ts';
import type { PullSecretInput } from '../../kubernetes/secret/pull-secret-layer.ts';
import type { PodContext } from '../../providers/contract.ts';
import { parseImageReference } from '../../reference/image-reference.ts';
import type { System } from '../../system/system.ts';
import { isRecord } from '../../util/is-record.ts';
import {
  isBooleanOption,
  isRecordOption,
  isSystemOption,
  type Check,
} from '../../util/option-checks.ts';
import { registryAt } from './quirks.ts';

/** What a lookup is told beside the image; the part of a lookup's context that registries need. */
export interface RegistryLookupContext {
  readonly signal?: AbortSignal | undefined;
  readonly pod?: PodContext | undefined;
  /** Credentials that a registry has refused: a provider that still has one in its cache is asked for a new one. */
  readonly refused?: readonly Credential[] | undefined;
  /** By whose rules pull secrets are read: `'kubelet'` for what is judged as for a node. */
  readonly pullSecretSemantics?: Semantics | undefined;
}

/** Whoever knows the credentials of images, in the order in which they are tried. A `DockerKeyring` is one. */
export interface RegistryKeyring {
  lookup(image: string, context?: RegistryLookupContext): Promise<Credential[]>;
}

/** A keyring that can be given the pull secrets of one pod. A `DockerKeyring` is one. */
export interface TenantKeyring extends RegistryKeyring {
  withPullSecrets(secrets: readonly PullSecretInput[]): RegistryKeyring;
}

/** Keeps tokens and what is known of registries for those who are given it. Nothing of it can be read. */
export interface RegistrySession {
  readonly kind: 'registry-session';
}

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
  /**
   * The outside world: clock, HTTP. Tests put their own here.
   *
   * @defaultValue this machine
   */
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

export const CONNECTION_CHECKS: Readonly<Record<keyof RegistryConnectionOptions, Check>> = {
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

export const CANDIDATE_CHECKS: Readonly<Record<keyof CandidateOptions, Check>> = {
  ...CONNECTION_CHECKS,
  session: isRecordOption,
  signal: isRecordOption,
  pod: isRecordOption,
  anonymous: isBooleanOption,
};

/** Throws a TypeError for what is no keyring. */
export function checkKeyring(caller: string, keyring: unknown): void {
  if (isRecord(keyring) && typeof keyring['lookup'] === 'function') return;
  throw new TypeError(`${caller}: the keyring must have lookup()`);
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

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * Whether a host, with or without a port, can stand in a URL and means the same there. A URL reads `0x7f.1` and `127.1` as
 * addresses, which are names elsewhere.
 */
export function isUrlHost(host: string): boolean {
  const url = `https://${host}/`;
  if (!HOST.test(host) || !URL.canParse(url)) return false;
  return host.startsWith('[') || new URL(url).host === host.toLowerCase().replace(/:443$/, '');
}

/** Whether a host is one that images can name their registry by, which no part of Docker Hub is. */
export function isRegistryHost(host: string): boolean {
  if (!isUrlHost(host)) return false;
  try {
    return registryAt(parseImageReference(`${host}/image`).registry) === registryAt(host);
  } catch {
    return false;
  }
}
