// The second layer: the node's Docker configuration, indexed once for all keyrings that share it.

import { createNodeConfigReader, type NodeConfig } from '../config/node-config.ts';
import { configCandidates } from '../config/search-paths.ts';
import type { ConfigError } from '../errors.ts';
import type { KeyringEntry } from '../keyring/entry.ts';
import {
  buildRegistryIndex,
  type IndexedEntry,
  type RegistryIndex,
} from '../keyring/registry-index.ts';
import type { System } from '../system/system.ts';
import type { KeyringOptions } from './keyring-options.ts';

/** The node's configuration at one moment. */
export interface NodeState {
  readonly config: NodeConfig;
  readonly index: RegistryIndex<KeyringEntry>;
}

/** The second layer. */
export interface NodeLayer {
  /** The state, where it is known without a look at the files. */
  fresh(): NodeState | undefined;
  /** The state after a look at the files. */
  refresh(): Promise<NodeState>;
}

/** Makes the layer, `undefined` where the options want none; does no I/O yet. */
export function createNodeLayer(
  { dockerConfig = true, semantics = 'extended' }: KeyringOptions,
  system: System,
  onProblem: (problem: ConfigError) => void,
): NodeLayer | undefined {
  if (dockerConfig === false) return undefined;
  const searched = dockerConfig === true ? {} : dockerConfig;
  const candidates = configCandidates(system, searched, semantics);
  const reader = createNodeConfigReader({ system, candidates, semantics, onProblem });
  let state: NodeState | undefined;

  function stateOf(config: NodeConfig): NodeState {
    if (state?.config !== config) {
      state = { config, index: buildRegistryIndex(nodeEntries(config)) };
    }
    return state;
  }

  return {
    fresh() {
      const config = reader.fresh();
      return config === undefined ? undefined : stateOf(config);
    },
    refresh: async () => stateOf(await reader.refresh()),
  };
}

/** Every entry that counts, in the order of the files. */
export function nodeEntries({ files }: NodeConfig): IndexedEntry<KeyringEntry>[] {
  return files.flatMap(({ candidate, config }) => {
    const source = { kind: 'docker-config', path: candidate.path } as const;
    const entries = config?.entries ?? [];
    return entries.map((entry) => ({ rawKey: entry.rawKey, entry: { config: entry, source } }));
  });
}
