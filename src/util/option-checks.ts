// Whether a caller got options right: a mistake is a TypeError at once, which names the option and what it must be.

import { own } from './own.ts';
import { isRecord } from './is-record.ts';

/** What is wrong with a value, as a phrase behind its name; `undefined` when nothing is. */
export type Check = (value: unknown) => string | undefined;

/**
 * Checks an object of options, and gives a copy that inherits nothing: what stands on `Object.prototype` is no option.
 * What is `undefined` counts as not given.
 *
 * @param caller - The function's name, which messages begin with.
 * @param checks - One for each option that there is.
 * @throws TypeError for what is no object, for an option that does not exist, and for a wrong value.
 */
export function readOptions<T extends object>(
  caller: string,
  options: T,
  checks: Readonly<Record<string, Check>>,
): T {
  if (!isRecord(options)) throw new TypeError(`${caller}: the options must be an object`);
  const problem = membersProblem(options, checks);
  if (problem !== undefined) throw new TypeError(`${caller}: ${problem}`);
  return own<T>(options);
}

/** The first problem among an object's members. */
export function membersProblem(
  options: Readonly<Record<string, unknown>>,
  checks: Readonly<Record<string, Check>>,
): string | undefined {
  for (const [name, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) {
      const known = Object.keys(checks).join(', ');
      return `there is no option ${JSON.stringify(name)}; there are ${known}`;
    }
    const problem = value === undefined ? undefined : check(value);
    if (problem !== undefined) return `${name} ${problem}`;
  }
  return undefined;
}

export const isBooleanOption: Check = (value) =>
  typeof value === 'boolean' ? undefined : 'must be true or false';

export const isFunctionOption: Check = (value) =>
  typeof value === 'function' ? undefined : 'must be a function';

export const isSystemOption: Check = (value) => (isRecord(value) ? undefined : 'must be a System');

export const isRecordOption: Check = (value) =>
  isRecord(value) ? undefined : 'must be an object of its kind';

/** One of some texts. */
export function oneOf(...values: readonly string[]): Check {
  const all = values.map((value) => `'${value}'`).join(' or ');
  return (value) => (values.some((one) => one === value) ? undefined : `must be ${all}`);
}

/** Whether a value is a text that is not empty. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
