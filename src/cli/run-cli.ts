// One run of the program, from the arguments to the exit code. Nothing gets out of it but an exit code.

import { CommanderError } from 'commander';
import { caught, complain, EXIT, UsageError, type CliContext, type ExitCode } from './context.ts';
import { createProgram } from './program/program.ts';

/**
 * Runs the program `docker-keyring`.
 *
 * @param context - The arguments, the streams and the outside world.
 * @returns The exit code: 0 found, 1 nothing found or something wrong, 2 wrong use.
 * @example
 * ```ts
 * const exitCode = await runCli({ argv: ['lookup', 'nginx'], stdin, stdout, stderr, system, isDirectory });
 * ```
 */
export async function runCli(context: CliContext): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(context.argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, context);
  }
}

function exitCodeOf(error: unknown, context: CliContext): ExitCode {
  // Commander has said already what is wrong; help and version also arrive here.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  complain(context, caught(error, Error).message);
  return error instanceof UsageError ? EXIT.usage : EXIT.found;
}
