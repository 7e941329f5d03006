// The options of createKeyring, and the check that a caller got them right.

import { own } from '../util/own.ts';
import { isRecord } from '../util/is-record.ts';
import {
  isRecordOption,
  duration,
  readOptions,
  isBooleanOption,
  isFunctionOption,
  isStrings,
  isSystemOption,
  oneOf,
  type Check,
} from '../util/option-checks.ts';
import type { DockerConfigOptions, Semantics } from '../config/search-paths.ts';
import type { ConfigError, ProviderError, PullSecretError } from '../errors.ts';
import type { PathMatching } from '../keyring/match.ts';
import type {
  MalformedPullSecrets,
  PullSecretInput,
} from '../kubernetes/secret/pull-secret-layer.ts';
import { sharedCacheProblem, type SharedCache } from '../shared-cache/shared-cache.ts';
import { isProviderSet, providerProblem } from '../providers/check-provider.ts';
import type {
  CredentialProvider,
  GetServiceAccountToken,
  ProviderSet,
} from '../providers/contract.ts';
import type { System } from '../system/system.ts';
import type { LookupContext } from './docker-keyring.ts';

/** What a keyring tells of while it goes on; `code` says which of them it is. */
export type KeyringProblem = ConfigError | PullSecretError | ProviderError;

/** What a keyring is made of, and how it behaves. */
export interface KeyringOptions {
  /**
   * The first layer: Secrets as objects of the shape of `V1Secret`, lists of them, or their YAML or JSON. Which of a
   * cluster's Secrets belong to a pod is what {@link resolvePullSecrets} answers.
   *
   * @defaultValue none
   */
  readonly pullSecrets?: readonly PullSecretInput[] | undefined;
  /**
   * The second layer: this machine's Docker configuration. `false` for none, or the places to look at instead.
   *
   * @defaultValue `true`
   */
  readonly dockerConfig?: boolean | DockerConfigOptions | undefined;
  /**
   * The third layer: providers, asked for the images that they match.
   *
   * @defaultValue `[ecr(), gcr(), acr()]`, which do nothing before an image of their cloud is looked up
   */
  readonly providers?: readonly (CredentialProvider | ProviderSet)[] | undefined;
  /**
   * Refreshes the credentials that are in use on timers, from half of their lives on, as the kubelet did for Amazon ECR,
   * and not only when they are looked up. The timers keep no process alive.
   *
   * @defaultValue `false`
   */
  readonly keepFresh?: boolean | undefined;
  /**
   * Shares providers' answers with other processes: a store that all of them use, and the keys that what it holds is
   * encrypted with. `openTokenFileCache()` gives one in files.
   *
   * @defaultValue none
   */
  readonly sharedCache?: SharedCache | undefined;
  /**
   * Gets a token of a pod's service account, for providers that work with these (`tokenAttributes`). It is asked at each
   * lookup that such a provider is for and that names a pod.
   *
   * @defaultValue none; such providers then fail for pods with a service account
   */
  readonly getServiceAccountToken?: GetServiceAccountToken | undefined;
  /**
   * `'kubelet'` is bug for bug the kubelet v1.37: its search paths, the first valid file only, `auths` only, no tokens.
   * `'extended'` keeps its matching and order, and merges what people have on their machines.
   *
   * @defaultValue `'extended'`
   */
  readonly semantics?: Semantics | undefined;
  /**
   * How a key's path matches: as a plain string prefix, as in the kubelet, where `/foo` covers `/foobar` too, or only
   * at the end of a segment.
   *
   * @defaultValue `'prefix'`
   */
  readonly pathMatching?: PathMatching | undefined;
  /**
   * What becomes of a malformed pull secret: `'reject'` rejects every lookup, as the kubelet fails every pull;
   * `'skip'` goes on without it and tells `onProblem`.
   *
   * @defaultValue `'reject'`
   */
  readonly malformedPullSecrets?: MalformedPullSecrets | undefined;
  /**
   * `'throw'` rejects a lookup with the {@link ProviderError} of the first provider that fails.
   *
   * @defaultValue a lookup continues without the provider, as in the kubelet; `onProblem` is told
   */
  readonly onProviderError?: 'throw' | undefined;
  /**
   * Is told of each broken file, entry and skipped secret, and of each failure of a provider or credential helper, once
   * when it is noticed.
   */
  readonly onProblem?: ((problem: KeyringProblem) => void) | undefined;
  /**
   * The outside world: clock, environment, files. Tests put their own here.
   *
   * @defaultValue this machine
   */
  readonly system?: System | undefined;
}

