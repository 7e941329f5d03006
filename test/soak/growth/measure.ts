// How the time that a call takes grows with its input, on a machine that may be busy: processor time, not the clock's;
// the least of several runs; and the ratio of two sizes of which one is 16 times the other.

import { inOrder } from '../../unit/fakes/in-order.ts';

/** A function and an input that is to be hard for it. */
export interface GrowthRow {
  /** Of the function, as a subpath exports it. */
  readonly of: string;
  /** What is hard about the input. */
  readonly input: string;
  /** Makes an input of about so many bytes, outside of the measured time; the result is the measured call. */
  readonly prepare: (bytes: number) => () => unknown;
  /** The largest input that is tried. */
  readonly maxBytes?: number | undefined;
}

/** What was measured at last. */
export interface Growth {
  readonly bytes: number;
  readonly smallMs: number;
  readonly largeMs: number;
  readonly ratio: number;
}

/** 16 times the input takes 256 times as long where time grows by the square, and 16 to 30 where it is linear. */
export const QUADRATIC_RATIO = 40;

const FACTOR = 16;
const FIRST_BYTES = 1024;
const MAX_BYTES = 2 * 1024 * 1024;
/** A call shorter than this tells nothing: at the largest input it is quick enough. */
const MEASURABLE_MS = 4;
const RUNS = 3;
/** On a busy machine a large ratio came three times by chance. */
const TRIES = 8;

/** How much a process has worked so far, in milliseconds. */
export type Meter = () => number;

const processorTime: Meter = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Measures a row; a large ratio is believed when it comes again. */
export async function measureGrowth(row: GrowthRow, meter: Meter = processorTime): Promise<Growth> {
  const bytes = await measurableBytes(row, meter, FIRST_BYTES);
  return leastRatio(row, meter, { bytes, triesLeft: TRIES });
}

/** The first size, of doublings, at which a call takes long enough to be compared. */
async function measurableBytes(row: GrowthRow, meter: Meter, bytes: number): Promise<number> {
  const largest = (row.maxBytes ?? MAX_BYTES) / FACTOR;
  if (bytes >= largest || (await leastMs(row, meter, bytes)) >= MEASURABLE_MS) return bytes;
  return measurableBytes(row, meter, bytes * 2);
}

async function leastRatio(
  row: GrowthRow,
  meter: Meter,
  { bytes, triesLeft }: { readonly bytes: number; readonly triesLeft: number },
): Promise<Growth> {
  const smallMs = await leastMs(row, meter, bytes);
  const largeMs = await leastMs(row, meter, bytes * FACTOR);
  // What is too short to be measured is no square of anything.
  const ratio = largeMs / Math.max(smallMs, MEASURABLE_MS / 2);
  const growth = { bytes, smallMs, largeMs, ratio };
  if (ratio < QUADRATIC_RATIO || triesLeft === 1) return growth;
  const again = await leastRatio(row, meter, { bytes, triesLeft: triesLeft - 1 });
  return again.ratio < ratio ? again : growth;
}

async function leastMs(row: GrowthRow, meter: Meter, bytes: number): Promise<number> {
  const times = await inOrder(Array.from({ length: RUNS }), async () => {
    const call = row.prepare(bytes);
    const before = meter();
    await call();
    return meter() - before;
  });
  return Math.min(...times);
}
