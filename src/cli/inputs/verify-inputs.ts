// The objects of verify's files, with their places in the files.

import { normalize } from 'node:path';
import { ManifestError } from '../../errors.ts';
import { kindOf } from '../../kubernetes/object-kind.ts';
import { readManifests, type PlacedManifest } from '../../kubernetes/manifest/manifests.ts';
import type { VerifyWarning } from '../../registry/verify/verify-report.ts';
import type { PlacedObject } from '../../registry/verify/placed-object.ts';
import { caught, UsageError, type CliContext } from '../context.ts';
import type { Manifest } from './manifest-files.ts';
import { findManifestFiles, type ManifestPath } from './manifest-paths.ts';
import { inputName, type InputFiles } from './read-input.ts';
import { has } from '../../util/own.ts';

/** The options that name manifests. */
export interface ManifestPathOptions {
  readonly filename?: readonly string[];
  readonly recursive?: boolean;
  /** Only the Secrets of these files are used. */
  readonly secret?: readonly string[];
}

/** A file of manifests that cannot be parsed. */
export interface BrokenFile {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** As a phrase. */
  readonly reason: string;
}

export interface ReadObjects {
  readonly objects: readonly PlacedObject[];
  readonly broken: readonly BrokenFile[];
  /** Of entries of directories that cannot be read: an editor's lock, a pipe, a link to a directory. */
  readonly skipped: readonly VerifyWarning[];
}

/** Reads the files. A broken file does not stop the others. */
export async function readObjects(
  context: CliContext,
  { filename = [], recursive = false, secret = [] }: ManifestPathOptions,
  files: InputFiles,
): Promise<ReadObjects> {
  const paths = await findManifestFiles(context, filename, recursive);
  // Without pods they are unused.
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
    broken: read.filter((one) => has(one, 'reason')),
    skipped: read.filter((one) => has(one, 'code')),
  };
}

/** A named file must exist; an entry of a directory may be gone, or not a file. */
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
    const hint = 'kubectl reads it, too: move it, or change its extension';
    return skipped({ path, message, hint });
  }
}

function skipped(about: Omit<VerifyWarning, 'code'>): VerifyWarning {
  return { ...about, code: 'file-skipped', message: `${about.message}; it is skipped` };
}

interface FileObject extends PlacedObject {
  readonly object: Manifest;
}

async function readFile(path: string, files: InputFiles): Promise<FileObject[] | BrokenFile> {
  const text = await files.readBytes(path);
  const name = inputName(path);
  try {
    const placed = await readManifests(text, { path: name });
    const unknown = placed.find(({ object }) => kindOf(object) === undefined);
    if (unknown !== undefined) return await withoutKind(name, unknown);
    return placed.map(({ object, lineOf }) => ({ object, path: name, lineOf }));
  } catch (error) {
    const { reason, position } = caught(error, ManifestError);
    return { path: name, ...position, reason };
  }
}

/** kubectl refuses it too. */
async function withoutKind(path: string, { lineOf }: PlacedManifest): Promise<BrokenFile> {
  return { path, line: Number(await lineOf([])), column: 1, reason: 'an object has no kind' };
}

function isSecret({ object }: FileObject): boolean {
  return object['kind'] === 'Secret';
}
