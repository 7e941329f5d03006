// The check of dockerConfig.helpers.

import { own } from '../util/own.ts';
import { isRecord } from '../util/is-record.ts';
import { duration } from '../util/option-checks.ts';

const WANTED =
  'must have true or false as helpers, or { cacheDurationMs, timeoutMs } in milliseconds';

/** What is wrong with a value of `dockerConfig.helpers`, as a phrase after `dockerConfig`. */
export function helpersProblem(helpers: unknown): string | undefined {
  if (helpers === undefined || typeof helpers === 'boolean') return undefined;
  if (!isRecord(helpers)) return WANTED;
  const { cacheDurationMs, timeoutMs, ...unknown } = own(helpers);
  const [name] = Object.keys(unknown);
  if (name !== undefined) return `has no member ${JSON.stringify(name)} in helpers`;
  return isDuration(cacheDurationMs, 0) && isDuration(timeoutMs, 1) ? undefined : WANTED;
}

function isDuration(value: unknown, minMs: number): boolean {
  return value === undefined || duration(minMs)(value) === undefined;
}
