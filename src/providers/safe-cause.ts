// A provider's error becomes the cause of ours. It may be anybody's, with anything in it: where it holds a secret, a copy
// without it takes its place.

import { isError } from './is-error.ts';
import type { SecretMemory } from './secret-memory.ts';

/** Deeper or larger errors than these are not searched to their end, and so not believed to be safe. */
const MAX_DEPTH = 5;
const MAX_VALUES = 1000;

type Redact = Pick<SecretMemory, 'redact'>;

/** The error itself, or what may be shown of it. */
export function safeCause(error: unknown, secrets: Redact): unknown {
  return isSafe(error, secrets) ? error : redactedCopy(error, secrets, MAX_DEPTH);
}

function isSafe(error: unknown, secrets: Redact): boolean {
  let pending: unknown[] = [error];
  let valuesLeft = MAX_VALUES;
  for (let depth = 0; pending.length > 0; depth += 1) {
    valuesLeft -= pending.length;
    if (depth > MAX_DEPTH || valuesLeft < 0) return false;
    const texts = pending.filter((value) => typeof value === 'string');
    if (texts.some((text) => secrets.redact(text) !== text)) return false;
    pending = pending.flatMap(valuesOf);
  }
  return true;
}

/** What an object holds, the properties of errors that are not enumerable included. */
function valuesOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const names = new Set([...Object.keys(value), 'name', 'message', 'stack', 'cause', 'errors']);
  return [...names].map((name) => read(value, name)).filter((one) => one !== undefined);
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
