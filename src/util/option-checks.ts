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

const isAnything: Check = () => undefined;

/**
 * {@link readOptions} where TypeScript alone checks the values: refuses an option that does not exist.
 *
 * @param names - Every option that there is.
 * @throws TypeError
 */
export function refuseUnknown<T extends object>(
  caller: string,
  options: T,
  names: Readonly<Record<keyof T, true>>,
): T {
  const checks = Object.keys(names).map((name) => [name, isAnything] as const);
  return readOptions(caller, options, Object.fromEntries(checks));
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

/** A text that is not empty. */
export function text(what: string): Check {
  return (value) => (isText(value) ? undefined : `must be ${what}`);
}

/** A text of some form. */
export function matching(pattern: RegExp, what: string): Check {
  return (value) =>
    typeof value === 'string' && pattern.test(value) ? undefined : `must be ${what}`;
}

/** An array of texts of some form; it may be empty. */
export function listOf(pattern: RegExp, what: string): Check {
  return (value) =>
    isStrings(value) && value.every((one) => pattern.test(one))
      ? undefined
      : `must be an array of ${what}`;
}

/** An object with some members, none of which it must have. */
export function members(checks: Readonly<Record<string, Check>>): Check {
  return (value) => (isRecord(value) ? membersProblem(value, checks) : 'must be an object');
}

/** An object whose members' names are the caller's. */
export function entries(what: string, keys: RegExp, check: Check): Check {
  return (value) => {
    if (!isRecord(value)) return `must be an object whose keys are ${what}`;
    for (const [key, entry] of Object.entries(value)) {
      if (!keys.test(key)) return `[${JSON.stringify(key)}]: the keys must be ${what}`;
      const problem = check(entry);
      if (problem !== undefined) return `[${JSON.stringify(key)}] ${problem}`;
    }
    return undefined;
  };
}

/** An object of strings, such as variables of the environment. */
export const isStringRecord: Check = (value) =>
  isRecord(value) && Object.values(value).every((one) => typeof one === 'string')
    ? undefined
    : 'must be an object of strings';

/** The longest delay of Node's timers, in milliseconds. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;

/** Milliseconds, as long as a timer can hold. */
export function duration(minMs: number): Check {
  return (value) =>
    typeof value === 'number' && value >= minMs && value <= MAX_TIMER_MS
      ? undefined
      : `must be a number of milliseconds from ${minMs} to ${MAX_TIMER_MS}`;
}

/**
 * A whole number from 1 on.
 *
 * @param unit - `'of milliseconds '`, or nothing.
 */
export function wholeNumber(max: number, unit = ''): Check {
  return (value) =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max
      ? undefined
      : `must be a whole number ${unit}from 1 to ${max}`;
}

export const isHttpUrl: Check = (value) =>
  isUrl(value, /^https?:\/\//) ? undefined : 'must be an http or https URL';

/** Whether a value is the text of an absolute URL. */
export function isUrl(value: unknown, scheme: RegExp): value is string {
  return typeof value === 'string' && scheme.test(value) && URL.canParse(value);
}

/** Whether a value is a text that is not empty. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Whether a value is an array of strings without holes. */
export function isStrings(value: unknown): value is readonly string[] {
  // Not every() alone, which passes over holes.
  return Array.isArray(value) && Array.from(value).every((one) => typeof one === 'string');
}

/** Whether a value has methods. */
export function hasFunctions(value: unknown, ...names: readonly string[]): boolean {
  const object = Object(value) as Readonly<Record<string, unknown>>;
  return names.every((name) => typeof object[name] === 'function');
}
