// What a lookup finds: the one thing that both `lookup` and `explain` are made from.

import type { NodeConfig } from '../config/node-config.ts';
import type { Credential } from '../credential/credential.ts';
import { toCredential, toCredentials, type KeyringEntry } from '../keyring/entry.ts';
import { entryName, registryKey } from '../keyring/registry-key.ts';
import type { KeySlot } from '../keyring/path-table.ts';
import { secretEntries, type PullSecretLayer } from '../kubernetes/secret/pull-secret-layer.ts';
import { nodeEntries, type NodeFinding } from './node-layer.ts';
import type { CredentialProvider } from '../providers/contract.ts';
import type { ProviderAnswer } from '../providers/asking/provider-asker.ts';

/** Keys of one layer that match, in order. */
export type FoundKeys = readonly KeySlot<KeyringEntry>[];

/** What a lookup found, layer by layer. */
export interface Resolution {
  readonly pullSecrets: { readonly layer: PullSecretLayer; readonly found: FoundKeys };
  readonly node: NodeFinding | undefined;
  readonly providers: {
    readonly providers: readonly CredentialProvider[];
    readonly answers: readonly ProviderAnswer[];
    readonly found: FoundKeys;
  };
}

/** The layers' credentials one after the other (Kubernetes v1.37.2 keyring.go, UnionDockerKeyring). */
export function credentialsOf({ pullSecrets, node, providers }: Resolution): Credential[] {
  const credentials: Credential[] = [];
  toCredentials(pullSecrets.found, credentials);
  if (node !== undefined) toCredentials(node.found, credentials);
  toCredentials(providers.found, credentials);
  return credentials;
}

/** Every credential of the two static layers, layer by layer and entry by entry. */
export function staticCredentials(
  { secrets }: PullSecretLayer,
  config: NodeConfig | undefined,
): Credential[] {
  const entries = [
    ...secrets.flatMap(secretEntries),
    ...(config === undefined ? [] : nodeEntries(config)),
  ];
  return entries.flatMap(({ rawKey, entry }) => {
    const parsed = registryKey(rawKey);
    return parsed === undefined ? [] : [toCredential(entry, entryName(parsed.key))];
  });
}
