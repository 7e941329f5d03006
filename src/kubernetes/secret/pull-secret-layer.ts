// The first layer: all pull secrets of a keyring, merged into one virtual config.

import type { PullSecretError } from '../../errors.ts';
import type { KeyringEntry } from '../../keyring/entry.ts';
import {
  buildRegistryIndex,
  type IndexedEntry,
  type RegistryIndex,
} from '../../keyring/registry-index.ts';
import { decodePullSecret, type DecodedPullSecret } from './decode-pull-secret.ts';
import { parseManifests } from '../manifest/manifests.ts';
import type { PullSecret } from '../pull-secret.ts';

/** Pull secrets as a caller has them: objects, lists of them as the API gives them, or YAML or JSON text. */
export type PullSecretInput =
  PullSecret | { readonly kind?: string; readonly items: readonly PullSecret[] } | string;

/** All secrets, read. */
export interface PullSecretLayer {
  readonly secrets: readonly DecodedPullSecret[];
  readonly index: RegistryIndex<KeyringEntry>;
}

/** What becomes of a malformed secret: the kubelet fails the pull, and so the lookup is rejected. */
export type MalformedPullSecrets = 'reject' | 'skip';

/** How the layer is read. */
export interface PullSecretLayerOptions {
  readonly tokens: boolean;
  readonly malformed: MalformedPullSecrets;
  readonly onProblem: (problem: PullSecretError) => void;
}

/**
 * Reads the secrets and merges them in their order (Kubernetes v1.37.2 `pkg/credentialprovider/secrets/secrets.go`).
 *
 * @throws {@link PullSecretError} for the first malformed secret, unless these are skipped.
 */
export async function readPullSecretLayer(
  inputs: readonly PullSecretInput[],
  { tokens, malformed, onProblem }: PullSecretLayerOptions,
): Promise<PullSecretLayer> {
  const lists = await Promise.all(inputs.map(toSecrets));
  const secrets = lists.flatMap((list) =>
    list.map((secret) => decodePullSecret(secret, { tokens })),
  );
  for (const secret of secrets) {
    if (secret.status !== 'malformed') continue;
    if (malformed === 'reject') throw secret.error;
    onProblem(secret.error);
  }
  return { secrets, index: buildRegistryIndex(secrets.flatMap(secretEntries)) };
}

async function toSecrets(input: PullSecretInput): Promise<readonly PullSecret[]> {
  if (typeof input !== 'string') return 'items' in input ? input.items : [input];
  const objects = await parseManifests(input);
  return objects.filter(({ kind }) => kind === 'Secret');
}

/** Every entry of a secret that counts. */
export function secretEntries(secret: DecodedPullSecret): IndexedEntry<KeyringEntry>[] {
  if (secret.status !== 'used') return [];
  const { source, config } = secret;
  return config.entries.map((entry) => ({
    rawKey: entry.rawKey,
    entry: { config: entry, source },
  }));
}