const CHECKS: Readonly<Record<keyof KeyringOptions, Check>> = {
  pullSecrets: pullSecretsProblem,
  dockerConfig: checkDockerConfig,
  providers: checkProviders,
  semantics: oneOf('kubelet', 'extended'),
  pathMatching: oneOf('prefix', 'segment'),
  malformedPullSecrets: oneOf('reject', 'skip'),
  onProblem: isFunctionOption,
  onProviderError: oneOf('throw'),
  keepFresh: isBooleanOption,
  sharedCache: sharedCacheProblem,
  getServiceAccountToken: isFunctionOption,
  system: isSystemOption,
};

/** Throws a TypeError that names the option and what it must be. */
export function readKeyringOptions(options: KeyringOptions): KeyringOptions {
  return readOptions('createKeyring', options, CHECKS);
}

const CONTEXT_CHECKS: Readonly<Record<keyof LookupContext, Check>> = {
  signal: isRecordOption,
  pod: isRecordOption,
  refused: (value) => (Array.isArray(value) ? undefined : 'must be an array of credentials'),
  pullSecretSemantics: oneOf('kubelet', 'extended'),
};

/** Throws a TypeError as {@link readKeyringOptions} does. */
export function readLookupContext(context: LookupContext): LookupContext {
  return readOptions('lookup', context, CONTEXT_CHECKS);
}

/** Throws a TypeError when a value is no list of pull secrets; what each holds is judged when it is read. */
export function checkPullSecrets(
  caller: string,
  value: unknown,
): asserts value is readonly PullSecretInput[] {
  const problem = pullSecretsProblem(value);
  if (problem !== undefined) throw new TypeError(`${caller}: pullSecrets ${problem}`);
}

function pullSecretsProblem(value: unknown): string | undefined {
  const isList =
    Array.isArray(value) && value.every((one) => typeof one === 'string' || isRecord(one));
  return isList ? undefined : 'must be an array of Secret objects, lists of them, or YAML texts';
}

function checkDockerConfig(value: unknown): string | undefined {
  if (typeof value === 'boolean') return undefined;
  if (!isRecord(value)) return 'must be true, false, or { searchPaths, files, helpers }';
  const { searchPaths, files, helpers, ...unknown } = own(value);
  const [name] = Object.keys(unknown);
  if (name !== undefined) return `has no member ${JSON.stringify(name)}`;
  for (const paths of [searchPaths, files]) {
    if (paths !== undefined && !isStrings(paths)) {
      return 'must have arrays of strings as searchPaths and files';
    }
  }
  return helpersProblem(helpers);
}

function checkProviders(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'must be an array of providers';
  const names = new Set<unknown>();
  for (const [index, provider] of (value as readonly unknown[]).entries()) {
    const problem = isProviderSet(provider) ? undefined : providerProblem(provider);
    if (problem !== undefined) return `[${index}] ${problem}`;
    const { name } = provider as CredentialProvider | ProviderSet;
    if (names.has(name)) return `[${index}] has the name ${JSON.stringify(name)} of an earlier one`;
    names.add(name);
  }
  return undefined;
}

const HELPERS_WANTED =
  'must have true or false as helpers, or { cacheDurationMs, timeoutMs } in milliseconds';

/** What is wrong with a value of `dockerConfig.helpers`, as a phrase after `dockerConfig`. */
function helpersProblem(helpers: unknown): string | undefined {
  if (helpers === undefined || typeof helpers === 'boolean') return undefined;
  if (!isRecord(helpers)) return HELPERS_WANTED;
  const { cacheDurationMs, timeoutMs, ...unknown } = own(helpers);
  const [name] = Object.keys(unknown);
  if (name !== undefined) return `has no member ${JSON.stringify(name)} in helpers`;
  return isDuration(cacheDurationMs, 0) && isDuration(timeoutMs, 1) ? undefined : HELPERS_WANTED;
}

function isDuration(value: unknown, minMs: number): boolean {
  return value === undefined || duration(minMs)(value) === undefined;
}
