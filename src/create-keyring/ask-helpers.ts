// The credential helpers that configuration files name: each is a provider that only its file has, and its answer takes
// part in its file: under the file's keys, in the place of Docker's empty entries.

import { isPlaceholder } from '../config/config-entry.ts';
import type { NodeConfig } from '../config/node-config.ts';
import type { CredentialHelperOptions } from '../config/search-paths.ts';
import type { ConsultedHelper } from '../explain/explain-node.ts';
import type { NodeEntry } from '../explain/resolution.ts';
import {
  findKeys,
  mayBeDockerHub,
  type IndexedEntry,
  type RegistryIndex,
} from '../keyring/registry-index.ts';
import { getOrAdd } from '../util/get-or-add.ts';
import type { CredentialProvider, CredentialResponseEntry } from '../providers/contract.ts';
import {
  HELPER_CACHE_MS,
  HELPER_TIMEOUT_MS,
  helperProvider,
} from '../providers/docker-helper/helper-provider.ts';
import type { ProviderAnswer } from '../providers/asking/provider-asker.ts';
import type { System } from '../system/system.ts';
import type { HelperUse } from './helper-files.ts';
import { has } from '../util/own.ts';

/** The entries of the node's configuration files. */
export interface NodeFiles {
  readonly config: NodeConfig;
  readonly index: RegistryIndex<NodeEntry>;
}

/** What came of one helper. */
export interface AskedHelper {
  readonly consulted: ConsultedHelper;
  readonly entry: CredentialResponseEntry | undefined;
}

/** Makes the providers of helpers: the same ones for as long as the node layer lives, since caches know them. */
export function createHelperProviders(
  system: Pick<System, 'run'>,
  { cacheDurationMs = HELPER_CACHE_MS, timeoutMs = HELPER_TIMEOUT_MS }: CredentialHelperOptions,
): (use: HelperUse) => CredentialProvider {
  const providers = new Map<string, CredentialProvider>();
  return ({ path, helper }) => {
    const name = `docker-credential-${helper} (${path})`;
    return getOrAdd(providers, name, () =>
      helperProvider(system, {
        name,
        helper,
        matchImages: [],
        remedy: `take it out of "credsStore" and "credHelpers" in ${path}`,
        cacheDurationMs,
        timeoutMs,
      }),
    );
  };
}

/** Reads a helper's answer. */
export function askedHelper(use: HelperUse, answer: ProviderAnswer): AskedHelper {
  if (has(answer, 'error')) {
    const outcome = { failure: answer.error.message };
    return { consulted: { ...use, outcome, isRemembered: false }, entry: undefined };
  }
  // Helpers know nothing of pods, so that none is left out for the sake of one.
  const { response, from } = answer as Extract<ProviderAnswer, { readonly from: string }>;
  const [entry] = Object.values(response?.auth ?? {});
  const outcome = entry === undefined ? 'nothing' : 'credentials';
  return { consulted: { ...use, outcome, isRemembered: from === 'cache' }, entry };
}

/**
 * The entries of a virtual config for one image: those of the files that may count, and those of the helpers, which come
 * before their file's own, as Docker takes them in place of those.
 */
export function mergeHelpers(
  { config, index }: NodeFiles,
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
