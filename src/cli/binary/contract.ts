// What the first script of the single executable gives to the others.

import type { PluginHost } from '../commands/plugin.ts';

/** What a program gets. */
interface Outside extends Pick<PluginHost, 'importModule'> {
  readonly commit: string;
}

/** Runs a program: what the scripts of {@link ProgramName}s export as `run`. */
export type RunProgram = (host: NodeJS.Process, outside: Outside) => Promise<void>;
