// The files that --filename names, as kubectl finds them (cli-runtime, resource/visitor.go: ExpandPathsToFileVisitors).

import { join, normalize, resolve } from 'node:path';
import { caught, UsageError, type CliContext } from '../context.ts';
import { kindOf } from './keyring-inputs.ts';
import { reasonOf, STDIN } from './read-input.ts';

/** The files of a directory that are read, hidden ones too. */
const MANIFEST = /\.(?:json|yaml|yml)$/;

/** A file of manifests, or a subdirectory that cannot be read. */
export interface ManifestPath {
  readonly path: string;
  /** Whether it was found in a directory, and not named itself: an unreadable one is then skipped, as by kubectl. */
  readonly isFound: boolean;
  /** Why a subdirectory cannot be read. */
  readonly problem?: string;
}

/** The files, each once, in the order of the options, and in a directory by name. */
export async function findManifestFiles(
  context: CliContext,
  paths: readonly string[],
  isRecursive: boolean,
): Promise<readonly ManifestPath[]> {
  const files = await Promise.all(
    paths.map(async (path): Promise<readonly ManifestPath[]> => {
      if (path === STDIN || (await kindOf(context, path)) === 'file') {
        return [{ path, isFound: false }];
      }
      const found = await filesIn(context, path, isRecursive);
      if (found.length > 0) return found;
      throw new UsageError(`${path} contains no *.yaml, *.yml or *.json file`);
    }),
  );
  const byPath = new Map<string, ManifestPath>();
  for (const file of files.flat()) {
    const path = normalize(file.path);
    if (byPath.get(path)?.isFound !== false) byPath.set(path, { ...file, path });
  }
  return [...byPath.values()];
}

async function filesIn(
  context: CliContext,
  directory: string,
  isRecursive: boolean,
): Promise<readonly ManifestPath[]> {
  const { system } = context;
  const absolute = resolve(system.workingDirectory(), directory);
  const entries = await system.readDirectory(absolute).catch((error: unknown) => {
    throw new UsageError(`cannot read ${directory}: ${reasonOf(error)}`, { cause: error });
  });
  const inOrder = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const found = await Promise.all(
    inOrder.map(async ({ name, isDirectory }) => {
      const path = join(directory, name);
      if (isDirectory) return isRecursive ? filesBelow(context, path) : [];
      return MANIFEST.test(name) ? [{ path, isFound: true }] : [];
    }),
  );
  return found.flat();
}

async function filesBelow(context: CliContext, path: string): Promise<readonly ManifestPath[]> {
  try {
    return await filesIn(context, path, true);
  } catch (error) {
    return [{ path, isFound: true, problem: caught(error, UsageError).message }];
  }
}
