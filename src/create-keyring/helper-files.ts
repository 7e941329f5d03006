// Which credential helpers of the node's configuration files are responsible for an image.

import type { ConfigFile, NodeConfig } from '../config/node-config.ts';
import { getOrAdd } from '../util/get-or-add.ts';
import type { PathMatching } from '../keyring/match.ts';
import { buildRegistryIndex, findKeys, type RegistryIndex } from '../keyring/registry-index.ts';
import { helperServer } from '../providers/docker-helper/helper-provider.ts';
import { HUB, HUB_KEY, HUB_SERVER } from '../reference/docker-hub.ts';

/** A helper, and the key that its credentials stand under. */
interface NamedHelper {
  readonly rawKey: string;
  /** `''` is Docker's own file store: no helper. */
  readonly helper: string;
}

/** A file that names helpers. */
export interface HelperFile {
  readonly path: string;
  readonly credHelpers: ReadonlyMap<string, string>;
  /** `credHelpers` again, by the keyring's rules. */
  readonly index: RegistryIndex<NamedHelper>;
  readonly credsStore: string;
}

/** A helper that must be asked. */
export interface HelperUse {
  /** The file that names it. */
  readonly path: string;
  readonly helper: string;
  /** What it is asked about. */
  readonly server: string;
  /** The keys that its credentials stand under. */
  readonly rawKeys: readonly string[];
}

/** The files that name helpers. */
export function helperFiles({ files }: NodeConfig): readonly HelperFile[] {
  return files.flatMap(helperFile);
}

/** The helpers to ask for an image, each once for a file. */
export function helpersFor(
  files: readonly HelperFile[],
  name: string,
  pathMatching: PathMatching,
): readonly HelperUse[] {
  if (files.length === 0) return [];
  const server = helperServer(name);
  return files.flatMap((file) => {
    const uses = new Map<string, string[]>();
    for (const { rawKey, helper } of responsible(file, name, pathMatching)) {
      getOrAdd(uses, helper, () => []).push(rawKey);
    }
    uses.delete('');
    return [...uses].map(([helper, rawKeys]) => ({ path: file.path, helper, server, rawKeys }));
  });
}

function helperFile({ candidate, config }: ConfigFile): HelperFile[] {
  if (config === undefined) return [];
  const { credHelpers, credsStore = '' } = config;
  if (credsStore === '' && credHelpers.size === 0) return [];
  const entries = [...credHelpers].map(([rawKey, helper]) => ({
    rawKey,
    entry: { rawKey, helper },
  }));
  const index = buildRegistryIndex(entries);
  return [{ path: candidate.path, credHelpers, index, credsStore }];
}

/**
 * Docker's own exact key decides alone (docker/cli `cli/config/configfile/file.go`, getConfiguredCredentialStore); then
 * keys that match by the keyring's rules; then the store for everything.
 */
function responsible(
  { credHelpers, index, credsStore }: HelperFile,
  name: string,
  pathMatching: PathMatching,
): readonly NamedHelper[] {
  const server = helperServer(name);
  const isHub = server === HUB_SERVER;
  for (const rawKey of isHub ? [HUB_SERVER, HUB_KEY, HUB] : [server]) {
    const helper = credHelpers.get(rawKey);
    if (helper !== undefined) return [{ rawKey, helper }];
  }
  const found = findKeys(index, name, pathMatching)
    // The kubelet takes every host without a dot for Docker Hub; nobody's helper is asked so.
    .filter(({ key }) => isHub || key !== HUB_KEY)
    .flatMap(({ entries }) => entries);
  return found.length > 0 ? found : [{ rawKey: server, helper: credsStore }];
}
