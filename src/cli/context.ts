// What lives here: the command line: parse arguments, call the library, print.
// To add a command: a file <name>-command.ts with what it does, its options and help in program.ts.
// Only docker-keyring.ts touches the process; all else gets a CliContext, or for `plugin` a PluginHost.

import type { KeyringProblem } from '../create-keyring/keyring-options.ts';
import { ConfigError } from '../errors.ts';
import type { System } from '../system/system.ts';
import { inertText } from './render/inert.ts';
import { printable, shortPath } from './render/text.ts';

export { UsageError } from './usage-error.ts';

/** Standard output or standard error. */
export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** The terminal's width; `undefined` where there is none. */
  readonly columns: number | undefined;
}

/** Standard input. */
interface Input {
  readonly isTTY: boolean;
  readonly chunks: AsyncIterable<string | Uint8Array>;
}

/** All that a run of the program knows of the world. */
export interface CliContext {
  /** The arguments, without the program's own name. */
  readonly argv: readonly string[];
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly system: System;
  /** Of the Node.js that runs this: `v24.1.0`. */
  readonly nodeVersion: string;
  /** Rejects where there is nothing at the path. */
  isDirectory(path: string): Promise<boolean>;
}

/** What the program ends with. */
export const EXIT = {
  /** Every image has a credential, or can be pulled; nothing was found wrong. */
  ok: 0,
  /** An image has none or cannot be pulled, or something is wrong with what was given. */
  found: 1,
  /** The command line itself is wrong. */
  usage: 2,
  /** Nothing is known to be wrong, but a registry did not answer, or only the node knows. */
  unknown: 3,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What was thrown, where it is of the class that is dealt with here; everything else goes its way. */
export function caught<T extends Error>(
  error: unknown,
  type: abstract new (...parameters: never[]) => T,
): T {
  if (error instanceof type) return error;
  throw error;
}

/** Prints a text for people; what looks like a command to a CI system is none. */
export function print({ stdout }: Pick<CliContext, 'stdout'>, text: string): void {
  stdout.write(inertText(text));
}

/** Tells something beside the answer, which is on standard output. */
export function warn({ stderr }: CliContext, message: string): void {
  tell(stderr, 'warning: ', message);
}

/** Tells why there is no answer. */
export function complain({ stderr }: CliContext, message: string): void {
  tell(stderr, '', message);
}

function tell(stderr: Output, kind: string, message: string): void {
  stderr.write(inertText(`docker-keyring: ${kind}${printable(message)}\n`));
}

/** Tells what is wrong with a source that the answer does without. */
export function warnOfProblem(context: CliContext, problem: KeyringProblem): void {
  const { message } = problem;
  const path = problem instanceof ConfigError ? problem.path : '';
  warn(context, path === '' ? message : message.replaceAll(path, shortPath(path, context.system)));
}
