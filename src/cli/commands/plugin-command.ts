// docker-keyring plugin: what a kubelet starts.

import { messageOf } from '../../providers/asking/failure-of.ts';
import type { SecretMemory } from '../../util/redaction/secret-memory.ts';
import { tellLines } from '../../serve/tell-lines.ts';
import { servePlugin } from '../../serve/plugin/serve-exec-plugin.ts';
import type { SharedCache } from '../../shared-cache/shared-cache.ts';
import type { TextOutput } from '../../system/process/standard-streams.ts';
import { identityFiles } from '../../providers/principal/describe.ts';
import type { System } from '../../system/system.ts';
import { parsePluginArguments, type PluginArguments } from '../inputs/plugin-arguments.ts';
import {
  idleReason,
  makePluginSources,
  type NamedSource,
  type ProviderMaking,
} from '../inputs/plugin-providers.ts';
import { UsageError } from '../usage-error.ts';

/** All that the command knows of the world. */
export interface PluginHost extends ProviderMaking {
  /** The arguments behind `plugin`. */
  readonly args: readonly string[];
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly system: System;
  /** What must not be shown. */
  readonly secrets: SecretMemory;
}

/** Runs the command to its end; gives the exit code. */
export async function pluginCommand(host: PluginHost): Promise<0 | 1 | 2> {
  try {
    const args = parsePluginArguments(host.args);
    if (args.action === 'serve') return await serve(host, args);
    const { printPluginHelp, pluginConfigCommand } = await import('./plugin-config-command.ts');
    await (args.action === 'help' ? printPluginHelp(host) : pluginConfigCommand(host, args));
    return 0;
  } catch (error) {
    await tellLines(host.stderr, host.secrets.redact(messageOf(error)));
    return error instanceof UsageError ? 2 : 1;
  }
}

async function serve(host: PluginHost, args: PluginArguments): Promise<0 | 1> {
  const { stdin, stdout, stderr, system, secrets } = host;
  const sources = await makePluginSources(host, args);
  const idle = sources.flatMap((source) => idleReason(source) ?? []);
  // The kubelet logs what is on standard error only where a plugin fails; for other images there would be no credential either.
  if (idle.length === sources.length) throw new Error(idle.join('; '));
  await tellLines(stderr, ...idle.map((reason) => `warning: ${reason}`));
  const sharedCache = await openCache(host, sources, args);
  const streams = { stdin, stdout, stderr };
  const exitCode = await servePlugin(sources, { ...streams, system, sharedCache, secrets });
  return exitCode === 0 ? 0 : 1;
}

async function openCache(
  { system, stderr }: PluginHost,
  sources: readonly NamedSource[],
  { usesCache, cacheDir: directory, serviceAccountTokens }: PluginArguments,
): Promise<SharedCache | undefined> {
  if (!usesCache || !sources.some(({ isCached }) => isCached)) return undefined;
  const { openTokenFileCache } =
    await import('../../shared-cache/token-file/open-token-file-cache.ts');
  const names = sources.map(({ name }) => name);
  const modules = names.filter((name) => name.startsWith('module:'));
  // Another text of a module may mean somebody else.
  const texts = await identityFiles(system).all(
    modules.map((name) => name.slice('module:'.length)),
  );
  const principal = JSON.stringify([names, serviceAccountTokens, texts]);
  const onProblem = (message: string): void => void tellLines(stderr, `warning: ${message}`);
  return openTokenFileCache({ directory, principal, onProblem, system });
}
