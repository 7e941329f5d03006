// Secrets with the API server's answers, for the unit tests, which have no API server.

import { readFile, writeFile } from 'node:fs/promises';
import { measureObject } from '../../../src/go/document/from-object.ts';
import { validatePullSecret } from '../../../src/kubernetes/secret/validate-pull-secret.ts';
import type { ApiServerAnswer } from './api-server.ts';
import { SECRET_CASES } from './secret-cases.ts';

/** A Secret, and what the API server says to it. */
export interface SecretVector {
  readonly title: string;
  /** Where it is too large for a line, it is the case of that title. */
  readonly secret?: Readonly<Record<string, unknown>>;
  readonly answer: ApiServerAnswer;
}

const FILE = new URL('vectors.jsonl', import.meta.url);
const MAX_LENGTH = 4000;
const MAX_DEPTH = 20;

/** The recorded vectors. */
export async function readSecretVectors(): Promise<readonly SecretVector[]> {
  const lines = (await readFile(FILE, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as SecretVector);
}

/** Writes them anew. */
export async function recordSecretVectors(answers: readonly ApiServerAnswer[]): Promise<void> {
  const lines = SECRET_CASES.map(({ title, secret }, index) => {
    const { bytes, depth } = measureObject(secret, MAX_LENGTH);
    const isSmall = bytes <= MAX_LENGTH && depth <= MAX_DEPTH;
    const vector = { title, ...(isSmall ? { secret } : {}), answer: answers[index] };
    return `${JSON.stringify(vector)}\n`;
  });
  await writeFile(FILE, lines.join(''));
}

/** The Secret of a vector. */
export function secretOf({ title, secret }: SecretVector): Readonly<Record<string, unknown>> {
  const found = secret ?? SECRET_CASES.find((one) => one.title === title)?.secret;
  if (found === undefined) throw new Error(`no case is titled ${title}`);
  return found;
}

/** What differs between the API server's answer and the library's; `undefined` for nothing. */
export function secretDifference(
  secret: Readonly<Record<string, unknown>>,
  answer: ApiServerAnswer,
): { readonly expected: unknown; readonly found: unknown } | undefined {
  const refusals = validatePullSecret(secret).filter((one) => one.rejectedBy === 'api-server');
  const found =
    answer.causes === undefined
      ? refusals.slice(0, 1).map(({ message }) => message)
      : refusals.map(({ where, message }) => `${where.field}: ${message}`);
  const expected = answer.causes ?? (answer.message === undefined ? [] : [answer.message]);
  const same = normalised(expected) === normalised(found);
  return same ? undefined : { expected, found };
}

/** Go's maps have no order, a generated name ends at random, and what is unreadable is quoted behind the reason. */
function normalised(messages: readonly string[]): string {
  const texts = messages.map((message) =>
    message
      .replace(/^(metadata\.name: Invalid value: ".*).{5}":/s, '$1xxxxx":')
      .replace(/^(the object provided is unrecognized .*) \(.{0,50}\)$/s, '$1')
      .replace(/^(.*Object 'apiVersion' is missing) in '.*$/s, '$1'),
  );
  return texts.toSorted().join('\n');
}
