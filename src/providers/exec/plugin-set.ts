// The plugins as the configuration has them now: read at the first lookup, and again when its files have changed.

import { resolve } from 'node:path';
import type { PluginConfigError } from '../../errors.ts';
import { createSharedLook, versionOf } from '../../system/files/shared-look.ts';
import type { FileStamp } from '../../system/system.ts';
import type { CredentialProvider } from '../contract.ts';
import { execPlugin, type PluginSurroundings } from './exec-plugin.ts';
import type { ExecPluginsOptions } from './exec-options.ts';
import type { PluginProviderConfig } from './config/plugin-config-types.ts';
import { readPluginConfig } from './config/read-plugin-config.ts';

/** What a set is made of. */
export interface PluginSetOptions extends PluginSurroundings {
  readonly config: string;
  readonly onProblem: ExecPluginsOptions['onProblem'];
}

/** The plugins now. */
export interface PluginSet {
  /** The plugins, where a look at the files is less than a second old. */
  fresh(): readonly CredentialProvider[] | undefined;
  /** The plugins after a look. Concurrent callers share it. */
  refresh(): Promise<readonly CredentialProvider[]>;
}

interface ReadFile {
  readonly path: string;
  readonly stamp: FileStamp;
}

/** Makes a set; reads nothing yet. */
export function createPluginSet(options: PluginSetOptions): PluginSet {
  const { system, onProblem } = options;
  let files: readonly ReadFile[] = [];
  let plugins: ReadonlyMap<string, CredentialProvider> = new Map();
  let providers: readonly CredentialProvider[] | undefined;
  let problem: PluginConfigError | undefined;
  const shared = createSharedLook(system, look);

  async function look(): Promise<void> {
    if (providers === undefined || problem !== undefined || (await haveChanged(system, files))) {
      await read();
    }
  }

  async function read(): Promise<void> {
    const path = resolve(system.workingDirectory(), options.config);
    try {
      const found = await readPluginConfig(system, path, new AbortController().signal);
      problem = undefined;
      files = found.files;
      take(found.config.providers);
    } catch (error) {
      const before = problem;
      problem = error as PluginConfigError;
      if (providers !== undefined && problem.message !== before?.message) onProblem?.(problem);
    }
  }

  /** A plugin that is as it was keeps its provider, and with it what is remembered of its answers. */
  function take(configs: readonly PluginProviderConfig[]): void {
    const before = plugins;
    const after = configs.map((config) => {
      const key = JSON.stringify(config);
      return [key, before.get(key) ?? execPlugin(config, options)] as const;
    });
    plugins = new Map(after);
    const isSame =
      before.size === after.length && [...before.keys()].every((key, at) => key === after[at]?.[0]);
    if (providers === undefined || !isSame) providers = after.map(([, provider]) => provider);
  }

  return {
    fresh: () => (shared.isFresh() ? providers : undefined),
    async refresh() {
      if (!shared.isFresh()) await shared.look();
      if (providers !== undefined) return providers;
      throw problem as PluginConfigError;
    },
  };
}

/** A file that cannot be looked at is read again, which says what is wrong. */
async function haveChanged(
  system: PluginSetOptions['system'],
  files: readonly ReadFile[],
): Promise<boolean> {
  const changes = files.map(async ({ path, stamp }) => {
    try {
      const now = await system.stat(path);
      return now === undefined || versionOf(now) !== versionOf(stamp);
    } catch {
      return true;
    }
  });
  return (await Promise.all(changes)).includes(true);
}
