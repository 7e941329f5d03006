// What credential helpers said takes part in their files: under their keys, in the place of Docker's empty entries.

import { isPlaceholder } from '../config/config-entry.ts';
import { findKeys, mayBeDockerHub, type IndexedEntry } from '../keyring/registry-index.ts';
import type { AskedHelper } from './ask-helpers.ts';
import type { NodeState } from './node-layer.ts';
import type { NodeEntry } from '../explain/resolution.ts';

/**
 * The entries of a virtual config for one image: those of the files that may count, and those of the helpers, which come
 * before their file's own, as Docker takes them in place of those.
 */
export function mergeHelpers(
  { config, index }: NodeState,
  asked: readonly AskedHelper[],
  name: string,
): IndexedEntry<NodeEntry>[] {
  const direct = findKeys(index, name, 'prefix');
  // Of the entries that match directly all may be empty ones: the fallback counts then.
  const mayFallBack = index.hub !== undefined && mayBeDockerHub(name.slice(0, name.indexOf('/')));
  const slots = mayFallBack ? new Set([...direct, index.hub]) : direct;
  const replaced = new Set(asked.map(({ consulted }) => consulted.path));
  const own = [...slots]
    .flatMap(({ entries }) => entries)
    .filter(({ config: entry, source }) => !(isPlaceholder(entry) && replaced.has(source.path)));
  const all = [...asked.flatMap(helperEntries), ...own];
  return config.files.flatMap(({ candidate: { path } }) =>
    all
      .filter(({ source }) => source.path === path)
      .map((entry) => ({ rawKey: entry.config.rawKey, entry })),
  );
}

function helperEntries({ consulted, entry }: AskedHelper): NodeEntry[] {
  if (entry === undefined) return [];
  const { path, helper, server, rawKeys } = consulted;
  const source = { kind: 'credential-helper', helper, path } as const;
  return rawKeys.map((rawKey) => ({
    config: Object.assign({ rawKey }, entry),
    source,
    serverAddress: rawKey === server ? undefined : server,
  }));
}
