// The options of gcr(), and their check.

import { isRecord } from '../../util/is-record.ts';
import {
  isStrings,
  isSystemOption,
  isText,
  listOf,
  matching,
  readOptions,
  text,
  type Check,
} from '../../util/option-checks.ts';
import type { System } from '../../system/system.ts';
import { matchImagesProblem } from '../check-provider.ts';
import { keyProblem } from './identity/service-account-key.ts';

/** Where Google credentials come from. */
export type GcrSource =
  'google-dockercfg' | 'google-dockercfg-url' | 'application-default' | 'metadata';

/** How a pod's service account gets tokens of its own; GKE's Workload Identity for image pulls. */
export interface GcrServiceAccountOptions {
  /** The project of the cluster's identity pool, `PROJECT.svc.id.goog`. */
  readonly projectId: string;
  /**
   * The cluster's issuer as the pool knows it:
   * `https://container.googleapis.com/v1/projects/PROJECT/locations/LOCATION/clusters/NAME`.
   */
  readonly identityProvider: string;
}

/** Options of {@link gcr}. */
export interface GcrOptions {
  /**
   * The images it is asked for. Widening them gives no token to other registries; see {@link GcrOptions.hosts}.
   *
   * @defaultValue Google's registries and `hosts`
   */
  readonly matchImages?: readonly string[] | undefined;
  /**
   * Registries beside Google's own that are trusted with Google's tokens, such as a mirror: `host` or `host:port`.
   *
   * @defaultValue none
   */
  readonly hosts?: readonly string[] | undefined;
  /**
   * Where credentials come from, in the order in which they are to be tried. `'auto'` finds out what there is.
   *
   * @defaultValue `'auto'`
   */
  readonly sources?: 'auto' | readonly GcrSource[] | undefined;
  /** A file with a service account's key, which is used itself as the password, with the user name `_json_key`. */
  readonly keyFile?: string | undefined;
  /** The same key as a value: the JSON text, or what is in it. */
  readonly key?: string | Readonly<Record<string, unknown>> | undefined;
  /** The email of a service account whose token is used in place of the source's own. */
  readonly impersonate?: string | undefined;
  /**
   * What tokens are good for, where the source lets us choose: Application Default Credentials and `impersonate`.
   *
   * @defaultValue `'https://www.googleapis.com/auth/devstorage.read_only'`, enough to pull
   */
  readonly scope?: string | readonly string[] | undefined;
  /** Present to use the tokens of service accounts that ask for it by annotation. */
  readonly serviceAccount?: GcrServiceAccountOptions | undefined;
  /**
   * The outside world. Tests put their own here.
   *
   * @defaultValue this machine
   */
  readonly system?: System | undefined;
}

const SOURCES: readonly unknown[] = [
  'google-dockercfg',
  'google-dockercfg-url',
  'application-default',
  'metadata',
] satisfies readonly GcrSource[];

const CHECKS: Readonly<Record<keyof GcrOptions, Check>> = {
  matchImages: matchImagesProblem,
  hosts: listOf(/^[A-Za-z0-9.-]+(?::[0-9]+)?$/, 'hosts, without scheme, path and globs'),
  sources: sourcesProblem,
  keyFile: text('the path of a file'),
  key: keyProblem,
  impersonate: matching(/^[^\s/:@]+@[^\s/:@]+$/, 'the email of a service account'),
  scope: (value) =>
    isText(value) || (isStrings(value) && value.length > 0 && value.every(isText))
      ? undefined
      : 'must be a scope, or an array of scopes, one at least',
  serviceAccount: serviceAccountProblem,
  system: isSystemOption,
};

/** Throws a TypeError that names the option and what it must be. */
export function readGcrOptions(options: GcrOptions): GcrOptions {
  const given = readOptions('gcr', options, CHECKS);
  checkKeyAlone(given);
  return given;
}

/** With a key, the other options for getting tokens would have no effect. */
function checkKeyAlone(options: GcrOptions): void {
  const names = ['key', 'keyFile', 'sources', 'impersonate', 'scope'] as const;
  const given = names.filter((name) => options[name] !== undefined);
  const isKeyGiven = given[0] === 'key' || given[0] === 'keyFile';
  if (isKeyGiven && given.length > 1) {
    throw new TypeError(`gcr: ${given[0]} and ${given[1]} exclude each other`);
  }
}

function sourcesProblem(value: unknown): string | undefined {
  const isSources =
    value === 'auto' ||
    (Array.isArray(value) && value.length > 0 && value.every((one) => SOURCES.includes(one)));
  const all = SOURCES.map((name) => `'${String(name)}'`).join(', ');
  return isSources ? undefined : `must be 'auto' or an array of ${all}`;
}

function serviceAccountProblem(value: unknown): string | undefined {
  if (isRecord(value)) {
    const { projectId, identityProvider, ...others } = value;
    const isComplete = isText(projectId) && isText(identityProvider);
    if (isComplete && Object.keys(others).length === 0) return undefined;
  }
  return 'must be { projectId, identityProvider }';
}
