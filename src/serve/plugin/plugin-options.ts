// What serveExecPlugin() serves, its options, and the check that a caller got them right.

import { hasFunctions, readOptions, isSystemOption, type Check } from '../../util/option-checks.ts';
import type { DockerKeyring } from '../../create-keyring/docker-keyring.ts';
import { sharedCacheProblem, type SharedCache } from '../../shared-cache/shared-cache.ts';
import { isProviderSet, servedProblem } from '../../providers/check-provider.ts';
import type { CredentialProvider, ProviderSet } from '../../providers/contract.ts';
import type { TextOutput } from '../../system/process/standard-streams.ts';
import type { System } from '../../system/system.ts';

/** What can be served as a plugin. */
export type Servable = CredentialProvider | ProviderSet | Pick<DockerKeyring, 'lookup'>;

/** Options of {@link serveExecPlugin}. */
export interface ServeExecPluginOptions {
  /** @defaultValue the process's own */
  readonly stdin?: AsyncIterable<string | Uint8Array> | undefined;
  /** @defaultValue the process's own */
  readonly stdout?: TextOutput | undefined;
  /** @defaultValue the process's own */
  readonly stderr?: TextOutput | undefined;
  /** Gives up; the plugin then fails. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Where answers are kept between starts. A keyring keeps its own, by its option of this name.
   *
   * @defaultValue none: each start asks
   */
  readonly sharedCache?: SharedCache | undefined;
  /**
   * The outside world. Tests put their own here.
   *
   * @defaultValue this machine
   */
  readonly system?: System | undefined;
}

/** What serving takes of the outside world. */
export type PluginSystem = Pick<System, 'now' | 'monotonicMs' | 'setTimer' | 'random'>;

const CHECKS: Readonly<Record<keyof ServeExecPluginOptions, Check>> = {
  stdin: (value) => (isIterable(value) ? undefined : 'must be an async iterable of text or bytes'),
  stdout: isOutput,
  stderr: isOutput,
  signal: (value) => (value instanceof AbortSignal ? undefined : 'must be an AbortSignal'),
  sharedCache: sharedCacheProblem,
  system: isSystemOption,
};

/** Throws a TypeError that says what is wrong. */
export function readServeOptions(
  served: unknown,
  options: ServeExecPluginOptions,
): ServeExecPluginOptions {
  const given = readOptions('serveExecPlugin', options, CHECKS);
  const what = 'a provider, a set of providers, or a keyring';
  const problem = isProviderSet(served) ? undefined : servedProblem(served, what);
  if (problem !== undefined) throw new TypeError(`serveExecPlugin: ${problem}`);
  return given;
}

function isIterable(value: unknown): boolean {
  return (
    typeof (Object(value) as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function'
  );
}

function isOutput(value: unknown): string | undefined {
  return hasFunctions(value, 'write') ? undefined : 'must have write()';
}
