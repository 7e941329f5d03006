// What was made from some parts is made again only where one of these is another one.

import { setBounded } from './evict-oldest.ts';

/**
 * What is made from parts that are compared as they are.
 *
 * @param key - What was last made is kept for each of these.
 */
export type Remember<K, T> = (key: K, parts: readonly unknown[], make: () => T) => T;

interface Made<T> {
  readonly parts: readonly unknown[];
  readonly value: T;
}

/** Makes a memory in which what was made lives as long as its key. */
export function createRemember<T>(): Remember<object, T> {
  const made = new WeakMap<object, Made<T>>();
  return rememberIn(made, (key, value) => made.set(key, value));
}

/** Makes a memory by texts, of which it keeps no more than `max`. */
export function createTextRemember<T>(max: number): Remember<string, T> {
  const made = new Map<string, Made<T>>();
  return rememberIn(made, (key, value) => setBounded(made, max, [key, value]));
}

function rememberIn<K, T>(
  made: { get(key: K): Made<T> | undefined },
  set: (key: K, value: Made<T>) => void,
): Remember<K, T> {
  return (key, parts, make) => {
    const before = made.get(key);
    if (before !== undefined && areSame(before.parts, parts)) return before.value;
    const value = make();
    set(key, { parts, value });
    return value;
  };
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}
