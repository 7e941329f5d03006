// The standard streams as file descriptors: process.stdin and its like make Node load its streams, its terminals and its
// network, which takes longer than all else that a plugin does.

import { nodeTimers } from '../node-timers.ts';
import { sleep } from '../sleep.ts';

const { read, write, writeSync } = process.getBuiltinModule('node:fs');

/** Standard input, output and error of a process that starts, answers and ends. */
export interface StandardStreams {
  readonly stdin: AsyncIterable<string | Uint8Array>;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
}

/** Where text is written to. */
export interface TextOutput {
  /** Writes all of a text. What it gives is waited for, where it is a promise. */
  write(text: string): unknown;
}

/**
 * What others in this process print on standard output goes to standard error from now on. Those who hold the stream
 * already keep it; getting it here would load it.
 *
 * @returns Puts it back.
 */
export function divertStandardOutput(): () => void {
  const before = Object.getOwnPropertyDescriptor(process, 'stdout') as PropertyDescriptor;
  Object.defineProperty(process, 'stdout', {
    configurable: true,
    enumerable: true,
    get: () => process.stderr,
  });
  return () => void Object.defineProperty(process, 'stdout', before);
}

/** Writes to standard error at once: for a process that is ending. */
export function writeErrorNow(text: string, descriptor = 2): void {
  try {
    writeSync(descriptor, text);
  } catch {
    // There is nobody else to tell.
  }
}

const CHUNK_BYTES = 65_536;
/** A descriptor that was made non-blocking, by whoever else has it, is asked again. */
const RETRY_MS = 5;

/** Those of this process, or those at other descriptors. */
export function standardStreams([
  input = 0,
  output = 1,
  errors = 2,
]: readonly number[] = []): StandardStreams {
  return { stdin: chunksOf(input), stdout: outputTo(output), stderr: outputTo(errors) };
}

async function* chunksOf(descriptor: number): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = await whenReady(() => readSome(descriptor));
    if (chunk.length === 0) return;
    yield chunk;
  }
}

function readSome(descriptor: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  return new Promise((resolve, reject) => {
    read(descriptor, buffer, 0, CHUNK_BYTES, null, (error, length) => {
      // On Windows the end of a pipe is an error.
      if (error === null || error.code === 'EOF') resolve(buffer.subarray(0, length));
      else reject(error);
    });
  });
}

function outputTo(descriptor: number): TextOutput {
  return { write: (text) => writeAll(descriptor, Buffer.from(text)) };
}

async function writeAll(descriptor: number, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) {
    const unwritten = rest;
    rest = rest.subarray(await whenReady(() => writeSome(descriptor, unwritten)));
  }
}

function writeSome(descriptor: number, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, 0, bytes.length, null, (error, length) => {
      if (error === null) resolve(length);
      else reject(error);
    });
  });
}

async function whenReady<T>(operation: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await operation();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      await sleep(nodeTimers, RETRY_MS);
    }
  }
}
