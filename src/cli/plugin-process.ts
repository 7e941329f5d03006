// The process that a kubelet starts. It loads nothing but what one answer needs.

import { standardStreams } from '../system/standard-streams.ts';
import type { System } from '../system/system.ts';
import { pluginCommand, type PluginHost } from './plugin-command.ts';
import { importModule } from './plugin-providers.ts';

/** The part of Node's `process` that it uses. */
export interface PluginProcess {
  readonly argv: readonly string[];
  exitCode?: number | string | null | undefined;
  exit(): unknown;
  removeAllListeners(event: 'warning'): unknown;
}

/** Connections that an SDK keeps open, for a next question that will not come, would keep the process alive. */
const LINGER_MS = 25;

/** Runs `docker-keyring plugin …`, or the program that is nothing but that, `plugin.cjs …`. */
export async function runPluginProcess(
  host: PluginProcess,
  system: System,
  given: Partial<PluginHost> = {},
): Promise<void> {
  const [first, ...others] = host.argv.slice(2);
  const args = first === 'plugin' ? others : host.argv.slice(2);
  // A kubelet logs all of standard error with a failure: what Node and SDKs tell developers would hide the reason.
  host.removeAllListeners('warning');
  host.exitCode = await pluginCommand({
    ...standardStreams(),
    system,
    importModule,
    args,
    ...given,
  });
  system.setTimer(LINGER_MS, () => host.exit());
}
