// What lives here: the command line. It parses arguments, calls the library, and prints.
// To add a command: a file in commands/, its options and help in program/; texts that it prints go to render/.
// Only docker-keyring.ts and docker-credential-keyring.ts use the process; all other code gets a CliContext or a host.

import type { KeyringProblem } from '../create-keyring/keyring-options.ts';
import { ConfigError } from '../errors.ts';
import type { System } from '../system/system.ts';
import { inertText } from './render/inert.ts';
import { printable, shortPaths } from './render/text.ts';

export { UsageError } from './usage-error.ts';

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** The terminal's width; `undefined` where there is none. */
  readonly columns: number | undefined;
}

interface Input {
  readonly isTTY: boolean;
  readonly chunks: AsyncIterable<string | Uint8Array>;
}

/** What a run of the program gets from its process. */
export interface CliContext {
  /** The arguments, without the program's own name. */
  readonly argv: readonly string[];
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly system: System;
  /** As in `v24.1.0`. */
  readonly nodeVersion: string;
  /** The commit that the program was built from, where that is known. */
  readonly commit?: string | undefined;
  /** Rejects where the path does not exist. */
  isDirectory(path: string): Promise<boolean>;
  /** Loads a module by its URL, as `import()`. */
  readonly importModule: (url: string) => Promise<unknown>;
}

/** The exit codes. */
export const EXIT = {
  /** Every image has a credential, or can be pulled; no problem was found. */
  ok: 0,
  /** An image has no credential or cannot be pulled, or there is a problem in the input. */
  found: 1,
  /** The command line is wrong. */
  usage: 2,
  /** No problem is known, but a registry did not answer, or only the node can tell. */
  unknown: 3,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Returns an error of the class that the caller handles; throws every other error again. */
export function caught<T extends Error>(
  error: unknown,
  type: abstract new (...parameters: never[]) => T,
): T {
  if (error instanceof type) return error;
  throw error;
}

/** Prints text for people, from which CI systems take no commands. */
export function print({ stdout }: Pick<CliContext, 'stdout'>, text: string): void {
  stdout.write(inertText(text));
}

/** Prints a warning to standard error. */
export function warn({ stderr }: CliContext, message: string): void {
  writeLine(stderr, `warning: ${message}`);
}

/** Prints an error to standard error. */
export function reportError({ stderr }: CliContext, message: string): void {
  writeLine(stderr, message);
}

function writeLine(stderr: Output, message: string): void {
  stderr.write(inertText(`docker-keyring: ${printable(message)}\n`));
}

/** Warns of a source that is skipped. */
export function warnOfProblem(context: CliContext, problem: KeyringProblem): void {
  const paths = problem instanceof ConfigError ? [problem.path] : [];
  warn(context, shortPaths(problem.message, paths, context.system));
}
