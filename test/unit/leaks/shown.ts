// What a value turns into where it is shown. Apart from observe.ts, since each test file loads this, and most need no
// keyring.

import { inspect, type InspectOptions } from 'node:util';

/** Options of `inspect` that hide nothing. */
export const EVERYTHING: InspectOptions = {
  showHidden: true,
  getters: true,
  depth: Infinity,
  maxStringLength: null,
  maxArrayLength: null,
};

/** Every text that a value turns into when it is printed, logged or serialised. */
export function shown(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return [
    inspect(value),
    inspect(value, EVERYTHING),
    inspect(value, { ...EVERYTHING, customInspect: false }),
    JSON.stringify(value) ?? '',
    String(value),
    ...(value instanceof Error ? [value.message, value.stack ?? '', ...shown(value.cause)] : []),
  ];
}
