// Which images the sources of a plugin are for, as patterns of a kubelet's matchImages, and what these leave out.

import type { DecodedConfig } from '../config/docker-config.ts';
import { createNodeConfigReader } from '../config/node-config.ts';
import { configCandidates } from '../config/search-paths.ts';
import type { ConfigError } from '../errors.ts';
import { entryName, registryKey } from '../keyring/registry-key.ts';
import { EVERY_HOST } from '../providers/docker-helper/docker-helper.ts';
import type { System } from '../system/system.ts';
import { idleReason, type NamedSource } from '../cli/inputs/plugin-providers.ts';
import { UsageError } from '../cli/usage-error.ts';

/** What is known of the images that a source is for. */
export interface Coverage {
  readonly patterns: readonly string[];
  /** What the patterns leave out, in a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Finds it.
 *
 * @throws {@link UsageError} for a source that does not say which images it is for.
 */
export async function coverageOf(source: NamedSource, system: System): Promise<Coverage> {
  const { name, served, isForEvery } = source;
  if (name.startsWith('config:')) return configCoverage(name.slice('config:'.length), system);
  if (!('matchImages' in served)) {
    throw new UsageError(`${name} does not say which images it is for: use --match-image`);
  }
  const idle = idleReason(source);
  // Which registry it is for is not known either.
  if (idle !== undefined) return { patterns: [], notes: [idle] };
  return { patterns: served.matchImages, notes: isForEvery ? [withoutPorts(name)] : [] };
}

function withoutPorts(what: string): string {
  return (
    `${what} may have credentials of every registry, and no pattern of a kubelet stands for every port: to cover ` +
    'registries with a port, give the whole list of patterns with --match-image'
  );
}

/** Its entries, and what its helpers are asked for (docker/cli v29 cli/config/configfile/file.go, getConfiguredCredentialStore). */
async function configCoverage(path: string, system: System): Promise<Coverage> {
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
  // It was there when its keyring was made.
  const config = files[0]?.config as DecodedConfig;
  return coverageOfConfig(path, config);
}

function coverageOfConfig(
  path: string,
  { entries, credHelpers, credsStore = '' }: DecodedConfig,
): Coverage {
  const helped = [...credHelpers].filter(([, helper]) => helper !== '').map(([rawKey]) => rawKey);
  const named = [...entries.map(({ rawKey }) => rawKey), ...helped].flatMap(patternsOfKey);
  if (credsStore === '') return { patterns: named, notes: [] };
  return {
    patterns: [...named, ...EVERY_HOST],
    notes: [withoutPorts(`the credsStore of ${path}`)],
  };
}

/** A key of a config.json, without scheme and version; Docker Hub is asked for by a shorter name than its key. */
function patternsOfKey(rawKey: string): readonly string[] {
  const parsed = registryKey(rawKey);
  // The kubelet passes over such a key.
  if (parsed === undefined) return [];
  const pattern = entryName(parsed.key).replace(/^https?:\/\//, '');
  return /^index\.docker\.io(\/|$)/.test(pattern) ? ['docker.io', 'index.docker.io'] : [pattern];
}
