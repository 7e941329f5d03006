// The options that lookup, explain, config and doctor have in common, and what they mean for a keyring.

import { resolve } from 'node:path';
import type { DockerConfigOptions, Semantics } from '../../config/search-paths.ts';
import type { LookupContext } from '../../create-keyring/docker-keyring.ts';
import type { KeyringOptions } from '../../create-keyring/keyring-options.ts';
import type { PathMatching } from '../../keyring/match.ts';
import { UsageError, type CliContext } from '../context.ts';
import type { ChosenPullSecrets, ManifestOptions } from './manifest-files.ts';
import { chooseProviders } from './choose-providers.ts';
import { choosePullSecrets } from './choose-pull-secrets.ts';
import { createInputFiles, type InputFiles } from './read-input.ts';

/** The options, as commander gives them. */
export interface InputOptions extends ManifestOptions {
  /** `false` for none, or files and directories; this machine's own where nothing is said. */
  readonly dockerConfig?: boolean | readonly string[];
  readonly semantics: Semantics;
  readonly pathMatching: PathMatching;
  /** As a list with commas; the library's own where nothing is said. */
  readonly providers?: string;
}

/** What the options stand for. */
export interface KeyringInputs extends Omit<ChosenPullSecrets, 'secrets'> {
  readonly keyring: KeyringOptions;
  /** For lookups: a pod is a node's business, whatever the rules for this machine's own files. */
  readonly lookup: Pick<LookupContext, 'pullSecretSemantics'>;
}

/** Reads what the options name, from files that may have been read before. */
export async function readKeyringInputs(
  context: CliContext,
  options: InputOptions,
  files: InputFiles = createInputFiles(context),
): Promise<KeyringInputs> {
  const { semantics, pathMatching } = options;
  const providers = await chooseProviders(options.providers, context.system);
  const dockerConfig = await dockerConfigOf(context, options.dockerConfig);
  const { secrets, ...chosen } = await choosePullSecrets(context, options, files);
  const isForPod = options.pod !== undefined || options.serviceAccount !== undefined;
  return {
    lookup: isForPod ? { pullSecretSemantics: 'kubelet' } : {},
    keyring: {
      dockerConfig,
      semantics,
      pathMatching,
      pullSecrets: secrets,
      providers,
      system: context.system,
    },
    ...chosen,
  };
}

/** The images to work on: those given, or the pod's. */
export function imagesOf(
  given: readonly string[],
  { podImages }: KeyringInputs,
): readonly string[] {
  if (given.length > 0) return given;
  if (podImages.length > 0) return podImages;
  throw new UsageError('name an IMAGE, or a pod with --pod whose images are meant');
}

async function dockerConfigOf(
  context: CliContext,
  given: boolean | readonly string[] = true,
): Promise<boolean | DockerConfigOptions> {
  if (typeof given === 'boolean') return given;
  const kinds = await Promise.all(given.map((path) => kindOf(context, path)));
  return {
    files: given.filter((_, index) => kinds[index] === 'file'),
    searchPaths: given.filter((_, index) => kinds[index] === 'directory'),
  };
}

/** What stands at a path. What is neither, such as a pipe, is for the reader to refuse. */
export async function kindOf(context: CliContext, path: string): Promise<'file' | 'directory'> {
  const absolute = resolve(context.system.workingDirectory(), path);
  try {
    return (await context.isDirectory(absolute)) ? 'directory' : 'file';
  } catch {
    throw new UsageError(`there is no file or directory ${path}`);
  }
}
