// What verify asks about beside images by name: the objects of files, with their places.

import { normalize } from 'node:path';
import { ManifestError } from '../errors.ts';
import { readManifests } from '../kubernetes/manifests.ts';
import type { PlacedObject } from '../registry/verify/verify-targets.ts';
import { caught, type CliContext } from './context.ts';
import type { Manifest } from './manifest-files.ts';
import { findManifestFiles } from './manifest-paths.ts';
import { inputName, type InputFiles } from './read-input.ts';
import type { BrokenFile } from './verify-outcome.ts';

/** The options that name manifests. */
export interface ManifestPathOptions {
  readonly filename?: readonly string[];
  readonly recursive?: boolean;
  /** Files whose Secrets pods may name; their other objects do not count. */
  readonly secret?: readonly string[];
}

/** The objects of all files, and the files that are broken. */
export interface ReadObjects {
  readonly objects: readonly PlacedObject[];
  readonly broken: readonly BrokenFile[];
}

/** Reads the files. One that is broken does not keep the others from being read. */
export async function readObjects(
  context: CliContext,
  { filename = [], recursive = false, secret = [] }: ManifestPathOptions,
  files: InputFiles,
): Promise<ReadObjects> {
  const paths = await findManifestFiles(context, filename, recursive);
  // Without pods, nobody could use them.
  const secrets = paths.length === 0 ? [] : secret.map((path) => normalize(path));
  const more = [...new Set(secrets)].filter((path) => !paths.includes(path));
  const read = await Promise.all([...paths, ...more].map((path) => readFile(path, files)));
  const objects = read.map((one, index) =>
    'reason' in one ? [] : index < paths.length ? one : one.filter(isSecret),
  );
  return { objects: objects.flat(), broken: read.filter((one) => 'reason' in one) };
}

interface FileObject extends PlacedObject {
  readonly object: Manifest;
}

async function readFile(path: string, files: InputFiles): Promise<FileObject[] | BrokenFile> {
  const text = await files.readBytes(path);
  const name = inputName(path);
  try {
    const placed = await readManifests(text, { path: name });
    return placed.map(({ object, lineOf }) => ({ object, path: name, lineOf }));
  } catch (error) {
    const { reason, position } = caught(error, ManifestError);
    return { path: name, ...position, reason };
  }
}

function isSecret({ object }: FileObject): boolean {
  return object['kind'] === 'Secret';
}
