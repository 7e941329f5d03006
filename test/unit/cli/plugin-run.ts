// Runs docker-keyring plugin in a world in memory.

import { pluginCommand, type PluginHost } from '../../../src/cli/commands/plugin.ts';
import { createSecretMemory } from '../../../src/util/redaction/secret-memory.ts';
import { fakeSystem, type FakeWorld } from '../fakes/fake-system.ts';
import { chunks } from '../serve/serving.ts';

/** What a plugin begins with. */
export interface PluginWorld extends FakeWorld {
  readonly stdin?: string;
  readonly modules?: Readonly<Record<string, unknown>>;
}

/** A host, and what was written there. */
export function hostOf(
  args: string,
  { stdin = '', modules = {}, ...world }: PluginWorld = {},
): { readonly host: PluginHost; readonly written: { stdout: string; stderr: string } } {
  const written = { stdout: '', stderr: '' };
  const host: PluginHost = {
    args: args === '' ? [] : args.split(' '),
    stdin: chunks(stdin),
    stdout: { write: (text) => void (written.stdout += text) },
    stderr: { write: (text) => void (written.stderr += text) },
    system: fakeSystem(world),
    secrets: createSecretMemory(),
    importModule: async (url) => {
      if (url in modules) return modules[url];
      throw Object.assign(new Error(`no ${url}`), { code: 'ERR_MODULE_NOT_FOUND' });
    },
  };
  return { host, written };
}

/** Runs it. */
export async function plugin(
  args: string,
  world: PluginWorld = {},
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  const { host, written } = hostOf(args, world);
  const exitCode = await pluginCommand(host);
  return { exitCode, ...written };
}
