// The process that a kubelet starts. It loads only what one response needs.

import { createSecretMemory } from '../util/redaction/secret-memory.ts';
import { writeMessages } from '../serve/write-messages.ts';
import { OUTPUT_DESCRIPTOR, runApart } from '../system/process/run-apart.ts';
import {
  divertStandardOutput,
  standardStreams,
  writeErrorNow,
  type StandardStreams,
} from '../system/process/standard-streams.ts';
import type { System } from '../system/system.ts';
import { isSignalled, warnOfFaults, type FaultyProcess } from './own-process.ts';
import { servesModule } from './inputs/plugin-arguments.ts';
import { pluginCommand, type PluginHost } from './commands/plugin.ts';
import { importModule } from './inputs/import-module.ts';

/** The part of Node's `process` that it uses. */
export type PluginProcess = FaultyProcess & {
  readonly argv: readonly string[];
  exitCode?: number | string | null | undefined;
  exit(): unknown;
  on(event: 'exit', listener: (exitCode: number) => void): unknown;
};

/** What tests replace. */
export type PluginParts = Partial<PluginHost> & {
  readonly runApart?: typeof runApart;
  readonly writeErrorNow?: typeof writeErrorNow;
};

/** Idle connections of an SDK would keep the process alive. */
const LINGER_MS = 25;
/** The first argument of the child process that runs a user's module; only {@link runPluginProcess} starts it. */
const APART = 'apart';

/** Runs `docker-keyring plugin …`, or the single-file program, `plugin.cjs …`. */
export async function runPluginProcess(
  host: PluginProcess,
  system: System,
  parts: PluginParts = {},
): Promise<void> {
  const given = host.argv[2] === 'plugin' ? host.argv.slice(3) : host.argv.slice(2);
  const isApart = given[0] === APART;
  const args = isApart ? given.slice(1) : given;
  host.exitCode =
    !isApart && servesModule(args)
      ? await runModuleApart(host, system, { args, ...parts })
      : await runHere(host, { system, args, isApart, ...parts });
  system.setTimer(LINGER_MS, () => host.exit());
}

/** A module may print anything, start processes, and end its process. */
async function runModuleApart(
  { argv }: PluginProcess,
  system: System,
  { args, runApart: run = runApart, stderr = standardStreams().stderr }: PluginParts & HasArgs,
): Promise<number> {
  let reason: string;
  try {
    const { exitCode, signal } = await run(system, [String(argv[1]), 'plugin', APART, ...args]);
    if (exitCode !== undefined) return exitCode;
    reason = `the process that runs the module was ended by ${signal}`;
  } catch (error) {
    reason = `cannot start a process for the module: ${(error as Error).message}`;
  }
  await writeMessages(stderr, reason);
  return 1;
}

interface HasArgs {
  readonly args: readonly string[];
}

type HereParts = PluginParts & HasArgs & { readonly system: System; readonly isApart: boolean };

async function runHere(
  host: PluginProcess,
  { isApart, writeErrorNow: writeNow = writeErrorNow, ...parts }: HereParts,
): Promise<number> {
  const secrets = createSecretMemory();
  const streams = { ...streamsOf(isApart), ...parts };
  warnOfFaults(host, secrets, (message) => {
    void writeMessages(streams.stderr, `warning: ${message}`);
  });
  let hasEnded = false;
  host.on('exit', (exitCode) => {
    // An end by a signal needs no explanation.
    if (hasEnded || isSignalled(exitCode)) return;
    writeNow(`docker-keyring: ${NO_RESPONSE}\n`);
    host.exitCode = 1;
  });
  const exitCode = await pluginCommand({ importModule, secrets, ...streams });
  hasEnded = true;
  return exitCode;
}

const NO_RESPONSE =
  'a provider ended the process before it responded: it called process.exit(), or awaits a promise that never settles';

function streamsOf(isApart: boolean): StandardStreams {
  // In the child process, standard output is standard error already.
  if (isApart) return standardStreams([0, OUTPUT_DESCRIPTOR]);
  divertStandardOutput();
  return standardStreams();
}
