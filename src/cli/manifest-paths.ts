// The files that --filename names, as kubectl finds them (cli-runtime, resource/visitor.go: ExpandPathsToFileVisitors).

import { join, normalize, resolve } from 'node:path';
import { UsageError, type CliContext } from './context.ts';
import { kindOf } from './keyring-inputs.ts';
import { reasonOf, STDIN } from './read-input.ts';

/** Of a directory, files with these endings count, hidden ones too. */
const MANIFEST = /\.(?:json|yaml|yml)$/;

/** The files, each once, in the order in which they are named, and in a directory in the order of their names. */
export async function findManifestFiles(
  context: CliContext,
  paths: readonly string[],
  isRecursive: boolean,
): Promise<readonly string[]> {
  const files = await Promise.all(
    paths.map(async (path) => {
      if (path === STDIN || (await kindOf(context, path)) === 'file') return [path];
      const found = await filesIn(context, path, isRecursive);
      if (found.length > 0) return found;
      throw new UsageError(`${path} holds no file *.yaml, *.yml or *.json`);
    }),
  );
  return [...new Set(files.flat().map((path) => normalize(path)))];
}

async function filesIn(
  context: CliContext,
  directory: string,
  isRecursive: boolean,
): Promise<string[]> {
  const { system } = context;
  const absolute = resolve(system.workingDirectory(), directory);
  const entries = await system.readDirectory(absolute).catch((error: unknown) => {
    throw new UsageError(`cannot read ${directory}: ${reasonOf(error)}`, { cause: error });
  });
  const inOrder = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const found = await Promise.all(
    inOrder.map(async ({ name, isDirectory }) => {
      const path = join(directory, name);
      if (isDirectory) return isRecursive ? filesIn(context, path, isRecursive) : [];
      return MANIFEST.test(name) ? [path] : [];
    }),
  );
  return found.flat();
}
