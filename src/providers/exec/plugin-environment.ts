// The variables that a plugin gets beside this process's own (Kubernetes v1.37.2 plugin.go, mergeEnvVars, and Go 1.26
// os/exec, dedupEnv: of one name, the last counts).

import type { PluginEnvironmentVariable } from './config/plugin-config-types.ts';

/** The variables of the options, and over them those of the configuration. */
export function pluginEnvironment(
  env: Readonly<Record<string, string>>,
  configured: readonly PluginEnvironmentVariable[],
): Readonly<Record<string, string>> {
  const merged = new Map(Object.entries(env));
  for (const { name, value } of configured) {
    // For Go a variable is one text, whose first "=" ends the name.
    const text = `${name}=${value}`;
    const end = text.indexOf('=');
    merged.set(text.slice(0, end), text.slice(end + 1));
  }
  // Without a name it is none; Node would hand on something that no program can read.
  merged.delete('');
  return Object.fromEntries(merged);
}
