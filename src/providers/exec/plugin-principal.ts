// What decides what a plugin answers: its configuration, its program, its environment, and the files that these name.

import { principalOf, type PrincipalSystem } from '../principal/describe.ts';
import { programIdentity } from '../principal/program-principal.ts';
import type { PluginProviderConfig } from './config/plugin-config-types.ts';
import type { PluginProgram } from './run-plugin.ts';

/** More files than any plugin is given. */
const MAX_FILES = 50;

/** Describes it. */
export async function pluginPrincipal(
  system: PrincipalSystem,
  config: PluginProviderConfig,
  { path, args, env }: PluginProgram,
): Promise<string> {
  const named = [...args, ...Object.values(env)].flatMap(pathsOf);
  const files = [...new Set(named)].slice(0, MAX_FILES);
  const identity = await programIdentity(system, [path, ...files]);
  return principalOf([config, path, args, sorted(env), identity]);
}

function sorted(env: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * The paths that a text may be, or have in it: `--config=/etc/azure.json`, `-c/etc/azure.json`, `azure.json`,
 * `file:///etc/azure.json`, `@a.json`, `a.json,b.json`. What is no path is a file that is missing, which does no harm.
 */
function pathsOf(text: string): readonly string[] {
  const value = text.replace(/^-[^=]*=/, '');
  const parts = [value, ...value.split(/[\s,;]/)];
  const paths = parts.map((part) => part.replace(/^(?:-\w|@)/, ''));
  const ofLists = paths.flatMap((path) => path.split(/:(?=[/\\])/));
  return [...paths, ...ofLists].filter((path) => path !== '' && !path.startsWith('-'));
}
