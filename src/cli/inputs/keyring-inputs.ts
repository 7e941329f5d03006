// The options that lookup, explain, config, doctor and verify share, as options of a keyring.

import { resolve } from 'node:path';
import type { DockerConfigOptions, Semantics } from '../../config/search-paths.ts';
import type { LookupContext } from '../../create-keyring/docker-keyring.ts';
import type { KeyringOptions } from '../../create-keyring/keyring-options.ts';
import type { PathMatching } from '../../keyring/match.ts';
import { UsageError, type CliContext } from '../context.ts';
import { chooseProviders, type OnBrokenProvider } from './choose-providers.ts';
import { choosePullSecrets, type ChosenPullSecrets } from './choose-pull-secrets.ts';
import type { ManifestOptions } from './manifest-files.ts';
import { createInputFiles, type InputFiles } from './read-input.ts';

/** The options, as commander gives them. */
export interface InputOptions extends ManifestOptions {
  /** `false` for none; files and directories; or this machine's own configuration by default. */
  readonly dockerConfig?: boolean | readonly string[];
  readonly semantics: Semantics;
  readonly pathMatching: PathMatching;
  /** Separated by commas; the library's default providers by default. */
  readonly providers?: string;
}

export interface KeyringInputs extends Omit<ChosenPullSecrets, 'secrets'> {
  readonly keyring: KeyringOptions;
  /** The kubelet's rules for a pod's secrets, whatever the rules for this machine's files. */
  readonly lookup: Pick<LookupContext, 'pullSecretSemantics'>;
}

/** How the inputs are read. */
export interface InputReading {
  /** Shared, where the caller reads files, too: each is read once. */
  readonly files?: InputFiles;
  /** Where it is missing, a provider that cannot be made is a wrong use. */
  readonly onBrokenProvider?: OnBrokenProvider;
}

export async function readKeyringInputs(
  context: CliContext,
  options: InputOptions,
  { files = createInputFiles(context), onBrokenProvider }: InputReading = {},
): Promise<KeyringInputs> {
  const { semantics, pathMatching } = options;
  const providers = await chooseProviders(options.providers, context.system, onBrokenProvider);
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

/** The given images, or the pod's. */
export function imagesOf(
  given: readonly string[],
  { podImages }: KeyringInputs,
): readonly string[] {
  if (given.length > 0) return given;
  if (podImages.length > 0) return podImages;
  throw new UsageError('no image: name an IMAGE, or a pod with --pod');
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

/** What a path is. For other kinds, such as a pipe, it is `file`, and the reader reports it. */
export async function kindOf(context: CliContext, path: string): Promise<'file' | 'directory'> {
  const absolute = resolve(context.system.workingDirectory(), path);
  try {
    return (await context.isDirectory(absolute)) ? 'directory' : 'file';
  } catch {
    throw new UsageError(`there is no file or directory ${path}`);
  }
}
