// Damages copies of the executable: the part that was injected into Node.js, which is an ELF note with a name.

import {
  closeSync,
  copyFileSync,
  openSync,
  readFileSync,
  readSync,
  truncateSync,
  writeSync,
} from 'node:fs';

const NOTE = 'NODE_SEA_BLOB\0';

/** The injected part. */
export interface Injection {
  readonly start: number;
  readonly length: number;
  /** Where the first asset is: before it are the head and the first script. */
  readonly assets: number;
}

/** Finds it. */
export function findInjection(file: string): Injection {
  const bytes = readFileSync(file);
  const name = bytes.lastIndexOf(NOTE);
  const length = bytes.readUInt32LE(name - 8);
  const start = Math.ceil((name + NOTE.length) / 4) * 4;
  // The text of the first script has its length in front.
  const script = bytes.indexOf('"use strict"', start);
  return { start, length, assets: script + Number(bytes.readBigUInt64LE(script - 8)) };
}

/** Inverts one byte, runs something, and puts the byte back. */
export async function withFlippedByte<T>(
  file: string,
  at: number,
  work: () => Promise<T>,
): Promise<T> {
  const byte = Buffer.alloc(1);
  const write = (value: number): void => {
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, Buffer.from([value]), 0, 1, at);
    closeSync(descriptor);
  };
  const descriptor = openSync(file, 'r');
  readSync(descriptor, byte, 0, 1, at);
  closeSync(descriptor);
  const [before = 0] = byte;
  write(before ^ 0xff);
  try {
    return await work();
  } finally {
    write(before);
  }
}

/** Copies only the first bytes. */
export function truncatedCopy(file: string, copy: string, length: number): void {
  copyFileSync(file, copy);
  truncateSync(copy, length);
}
