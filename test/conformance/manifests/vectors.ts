// Texts of manifests with kubectl's answers, for the unit tests, which have no Go.

import { readFile, writeFile } from 'node:fs/promises';
import { EDGE_TEXTS } from './generate-manifests.ts';
import { manifestAnswerOf, type ManifestAnswer } from './manifest-judge.ts';

/** A text and what kubectl makes of it. */
export interface ManifestVector {
  /** In base64. */
  readonly text: string;
  readonly answer: ManifestAnswer;
}

const FILE = new URL('vectors.jsonl', import.meta.url);
const MAX_BYTES = 200;
const MAX_OF_A_KIND = 1;

/** The recorded vectors. */
export async function readManifestVectors(): Promise<readonly ManifestVector[]> {
  const lines = (await readFile(FILE, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as ManifestVector);
}

/** Writes the edge cases, and a few generated texts of each kind of answer. */
export async function recordManifestVectors(
  generated: readonly Buffer[],
  ask: (texts: readonly Buffer[]) => Promise<readonly ManifestAnswer[]>,
): Promise<void> {
  const edges = EDGE_TEXTS.map((text) => Buffer.from(text));
  const texts = [...edges, ...generated.filter(({ length }) => length <= MAX_BYTES)];
  const answers = await ask(texts);
  const seen = new Map<string, number>();
  const kinds = await Promise.all(texts.map((text, index) => kindOf(text, answers[index])));
  const lines = texts.flatMap((text, index) => {
    const answer = answers[index] ?? { documents: [] };
    if (isRandom(text)) return [];
    const kind = String(kinds[index]);
    const before = seen.get(kind) ?? 0;
    seen.set(kind, before + 1);
    if (index >= edges.length && before >= MAX_OF_A_KIND) return [];
    return [`${JSON.stringify({ text: text.toString('base64'), answer })}\n`];
  });
  await writeFile(FILE, lines.join(''));
}

/** An answer without what makes it one text's own, beside the library's words. */
async function kindOf(
  text: Buffer,
  { documents, error }: ManifestAnswer = { documents: [] },
): Promise<string> {
  const shape = error ?? JSON.stringify(documents).replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  const library = await manifestAnswerOf(text);
  return `${shape.replaceAll(/'[^']*'|`[^`]*`|\d+/g, '')} ${library.error ?? ''}`;
}

/** Go's maps give one of several such keys at random. */
function isRandom(text: Buffer): boolean {
  const keys = text.toString('latin1').match(/\.nan|"1"|'yes'/gi) ?? [];
  return keys.length > 1;
}
