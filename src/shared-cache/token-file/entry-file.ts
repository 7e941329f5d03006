// One version of an entry of the token cache as a file: a line that says when it ends, then the value. What is in an
// entry's directory and no such file counts as absent.

import { MAX_CLOCK_SKEW_MS } from '../../util/clock-skew.ts';
import type { System } from '../../system/system.ts';

/** Of a file that is read. A fleet's envelope is at most 1 MiB; any provider's answer is some kilobytes. */
export const MAX_ENTRY_BYTES: number = 2 ** 20 + 64;

/** What a file begins with; another format gets another number. */
const FORMAT = 'docker-keyring-file:1';
const FIRST_LINE = /^docker-keyring-file:1 (\d{1,16})\n/;
/** As a fleet names its entries. No dot and no separator: no name leads out of the directory. */
const KEY = /^[\w:-]{1,128}$/;

/** What the name of every entry's directory ends with, and no other one's. */
export const ENTRY_SUFFIX = '.entry';

/** The same of locks. */
export const LOCK_SUFFIX = '.lock';

/** What stands in a file. */
export interface EntryFile {
  /** The value; `undefined` where its time is over or the file is none of ours. */
  readonly value: string | undefined;
  /** The file's time, in milliseconds since 1970. */
  readonly mtimeMs: number;
  readonly size: number;
}

/** What reading an entry asks of the world. */
export type EntrySystem = Pick<System, 'now' | 'readFile' | 'userId'>;

/** A key as the beginning of a name: with nothing that a file system may refuse. */
export function nameOf(key: string): string {
  if (!KEY.test(key)) throw new TypeError('The token cache has no name for this key');
  return key.replaceAll(':', '.');
}

/** A file's text for a value. */
export function formatEntry(value: string, expiresAtMs: number): string {
  return `${FORMAT} ${Math.ceil(expiresAtMs)}\n${value}`;
}

/**
 * Reads an entry; `undefined` where nothing stands.
 *
 * @throws an error that says in one phrase why what stands there is not read.
 */
export async function readEntry(system: EntrySystem, path: string): Promise<EntryFile | undefined> {
  const content = await system.readFile(path, { maxBytes: MAX_ENTRY_BYTES, followLinks: false });
  if (content === undefined) return undefined;
  const { mtimeMs, size, owner } = content.stamp;
  const user = system.userId();
  if (owner !== undefined && user !== undefined && owner !== user) {
    throw new Error(`it belongs to the user ${owner}`);
  }
  const text = Buffer.from(content.bytes).toString('utf8');
  const [line, digits] = FIRST_LINE.exec(text) ?? [];
  if (line === undefined) throw new Error('it is no entry of the token cache');
  const nowMs = system.now();
  const isLive = nowMs < Number(digits) && mtimeMs <= nowMs + MAX_CLOCK_SKEW_MS;
  return { value: isLive ? text.slice(line.length) : undefined, mtimeMs, size };
}
