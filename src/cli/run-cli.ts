// One run of the program: from the process and its arguments to the exit code.

import { CommanderError } from 'commander';
import {
  caught,
  EXIT,
  reportError,
  UsageError,
  type CliContext,
  type ExitCode,
  type Output,
} from './context.ts';
import type { GlobalOptions } from './program/options.ts';
import { createProgram } from './program/program.ts';
import { printDiagnostics } from './verbose.ts';

/** The part of Node's `process` that the program uses. */
export interface HostProcess {
  readonly argv: readonly string[];
  readonly version: string;
  readonly stdin: AsyncIterable<string | Uint8Array> & { readonly isTTY?: boolean };
  readonly stdout: HostStream;
  readonly stderr: HostStream;
  exitCode?: number | string | null | undefined;
}

interface HostStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** Runs the program. The process ends by itself when all output is written, with the exit code that is set here. */
export async function runProcess(
  host: HostProcess,
  outside: Pick<CliContext, 'system' | 'isDirectory' | 'importModule' | 'commit'>,
): Promise<void> {
  const { argv, stdin, version } = host;
  const stderr = outputTo(host.stderr, () => {});
  const stdout = outputTo(host.stdout, (error) => {
    reportError(context, `cannot write the output: ${error.message}`);
    host.exitCode = EXIT.found;
  });
  const context: CliContext = {
    ...outside,
    argv: argv.slice(2),
    nodeVersion: version,
    stdin: { isTTY: stdin.isTTY === true, chunks: stdin },
    stdout,
    stderr,
  };
  const exitCode = await runCli(context);
  host.exitCode ??= exitCode;
}

/** Nothing is written after an error. A reader that closes the pipe, as `head` does, is not an error. */
function outputTo(stream: HostStream, onFailure: (error: Error) => void): Output {
  let isBroken = false;
  stream.on('error', (error) => {
    if (isBroken) return;
    isBroken = true;
    if (error.code !== 'EPIPE') onFailure(error);
  });
  return {
    isTTY: stream.isTTY === true,
    columns: stream.columns,
    write(text) {
      if (!isBroken) stream.write(text);
    },
  };
}

/** Runs the program with arguments and streams, and returns the exit code. */
export async function runCli(context: CliContext): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const cleanups: (() => void)[] = [];
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  program.hook('preAction', () => {
    if (program.opts<GlobalOptions>().verbose !== true) return;
    cleanups.push(printDiagnostics((text) => reportError(context, text)));
  });
  await program.parseAsync(context.argv, { from: 'user' }).catch((error: unknown) => {
    exitCode = exitCodeOf(error, context);
  });
  for (const cleanup of cleanups) cleanup();
  return exitCode;
}

function exitCodeOf(error: unknown, context: CliContext): ExitCode {
  // Commander has printed its error already; it also throws for help and version.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  reportError(context, caught(error, Error).message);
  return error instanceof UsageError ? EXIT.usage : EXIT.found;
}
