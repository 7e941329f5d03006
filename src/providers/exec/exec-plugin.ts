// One of the kubelet's plugins as a provider.

import { resolve } from 'node:path';
import type { CredentialProvider, CredentialRequest, CredentialResponse } from '../contract.ts';
import { diagnosePlugin, type DiagnosedPlugin } from './diagnose-plugin.ts';
import type { ExecPluginsOptions, ExecPluginsSystem } from './exec-options.ts';
import type { PluginProviderConfig } from './config/plugin-config-types.ts';
import { pluginEnvironment } from './plugin-environment.ts';
import { pluginPrincipal } from './plugin-principal.ts';
import { runPlugin, type PluginProgram } from './run-plugin.ts';
import type { TakeTurn } from './turns.ts';

/** What all plugins of a set share. */
export interface PluginSurroundings {
  readonly system: ExecPluginsSystem;
  readonly binDir: string;
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string>>;
  readonly getServiceAccountToken: ExecPluginsOptions['getServiceAccountToken'];
  readonly takeTurn: TakeTurn;
}

/** Makes the provider; does no I/O. */
export function execPlugin(
  config: PluginProviderConfig,
  surroundings: PluginSurroundings,
): CredentialProvider {
  const { system, takeTurn, timeoutMs, getServiceAccountToken } = surroundings;
  const { name, matchImages, defaultCacheDurationMs, tokenAttributes } = config;
  const program: PluginProgram = {
    name,
    path: resolve(system.workingDirectory(), surroundings.binDir, name),
    args: config.args,
    env: pluginEnvironment(surroundings.env, config.env),
    apiVersion: config.apiVersion,
    timeoutMs,
  };
  const ask = (request: CredentialRequest): Promise<CredentialResponse> =>
    takeTurn(request.signal, () => runPlugin(system, program, request));
  const diagnosed: DiagnosedPlugin = {
    system,
    path: program.path,
    needsServiceAccount: tokenAttributes?.requireServiceAccount === true,
    ask: (image, signal) => ask({ image, signal }),
  };
  return {
    name: `plugin:${name}`,
    matchImages,
    defaultCacheDurationMs,
    // It may have to wait for its turn as long as it may run.
    timeoutMs: 2 * timeoutMs,
    ...(tokenAttributes === undefined ? {} : { tokenAttributes }),
    ...(getServiceAccountToken === undefined ? {} : { getServiceAccountToken }),
    cachePrincipal: () => pluginPrincipal(system, config, program),
    provide: ask,
    diagnose: (request) => diagnosePlugin(diagnosed, request),
  };
}
