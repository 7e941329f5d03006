// What a lookup finds: the one thing that both `lookup` and `explain` are made from.

import type { CredentialSource } from '../credential/credential.ts';
import type { KeyringEntry } from '../keyring/entry.ts';
import type { KeySlot } from '../keyring/path-table.ts';
import type { PullSecretLayer } from '../kubernetes/secret/pull-secret-layer.ts';
import type { ProviderAnswer } from '../providers/asking/provider-asker.ts';
import type { CredentialProvider } from '../providers/contract.ts';
import type { ExplainedNode } from './explain-node.ts';

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

/** An entry of a file, or of a helper that a file names. */
export interface NodeEntry extends KeyringEntry {
  readonly source: Extract<CredentialSource, { readonly path: string }>;
}

/** What a lookup found in the node's configuration. */
export interface NodeFinding extends ExplainedNode {
  readonly found: readonly KeySlot<NodeEntry>[];
}
