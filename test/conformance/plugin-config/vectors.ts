// Documents with the kubelet's answers, for the unit tests, which have no Go: small ones, one for each kind of answer.

import { readFile, writeFile } from 'node:fs/promises';
import { EDGE_DOCUMENTS } from './edge-documents.ts';
import type { Answer } from './plugin-config-judge.ts';

/** A document and what the kubelet says. */
export interface Vector {
  /** In base64. */
  readonly document: string;
  readonly answer: Answer;
}

const FILE = new URL('vectors.jsonl', import.meta.url);
const MAX_BYTES = 500;
/** The path that the kubelet's answers name. */
export const VECTOR_PATH = '/tmp/docker-keyring-vectors/config.yaml';

/** The recorded vectors. */
export async function readVectors(): Promise<readonly Vector[]> {
  const lines = (await readFile(FILE, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Vector);
}

/** Writes the edge cases, and of generated documents those whose answers are unlike the others'. */
export async function recordVectors(
  generated: readonly Buffer[],
  ask: (documents: readonly Buffer[]) => Promise<readonly Answer[]>,
): Promise<void> {
  const edges = EDGE_DOCUMENTS.map((document) => Buffer.from(document));
  const small = generated.filter(({ length }) => length <= MAX_BYTES);
  const documents = [...edges, ...small];
  const answers = await ask(documents);
  const seen = new Set<string>();
  const vectors = documents.flatMap((document, index) => {
    const answer = answers[index] ?? {};
    const kind = kindOf(answer);
    if (index >= edges.length && seen.has(kind)) return [];
    seen.add(kind);
    return [{ document: document.toString('base64'), answer }];
  });
  await writeFile(
    FILE,
    vectors
      .map(
        (vector) => `${JSON.stringify(vector)}
`,
      )
      .join(''),
  );
}

/** An answer without what makes it one document's own. */
function kindOf({ readError, validationError, providers }: Answer): string {
  const text = readError ?? validationError ?? JSON.stringify(Object.keys(providers ?? {}));
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'|\d+/g, '');
}
