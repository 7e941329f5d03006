// Files that the command line names; `-` is standard input.

import { resolve } from 'node:path';
import { UsageError, type CliContext } from '../context.ts';

const MAX_INPUT_BYTES = 10 * 1024 * 1024;
export const STDIN = '-';

/** Reads each file once. */
export interface InputFiles {
  readBytes(path: string): Promise<Uint8Array>;
  read(path: string): Promise<string>;
}

export function createInputFiles(context: CliContext): InputFiles {
  const files = new Map<string, Promise<Uint8Array>>();
  const readBytes = (path: string): Promise<Uint8Array> => {
    const known = files.get(path) ?? readInput(context, path);
    files.set(path, known);
    return known;
  };
  return { readBytes, read: async (path) => textOf(await readBytes(path)) };
}

/** The name of a file in messages. */
export function inputName(path: string): string {
  return path === STDIN ? 'standard input' : path;
}

export async function readText(context: CliContext, path: string): Promise<string> {
  return textOf(await readInput(context, path));
}

function readInput(context: CliContext, path: string): Promise<Uint8Array> {
  return path === STDIN ? readStdin(context) : readFile(context, path);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

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

/** The error's code: Node's messages repeat the path. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === 'EACCES' || code === 'EPERM') return `no permission (${code})`;
  return code ?? (error instanceof Error ? error.message : 'unknown reason');
}
