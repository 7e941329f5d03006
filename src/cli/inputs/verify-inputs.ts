// What verify asks about beside images by name: the objects of files, with their places.

import { normalize } from 'node:path';
import { ManifestError } from '../../errors.ts';
import { readManifests } from '../../kubernetes/manifest/manifests.ts';
import type { VerifyWarning } from '../../registry/verify/verify-report.ts';
import type { PlacedObject } from '../../registry/verify/placed-object.ts';
import { caught, UsageError, type CliContext } from '../context.ts';
import type { Manifest } from './manifest-files.ts';
import { findManifestFiles, type ManifestPath } from './manifest-paths.ts';
import { inputName, type InputFiles } from './read-input.ts';
import type { BrokenFile } from '../commands/verify-outcome.ts';

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
  /** Of what stands in a directory and is no file that can be read: an editor's lock, a pipe, a link to a directory. */
  readonly skipped: readonly VerifyWarning[];
}

/** Reads the files. One that is broken, or odd, does not keep the others from being read. */
export async function readObjects(
  context: CliContext,
  { filename = [], recursive = false, secret = [] }: ManifestPathOptions,
  files: InputFiles,
): Promise<ReadObjects> {
  const paths = await findManifestFiles(context, filename, recursive);
  // Without pods, nobody could use them.
  const secrets = paths.length === 0 ? [] : secret.map((path) => normalize(path));
  const known = new Set(paths.map(({ path }) => path));
  const more = [...new Set(secrets)].filter((path) => !known.has(path));
  const all = [...paths, ...more.map((path) => ({ path, isFound: false }))];
  const read = await Promise.all(all.map((one) => readPath(one, files)));
  const objects = read.map((one, index) => {
    if (!Array.isArray(one)) return [];
    return index < paths.length ? one : one.filter(isSecret);
  });
  return {
    objects: objects.flat(),
    broken: read.filter((one) => 'reason' in one),
    skipped: read.filter((one) => 'code' in one),
  };
}

/** What was named must be there; what was found may be gone or no file. */
async function readPath(
  { path, isFound, problem }: ManifestPath,
  files: InputFiles,
): Promise<FileObject[] | BrokenFile | VerifyWarning> {
  if (problem !== undefined) return skipped({ path, message: problem });
  try {
    return await readFile(path, files);
  } catch (error) {
    if (!isFound) throw error;
    const { message } = caught(error, UsageError);
    const hint = 'kubectl reads it too: take it out of the directory, or give it another ending';
    return skipped({ path, message, hint });
  }
}

function skipped(about: Omit<VerifyWarning, 'code'>): VerifyWarning {
  return { ...about, code: 'file-skipped', message: `${about.message}; it is left out` };
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
