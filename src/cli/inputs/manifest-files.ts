// Kubernetes objects from the files that options name.

import { parseManifests } from '../../kubernetes/manifest/manifests.ts';
import { inputName, type InputFiles } from './read-input.ts';

/** The options that name Kubernetes objects. */
export interface ManifestOptions {
  readonly secret?: readonly string[];
  readonly pod?: string;
  readonly serviceAccount?: string;
  readonly namespace?: string;
}

/** An object of any kind. */
export type Manifest = Record<string, unknown>;

/** Objects by file, in the order of the options. */
export type Manifests = ReadonlyMap<string, readonly Manifest[]>;

export async function readManifests(
  files: InputFiles,
  { secret = [], pod, serviceAccount }: ManifestOptions,
): Promise<Manifests> {
  const named = [...secret, pod, serviceAccount].filter((path) => path !== undefined);
  const read = [...new Set(named)].map(async (path) => {
    const text = await files.readBytes(path);
    return [path, await parseManifests(text, { path: inputName(path) })] as const;
  });
  return new Map(await Promise.all(read));
}

export function allOf(manifests: Manifests): readonly Manifest[] {
  return [...manifests.values()].flat();
}

export function ofKind(manifests: readonly Manifest[] = [], kind: string): readonly Manifest[] {
  return manifests.filter((manifest) => manifest['kind'] === kind);
}
