// A process that writes and reads many entries of one token cache with small bounds, and says what it saw.

import { createTokenFileStore } from '../../../src/shared-cache/token-file/token-file-store.ts';

/** What is printed. */
export interface WriterReport {
  readonly wrong: readonly string[];
  readonly problems: readonly string[];
  /** Of what was just written. */
  readonly missing: number;
}

const { CACHE_DIRECTORY = '', WRITER = '', WRITES = '0', MAX_ENTRIES = '1' } = process.env;
const problems: string[] = [];
const wrong: string[] = [];
let missing = 0;

const store = createTokenFileStore({
  directory: CACHE_DIRECTORY,
  maxEntries: Number(MAX_ENTRIES),
  onProblem: (message) => problems.push(message),
});

async function write(number: number): Promise<void> {
  // Every other one is a key that all the processes write.
  const key = number % 2 === 0 ? `shared:${number % 20}` : `own:${WRITER}-${number}`;
  const isShort = number % 6 === 3;
  await store.set(key, `${key} `.repeat(200), isShort ? 1 : 60_000);
  const value = await store.get(key);
  if (value === undefined) missing += isShort ? 0 : 1;
  else if (value !== `${key} `.repeat(200)) wrong.push(key);
  if (number > 0) await write(number - 1);
}

await write(Number(WRITES));
const report: WriterReport = { wrong, problems, missing };
process.stdout.write(`${JSON.stringify(report)}\n`);
