// docker-keyring plugin: what a kubelet starts.

import { servePlugin } from '../serve/serve-exec-plugin.ts';
import type { PluginCache } from '../serve/plugin-options.ts';
import type { TextOutput } from '../system/standard-streams.ts';
import { filesOf } from '../providers/principal/describe.ts';
import type { System } from '../system/system.ts';
import { parsePluginArguments, type PluginArguments } from './plugin-arguments.ts';
import { makePluginSources, type NamedSource, type ProviderMaking } from './plugin-providers.ts';
import { UsageError } from './usage-error.ts';

/** All that the command knows of the world. */
export interface PluginHost extends ProviderMaking {
  /** The arguments behind `plugin`. */
  readonly args: readonly string[];
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly system: System;
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
    await host.stderr.write(`docker-keyring: ${oneLine((error as Error).message)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function serve(host: PluginHost, args: PluginArguments): Promise<0 | 1> {
  const { stdin, stdout, stderr, system } = host;
  const sources = await makePluginSources(host, args);
  const cache = await openCache(host, sources, args);
  const served = sources.map((source) => source.served);
  const exitCode = await servePlugin(served, { stdin, stdout, stderr, system, cache });
  return exitCode === 0 ? 0 : 1;
}

async function openCache(
  { system, stderr }: PluginHost,
  sources: readonly NamedSource[],
  { usesCache, cacheDir: directory, serviceAccountTokens }: PluginArguments,
): Promise<PluginCache | undefined> {
  if (!usesCache || !sources.some(({ isCached }) => isCached)) return undefined;
  const { openTokenFileCache } = await import('../serve/token-file/open-token-file-cache.ts');
  const names = sources.map(({ name }) => name);
  const modules = names.filter((name) => name.startsWith('module:'));
  // Another text of a module may mean somebody else.
  const texts = await filesOf(
    system,
    modules.map((name) => name.slice('module:'.length)),
  );
  const principal = JSON.stringify([names, serviceAccountTokens, texts]);
  const onProblem = (message: string): void =>
    void stderr.write(`docker-keyring: warning: ${oneLine(message)}\n`);
  return openTokenFileCache({ directory, principal, onProblem, system });
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
