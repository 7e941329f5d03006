// Writes a Docker configuration, for an administrator to copy or for other programs to read.

import type { DockerConfigJson } from '../credential/docker-config-json.ts';
import { nodeSystem } from '../system/node-system.ts';
import type { System } from '../system/system.ts';
import { refuseUnknown } from '../util/option-checks.ts';

/** How a file is written. */
export interface WriteDockerConfigOptions {
  readonly signal?: AbortSignal;
  /**
   * The outside world; tests put their own here.
   *
   * @defaultValue this machine
   */
  readonly system?: Pick<System, 'writeFileAtomic'>;
}

/**
 * Writes a `config.json`, whole or not at all, readable by its owner only (mode 0600). An existing file is replaced.
 *
 * @param path - The file; its directory must exist.
 * @throws the file system's error when it cannot be written.
 * @example
 * ```ts
 * await writeDockerConfig('/var/lib/kubelet/config.json', await keyring.toDockerConfig());
 * ```
 */
export async function writeDockerConfig(
  path: string,
  document: DockerConfigJson,
  options: WriteDockerConfigOptions = {},
): Promise<void> {
  const names = { signal: true, system: true } as const;
  const { signal, system = nodeSystem } = refuseUnknown('writeDockerConfig', options, names);
  // kubectl and docker both indent by a tab.
  await system.writeFileAtomic(path, `${JSON.stringify(document, undefined, '\t')}\n`, signal);
}
