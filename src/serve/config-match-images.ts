// The matchImages with which a kubelet asks a plugin that serves a config.json.

import { createNodeConfigReader } from '../config/node-config.ts';
import { configCandidates } from '../config/search-paths.ts';
import type { DecodedConfig } from '../config/docker-config.ts';
import type { ConfigError } from '../errors.ts';
import { entryName, registryKey } from '../keyring/registry-key.ts';
import { EVERY_HOST } from '../providers/docker-helper/docker-helper.ts';
import { HUB, HUB_KEY } from '../reference/docker-hub.ts';
import type { System } from '../system/system.ts';

/** The images for which a config.json may have credentials. */
export interface ConfigMatchImages {
  readonly patterns: readonly string[];
  /** Whether a `credsStore` may have credentials of any registry. Patterns cover those without a port only. */
  readonly hasCredsStore: boolean;
}

/**
 * Reads a config.json that exists: its entries, and the registries for which its helpers are asked (docker/cli v29
 * cli/config/configfile/file.go, getConfiguredCredentialStore).
 *
 * @throws {@link ConfigError}
 */
export async function configMatchImages(path: string, system: System): Promise<ConfigMatchImages> {
  const candidates = configCandidates(system, { files: [path] }, 'extended');
  const problems: ConfigError[] = [];
  const reader = createNodeConfigReader({
    system,
    candidates,
    semantics: 'extended',
    onProblem: (problem) => void problems.push(problem),
  });
  const { files } = await reader.refresh();
  const [problem] = problems;
  if (problem !== undefined) throw problem;
  // The file exists.
  const config = files[0]?.config as DecodedConfig;
  const { entries, credHelpers, credsStore = '' } = config;
  const helped = [...credHelpers].filter(([, helper]) => helper !== '').map(([rawKey]) => rawKey);
  const named = [...entries.map(({ rawKey }) => rawKey), ...helped].flatMap(patternsOfKey);
  const hasCredsStore = credsStore !== '';
  return { patterns: hasCredsStore ? [...named, ...EVERY_HOST] : named, hasCredsStore };
}

/** Without scheme and version. Images of Docker Hub have a shorter registry than its key. */
function patternsOfKey(rawKey: string): readonly string[] {
  const parsed = registryKey(rawKey);
  // The kubelet skips such a key.
  if (parsed === undefined) return [];
  const pattern = entryName(parsed.key).replace(/^https?:\/\//, '');
  return pattern.split('/', 1)[0] === HUB_KEY ? [HUB, HUB_KEY] : [pattern];
}
