// A provider's error becomes the cause of ours, and is printed with it. It may be anybody's, with anything in it: what
// cannot be searched to its end, or holds a secret, is replaced by a copy of what can be shown.

import { types } from 'node:util';
import { isError } from '../is-error.ts';
import { isSecretName, type SecretMemory } from './secret-memory.ts';

/** Deeper or larger errors than these are not searched to their end. */
const MAX_DEPTH = 5;
const MAX_VALUES = 1000;
const MAX_CHARACTERS = 64 * 1024;

/** What a value prints by itself, in place of its members. */
const PRINTERS: readonly PropertyKey[] = [Symbol.for('nodejs.util.inspect.custom'), 'toJSON'];

type Redact = Pick<SecretMemory, 'redact' | 'isIn'>;

/** The error itself, or what may be shown of it. */
export function safeCause(error: unknown, secrets: Redact): unknown {
  return isSafe(error, secrets) ? error : redactedCopy(error, secrets, MAX_DEPTH);
}

function isSafe(error: unknown, secrets: Redact): boolean {
  try {
    const texts = textsIn(error);
    return texts !== undefined && !secrets.isIn(texts);
  } catch {
    // A trap of a proxy, or a getter.
    return false;
  }
}

/** All texts in a value, joined; `undefined` where it holds what cannot be searched. */
function textsIn(root: unknown): string | undefined {
  const seen = new Set<unknown>();
  const texts: string[] = [];
  let level: readonly unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const value of level) {
      const members = isNew(value, seen) ? membersOf(value) : [];
      const text = textOf(value);
      if (members === undefined || text === undefined) return undefined;
      next.push(...members);
      texts.push(text);
    }
    if (depth > MAX_DEPTH || texts.length + next.length > MAX_VALUES) return undefined;
    level = next;
  }
  const joined = texts.join('\n');
  return joined.length > MAX_CHARACTERS ? undefined : joined;
}

/** Whether a value is an object that was not met before; it is from now on. */
function isNew(value: unknown, seen: Set<unknown>): value is object {
  if (typeof value !== 'object' || value === null || seen.has(value)) return false;
  seen.add(value);
  return true;
}

type Primitive = string | number | bigint | boolean | symbol | null | undefined;

/** A function may hold anything, and is printed with its members. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'function') return undefined;
  return typeof value === 'object' ? '' : shownText(value as Primitive);
}

function shownText(value: Primitive): string {
  return String(value);
}

/**
 * Names and values of all members, those that are not enumerable included.
 *
 * @returns `undefined` for what keeps more than members: maps, buffers, requests, whatever has a class of its own.
 */
function membersOf(value: object): unknown[] | undefined {
  if (types.isProxy(value) || PRINTERS.some((name) => name in value)) return undefined;
  const keys = Reflect.ownKeys(value);
  if (types.isNativeError(value)) {
    // The stack may be an accessor, of the engine's own.
    const own = dataOf(
      value,
      keys.filter((key) => key !== 'stack'),
    );
    return own && [...own, ...inheritedOf(value)];
  }
  return Array.isArray(value) || isPlain(value) ? dataOf(value, keys) : undefined;
}

function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && typeof value !== 'boolean';
}

/** `undefined` where a member is a getter, or a secret by its name. */
function dataOf(value: object, keys: readonly PropertyKey[]): unknown[] | undefined {
  const members: unknown[] = [];
  for (const key of keys) {
    const descriptor = Reflect.getOwnPropertyDescriptor(value, key);
    if (isSecretName(String(key)) && isFilled(descriptor?.value)) return undefined;
    if (descriptor?.get !== undefined || descriptor?.set !== undefined) return undefined;
    members.push(key, descriptor?.value);
  }
  return members;
}

/** What is printed of an error whether or not it is the error's own. */
function inheritedOf(error: Error): unknown[] {
  const tag: unknown = Reflect.get(error, Symbol.toStringTag);
  return [error.name, error.message, error.stack, error.constructor.name, tag];
}

/** What is printed by what it keeps inside, whatever its prototype says that it is. */
const KEEPERS: readonly ((value: unknown) => boolean)[] = [
  types.isMap,
  types.isSet,
  types.isMapIterator,
  types.isSetIterator,
  types.isAnyArrayBuffer,
  types.isArrayBufferView,
  types.isBoxedPrimitive,
  types.isPromise,
  types.isModuleNamespaceObject,
  types.isExternal,
];

function isPlain(value: object): boolean {
  if (KEEPERS.some((isKeeper) => isKeeper(value))) return false;
  const prototype: unknown = Reflect.getPrototypeOf(value);
  const isBare = prototype === null || Reflect.getPrototypeOf(Object(prototype)) === null;
  return isBare && Object.prototype.toString.call(value) === '[object Object]';
}

/** A getter may throw; what it throws is no better than what it hides. */
function read(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

function redactedCopy(error: unknown, secrets: Redact, depth: number): unknown {
  if (typeof error === 'string') return secrets.redact(error);
  if (!isError(error) || depth === 0) return undefined;
  const text = (name: string): string => {
    const value = read(error, name);
    return typeof value === 'string' ? secrets.redact(value) : '';
  };
  const cause = read(error, 'cause');
  const copy = new Error(
    text('message'),
    cause === undefined ? {} : { cause: redactedCopy(cause, secrets, depth - 1) },
  );
  copy.name = text('name');
  copy.stack = text('stack');
  const [code, retryAfterMs] = [read(error, 'code'), read(error, 'retryAfterMs')];
  if (typeof code === 'string') Object.assign(copy, { code: secrets.redact(code) });
  if (typeof retryAfterMs === 'number') Object.assign(copy, { retryAfterMs });
  return copy;
}
