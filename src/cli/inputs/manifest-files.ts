// Kubernetes objects from the files that options name.

import { parseManifests } from '../../kubernetes/manifest/manifests.ts';
import type { PullSecret } from '../../kubernetes/pull-secret.ts';
import type { PullSecretName } from '../../kubernetes/resolve-pull-secrets.ts';
import { inputName, type InputFiles } from './read-input.ts';

/** The options that name Kubernetes objects. */
export interface ManifestOptions {
  readonly secret?: readonly string[];
  readonly pod?: string;
  readonly serviceAccount?: string;
  readonly namespace?: string;
}

/** The secrets, and for whom they were chosen. */
export interface ChosenPullSecrets {
  readonly secrets: readonly PullSecret[];
  /** As a phrase: `of pod shop/web, from its own list`. */
  readonly chosenFor: string | undefined;
  /** Those that are named and not there. */
  readonly missing: readonly PullSecretName[];
  readonly podImages: readonly string[];
}

/** An object of a manifest, of whatever kind. */
export type Manifest = Record<string, unknown>;

/** Objects by the file that they are from, in the files' order. */
export type Manifests = ReadonlyMap<string, readonly Manifest[]>;

/** Reads all files that the options name. */
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

/** The objects of all files. */
export function allOf(manifests: Manifests): readonly Manifest[] {
  return [...manifests.values()].flat();
}

/** The objects of one kind. */
export function ofKind(manifests: readonly Manifest[] = [], kind: string): readonly Manifest[] {
  return manifests.filter((manifest) => manifest['kind'] === kind);
}
