// Secrets that only the name of a member tells, as the errors of HTTP clients have them: `error.config.auth.password`.

import { types } from 'node:util';
import { markSecrets, withoutMarked } from './mark-secrets.ts';
import { isSecretName } from './secret-memory.ts';

/** Deeper or larger values are not searched to their end. */
const MAX_DEPTH = 5;
const MAX_VALUES = 1000;

/** A text without the secrets that members of a value are named as. No getter is called. */
export function withoutNamedSecrets(text: string, holder: unknown): string {
  const marks = markSecrets(text, secretsNamedIn(holder));
  return marks === undefined ? text : withoutMarked(text, marks);
}

function secretsNamedIn(root: unknown): ReadonlySet<string> {
  const secrets = new Set<string>();
  const seen = new Set<unknown>();
  let level: readonly unknown[] = [root];
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth += 1) {
    const members: [name: string, value: unknown][] = [];
    for (const value of level) {
      if (seen.size < MAX_VALUES && !seen.has(value)) members.push(...membersOf(value));
      seen.add(value);
    }
    for (const [name, value] of members) {
      if (typeof value === 'string' && value !== '' && isSecretName(name)) secrets.add(value);
    }
    level = members.map(([, value]) => value);
  }
  return secrets;
}

function membersOf(value: unknown): [name: string, value: unknown][] {
  if (typeof value !== 'object' || value === null || types.isProxy(value)) return [];
  const keys = Object.getOwnPropertyNames(value).slice(0, MAX_VALUES);
  return keys.map((key) => [key, Reflect.getOwnPropertyDescriptor(value, key)?.value]);
}
