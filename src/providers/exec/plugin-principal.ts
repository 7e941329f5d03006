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
  const named = [...args, ...Object.values(env)].flatMap((text) => pathOf(text) ?? []);
  const identity = await programIdentity(system, [path, ...named.slice(0, MAX_FILES)]);
  return principalOf([config, path, args, sorted(env), identity]);
}

function sorted(env: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(env).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** `/etc/kubernetes/azure.json`, `--config=/etc/kubernetes/azure.json` */
function pathOf(text: string): string | undefined {
  return /^(?:-[^=]*=)?((?:[a-z]:)?[/\\][^:]*)$/is.exec(text)?.[1];
}
