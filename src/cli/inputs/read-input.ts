// Files and standard input, as the command line names them.

import { resolve } from 'node:path';
import { UsageError, type CliContext } from '../context.ts';

/** More than any manifest, secret or configuration needs. */
const MAX_INPUT_BYTES = 10 * 1024 * 1024;
/** The name of standard input. */
export const STDIN = '-';

/** Reads files, each once however often it is named; `-` is standard input. */
export interface InputFiles {
  /** As bytes, whose encoding is the reader's to judge. */
  readBytes(path: string): Promise<Uint8Array>;
  read(path: string): Promise<string>;
}

/** Makes a reader for one run of the program. */
export function createInputFiles(context: CliContext): InputFiles {
  const files = new Map<string, Promise<Uint8Array>>();
  const readBytes = (path: string): Promise<Uint8Array> => {
    const known = files.get(path) ?? readInput(context, path);
    files.set(path, known);
    return known;
  };
  return { readBytes, read: async (path) => textOf(await readBytes(path)) };
}

/** How a file is called in messages. */
export function inputName(path: string): string {
  return path === STDIN ? 'standard input' : path;
}

/** What a file or standard input holds. */
export async function readText(context: CliContext, path: string): Promise<string> {
  return textOf(await readInput(context, path));
}

function readInput(context: CliContext, path: string): Promise<Uint8Array> {
  return path === STDIN ? readStdin(context) : readFile(context, path);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

/** All of standard input. */
export async function readStdin({ stdin }: CliContext): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stdin.chunks) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > MAX_INPUT_BYTES) {
      throw new UsageError(`standard input is larger than ${MAX_INPUT_BYTES} bytes`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

async function readFile({ system }: CliContext, path: string): Promise<Uint8Array> {
  const absolute = resolve(system.workingDirectory(), path);
  const content = await system
    .readFile(absolute, { maxBytes: MAX_INPUT_BYTES })
    .catch((error: unknown) => {
      throw new UsageError(`cannot read ${path}: ${reasonOf(error)}`, { cause: error });
    });
  if (content === undefined) throw new UsageError(`there is no file ${path}`);
  return content.bytes;
}

/** Node's messages repeat the path and name the system call; the code says the same to those who know it. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === 'EACCES' || code === 'EPERM') return `no permission (${code})`;
  return code ?? (error instanceof Error ? error.message : 'the reason is not known');
}
