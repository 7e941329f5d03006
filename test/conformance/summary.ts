import type { Answer, Case } from './cases.ts';

/** How many cases of a run came out how, so that a run that tests little is seen. */
export class Summary {
  readonly #counts = new Map<string, number>();

  add(question: Case, answer: Answer): void {
    this.#count(`${question.kind}: ${outcome(question, answer)}`);
    if (question.kind !== 'lookup' || answer.rejected !== undefined) return;
    if (question.node === undefined) return;
    this.#count(`node file: ${nodeFile(answer.file ?? '', question.node.dirs.length)}`);
    if (question.node.root !== undefined) this.#count('node file: read from the disk');
  }

  toString(): string {
    return [...this.#counts]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([what, count]) => `${String(count).padStart(8)}  ${what}`)
      .join('\n');
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }
}

function outcome(question: Case, answer: Answer): string {
  if (question.kind !== 'lookup') return simpleOutcome(answer);
  if (answer.rejected !== undefined) return `refused for its ${answer.rejected}`;
  const count = answer.credentials?.length ?? 0;
  const sources = new Set(answer.credentials?.map(({ secret }) => secret?.name));
  if (count === 0) return 'no credential';
  if (count === 1) return 'one credential';
  return sources.size > 1 ? 'several credentials of several sources' : 'several of one source';
}

function simpleOutcome(answer: Answer): string {
  if (answer.rejected !== undefined) return `refused for its ${answer.rejected}`;
  if (answer.message !== undefined) return 'error';
  const { matched, policy, required, mustPull, tag } = answer;
  const value = [matched, policy, required, mustPull].find((candidate) => candidate !== undefined);
  return value === undefined ? `accepted, tag ${tag === undefined ? 'no' : 'yes'}` : String(value);
}

function nodeFile(file: string, pathCount: number): string {
  if (file === '') return 'none';
  return `${file.slice(2)}, ${file.startsWith('0') ? 'first' : 'later'} of ${pathCount} paths`;
}
