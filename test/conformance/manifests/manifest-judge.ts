// The Go program that reads manifests as kubectl does, and the library's answers to the same.

import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual, promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

import { plainValue } from '../../../src/go/document/plain-value.ts';
import { ManifestError } from '../../../src/errors.ts';
import { readManifestStream } from '../../../src/kubernetes/manifest/manifest-stream.ts';
import { knownDifference, type Difference, type Effect } from '../yaml-differences.ts';

const run = promisify(execFile);

/** What becomes of a text: the documents that are not empty, up to an error. */
export interface ManifestAnswer {
  readonly documents: readonly unknown[];
  readonly error?: string;
}

/** Builds the program. */
export async function buildManifestJudge(directory: string): Promise<string> {
  const binary = join(directory, 'manifests');
  const source = fileURLToPath(new URL('../go', import.meta.url));
  await run('go', ['build', '-o', binary, './manifests'], { cwd: source });
  return binary;
}

/** kubectl's answers, in the order of the texts. */
export async function askManifestJudge(
  binary: string,
  texts: readonly Buffer[],
): Promise<ManifestAnswer[]> {
  const child = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(texts.map((text) => `${text.toString('base64')}\n`).join(''));
  const answers: ManifestAnswer[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    answers.push(JSON.parse(line) as ManifestAnswer);
  }
  return answers;
}

/** The library's answer, in the same form. */
export async function manifestAnswerOf(text: Buffer): Promise<ManifestAnswer> {
  try {
    const documents = (await readManifestStream(text, undefined)).flatMap((document) => {
      const converted = plainValue(document);
      if ('problem' in converted) {
        const { problem: reason, position } = converted;
        throw new ManifestError({ path: undefined, reason, position });
      }
      return converted.value === null ? [] : [converted.value];
    });
    return { documents };
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    return { documents: [], error: error.reason };
  }
}

/** What differs; the words of an error may, since Go's quote the text. */
export function manifestDifference(
  text: Uint8Array,
  kubectl: ManifestAnswer,
  library: ManifestAnswer,
): Difference | undefined {
  const effect = compare(kubectl, library);
  if (effect === undefined) return undefined;
  return { what: DIFFERENCES[effect], reason: knownDifference(text, effect) };
}

const DIFFERENCES: Readonly<Record<Effect, string>> = {
  refused: 'refused, and kubectl takes it',
  taken: 'taken, and kubectl refuses it',
  read: 'read differently',
};

function compare(kubectl: ManifestAnswer, library: ManifestAnswer): Effect | undefined {
  if (kubectl.error !== undefined || library.error !== undefined) {
    if (kubectl.error === undefined) return 'refused';
    return library.error === undefined ? 'taken' : undefined;
  }
  // As text once more, in which -0 is 0.
  return isDeepStrictEqual(textsOf(kubectl), textsOf(library)) ? undefined : 'read';
}

function textsOf({ documents }: ManifestAnswer): unknown {
  return JSON.parse(JSON.stringify(documents));
}
