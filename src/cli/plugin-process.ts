// The process that a kubelet starts. It loads nothing but what one answer needs.

import { createSecretMemory } from '../util/redaction/secret-memory.ts';
import { tellLines } from '../serve/tell-lines.ts';
import { OUTPUT_DESCRIPTOR, runApart } from '../system/process/run-apart.ts';
import {
  divertStandardOutput,
  standardStreams,
  writeErrorNow,
  type StandardStreams,
} from '../system/process/standard-streams.ts';
import type { System } from '../system/system.ts';
import { isSignalled, tellFaults, type FaultyProcess } from './own-process.ts';
import { servesModule } from './inputs/plugin-arguments.ts';
import { pluginCommand, type PluginHost } from './commands/plugin.ts';
import { importModule } from './inputs/plugin-providers.ts';

/** The part of Node's `process` that it uses. */
export type PluginProcess = FaultyProcess & {
  readonly argv: readonly string[];
  exitCode?: number | string | null | undefined;
  exit(): unknown;
  on(event: 'exit', listener: (exitCode: number) => void): unknown;
};

/** What tests give it in place of its own. */
export type PluginParts = Partial<PluginHost> & {
  readonly runApart?: typeof runApart;
  readonly tellNow?: typeof writeErrorNow;
};

/** Connections that an SDK keeps open, for a next question that will not come, would keep the process alive. */
const LINGER_MS = 25;
/** The first argument of the process in which a user's code runs, which only {@link runPluginProcess} starts. */
const APART = 'apart';

/** Runs `docker-keyring plugin …`, or the program that is nothing but that, `plugin.cjs …`. */
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

/** A module may print and start what it likes, and end the process that it runs in. */
async function runModuleApart(
  { argv }: PluginProcess,
  system: System,
  { args, runApart: run = runApart, stderr = standardStreams().stderr }: PluginParts & HasArgs,
): Promise<number> {
  let why: string;
  try {
    const { exitCode, signal } = await run(system, [String(argv[1]), 'plugin', APART, ...args]);
    if (exitCode !== undefined) return exitCode;
    why = `the process that runs the module was ended by ${signal}`;
  } catch (error) {
    why = `no process could be started for the module: ${(error as Error).message}`;
  }
  await tellLines(stderr, why);
  return 1;
}

interface HasArgs {
  readonly args: readonly string[];
}

type HereParts = PluginParts & HasArgs & { readonly system: System; readonly isApart: boolean };

async function runHere(
  host: PluginProcess,
  { isApart, tellNow = writeErrorNow, ...parts }: HereParts,
): Promise<number> {
  const secrets = createSecretMemory();
  const streams = { ...streamsOf(isApart), ...parts };
  tellFaults(host, secrets, (message) => {
    void tellLines(streams.stderr, `warning: ${message}`);
  });
  let isAnswered = false;
  host.on('exit', (exitCode) => {
    // A signal's end needs no explanation.
    if (isAnswered || isSignalled(exitCode)) return;
    tellNow(`docker-keyring: ${UNANSWERED}\n`);
    host.exitCode = 1;
  });
  const exitCode = await pluginCommand({ importModule, secrets, ...streams });
  isAnswered = true;
  return exitCode;
}

const UNANSWERED =
  'a provider ended the process before it answered: it called process.exit(), or waits for what will not come';

function streamsOf(isApart: boolean): StandardStreams {
  // There it is standard error already.
  if (isApart) return standardStreams([0, OUTPUT_DESCRIPTOR]);
  divertStandardOutput();
  return standardStreams();
}
