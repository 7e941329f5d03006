// Between the process and the program: streams that may break, and the exit code.

import { complain, EXIT, type CliContext, type Output } from './context.ts';
import { runCli } from './run-cli.ts';

/** The part of Node's `process` that the program uses. */
export interface HostProcess {
  readonly argv: readonly string[];
  readonly version: string;
  readonly stdin: AsyncIterable<string | Uint8Array> & { readonly isTTY?: boolean };
  readonly stdout: HostStream;
  readonly stderr: HostStream;
  exitCode?: number | string | null | undefined;
}

/** A standard stream. */
interface HostStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** Runs the program; the process ends by itself, when all output is written, with the exit code set here. */
export async function runProcess(
  host: HostProcess,
  outside: Pick<CliContext, 'system' | 'isDirectory'>,
): Promise<void> {
  const { argv, stdin, version } = host;
  const stderr = outputTo(host.stderr, () => {});
  const stdout = outputTo(host.stdout, (error) => {
    complain(context, `cannot write the output: ${error.message}`);
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

/** After an error nothing more is written. That the reader has gone away, as `head` does, is no error of anybody. */
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
