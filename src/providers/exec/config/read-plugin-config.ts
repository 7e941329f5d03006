// The kubelet's plugin configuration from the disk: one file, or the files of one directory. Source: Kubernetes v1.37.2
// pkg/credentialprovider/plugin/config.go, readCredentialProviderConfig.

import { withoutTrailing } from '../../../util/text/without-trailing.ts';
import { PluginConfigError } from '../../../errors.ts';
import type { FileContent, FileStamp, System } from '../../../system/system.ts';
import { goQuote } from '../../../go/quote.ts';
import { mergePluginConfigs } from './plugin-config.ts';
import type { PluginConfig } from './plugin-config-types.ts';

const MAX_DOCUMENT_BYTES = 10 * 1024 * 1024;
const ENDINGS = ['.json', '.yaml', '.yml'];

/** A file or directory, in the state that it was read in. */
interface ReadPluginConfigFile {
  readonly path: string;
  readonly stamp: FileStamp;
}

/** A configuration, and what it came from. */
export interface ReadPluginConfig {
  readonly config: PluginConfig;
  /** The directory, where it is one, and the files: when none of them changes, the configuration doesn't. */
  readonly files: readonly ReadPluginConfigFile[];
}

type Files = Pick<System, 'readDirectory' | 'readFile' | 'stat'>;

/**
 * Reads a CredentialProviderConfig as the kubelet does: a file, or of a directory all `*.json`, `*.yaml` and `*.yml`, in
 * the order of their names, without those of directories below it.
 *
 * @param system - Where the files are.
 * @param configPath - The absolute path of the file or directory.
 * @param signal - Gives up.
 * @throws {@link PluginConfigError} when nothing is there or can be read, and where the kubelet refuses what is there.
 */
export async function readPluginConfig(
  system: Files,
  configPath: string,
  signal?: AbortSignal,
): Promise<ReadPluginConfig> {
  // Before its files: what changes meanwhile is then seen as a change.
  const stamp = await attempt(configPath, signal, () => system.stat(configPath, signal));
  if (stamp === undefined) {
    throw problem(configPath, 'there is no such file or directory');
  }
  const names = await namesIn(system, configPath, signal);
  signal?.throwIfAborted();
  const paths = names?.map((name) => `${withoutTrailing(configPath, '/')}/${name}`) ?? [configPath];
  const read = await Promise.all(paths.map((path) => readOne(system, path, signal)));
  const directory = names === undefined ? [] : [{ path: configPath, stamp }];
  return {
    config: await mergePluginConfigs(read, configPath),
    files: [...directory, ...read.map((file) => ({ path: file.path, stamp: file.stamp }))],
  };
}

/** `undefined` where the path is no directory. */
async function namesIn(
  system: Files,
  path: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[] | undefined> {
  const entries = await attempt(path, signal, () =>
    system.readDirectory(path).catch((error: unknown) => {
      if (NO_DIRECTORY.has(codeOf(error))) return undefined;
      throw error;
    }),
  );
  const names = entries
    ?.filter(({ name, isDirectory }) => !isDirectory && ENDINGS.some((end) => name.endsWith(end)))
    .map(({ name }) => name)
    .toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  if (names?.length === 0) {
    throw problem(path, `no configuration files found in directory ${goQuote(path)}`);
  }
  return names;
}

const NO_DIRECTORY: ReadonlySet<unknown> = new Set(['ENOTDIR', 'ENOENT']);

async function readOne(
  system: Files,
  path: string,
  signal: AbortSignal | undefined,
): Promise<{ path: string; document: Uint8Array; stamp: FileStamp }> {
  const content: FileContent | undefined = await attempt(path, signal, () =>
    system.readFile(path, { maxBytes: MAX_DOCUMENT_BYTES, signal }),
  );
  if (content === undefined) throw problem(path, 'the file is gone');
  return { path, document: content.bytes, stamp: content.stamp };
}

async function attempt<T>(
  path: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    const code = codeOf(error);
    const why = code === undefined && error instanceof Error ? error.message : String(code);
    throw new PluginConfigError({ path, reason: `it cannot be read: ${why}` }, { cause: error });
  }
}

function codeOf(error: unknown): unknown {
  // Node's own errors are of another realm under Jest.
  return (Object(error) as { readonly code?: unknown }).code;
}

function problem(path: string, reason: string): PluginConfigError {
  return new PluginConfigError({ path, reason });
}
