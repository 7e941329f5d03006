// docker-keyring plugin: the exec plugin that a kubelet starts.

import { messageOf } from '../../providers/asking/failure-of.ts';
import type { SharedCache } from '../../shared-cache/shared-cache.ts';
import { identityFiles } from '../../providers/principal/describe.ts';
import { servePlugin } from '../../serve/plugin/serve-exec-plugin.ts';
import { writeMessages } from '../../serve/write-messages.ts';
import type { TextOutput } from '../../system/process/standard-streams.ts';
import type { System } from '../../system/system.ts';
import type { SecretMemory } from '../../util/redaction/secret-memory.ts';
import {
  parsePluginArguments,
  PLUGIN_HELP,
  type PluginArguments,
} from '../inputs/plugin-arguments.ts';
import {
  idleReason,
  makePluginSources,
  type NamedSource,
  type ProviderMaking,
} from '../inputs/plugin-providers.ts';
import { UsageError } from '../usage-error.ts';

/** What the command takes from its process. */
export interface PluginHost extends ProviderMaking {
  /** The arguments behind `plugin`. */
  readonly args: readonly string[];
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly system: System;
  /** What must not be printed. */
  readonly secrets: SecretMemory;
}

/** Runs the command and returns the exit code. */
export async function pluginCommand(host: PluginHost): Promise<0 | 1 | 2> {
  try {
    const args = parsePluginArguments(host.args);
    return args.verbose ? await runVerbosely(host, args) : await runAction(host, args);
  } catch (error) {
    await writeMessages(host.stderr, host.secrets.redact(messageOf(error)));
    return error instanceof UsageError ? 2 : 1;
  }
}

async function runVerbosely(host: PluginHost, args: PluginArguments): Promise<0 | 1> {
  const { stderr, secrets } = host;
  const { printDiagnostics } = await import('../verbose.ts');
  const stop = printDiagnostics((text) => void writeMessages(stderr, secrets.redact(text)));
  try {
    return await runAction(host, args);
  } finally {
    stop();
  }
}

async function runAction(host: PluginHost, args: PluginArguments): Promise<0 | 1> {
  if (args.action === 'serve') return serve(host, args);
  if (args.action === 'help') {
    await host.stdout.write(PLUGIN_HELP);
  } else {
    const { pluginConfigCommand } = await import('./plugin-config.ts');
    await pluginConfigCommand(host, args);
  }
  return 0;
}

async function serve(host: PluginHost, args: PluginArguments): Promise<0 | 1> {
  const { stdin, stdout, stderr, system, secrets } = host;
  const sources = await makePluginSources(host, args);
  const idle = sources.flatMap((source) => idleReason(source) ?? []);
  // The kubelet logs standard error only for a plugin that fails; other images would get no credentials either.
  if (idle.length === sources.length) throw new Error(idle.join('; '));
  await writeMessages(stderr, ...idle.map((reason) => `warning: ${reason}`));
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
  // A changed module may act as another identity.
  const texts = await identityFiles(system).all(
    modules.map((name) => name.slice('module:'.length)),
  );
  const principal = JSON.stringify([names, serviceAccountTokens, texts]);
  const onProblem = (message: string): void => void writeMessages(stderr, `warning: ${message}`);
  return openTokenFileCache({ directory, principal, onProblem, system });
}
