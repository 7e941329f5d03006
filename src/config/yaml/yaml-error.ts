// What is wrong with a YAML document: where, and in the words of the parser that the kubelet uses.

import type { Mark } from './mark.ts';

/** Thrown inside this folder only: a document that the kubelet's YAML parser refuses. */
export class YamlError extends Error {
  /** Where it shows. */
  readonly mark: Mark;
  /** What is wrong, without a line. */
  readonly problem: string;

  /** @param goMessage - As `go.yaml.in/yaml/v2` says it, with its number of the line. */
  constructor(goMessage: string, mark: Mark, { prefix = 'yaml: ' }: { prefix?: string } = {}) {
    super(`${prefix}${goMessage}`);
    this.name = 'YamlError';
    this.mark = mark;
    this.problem = goMessage.replace(/^line \d+: /, '');
  }
}

/** A scanner's error: its lines count from 1, but for the first, which is not named. */
export function scannerError(problem: string, mark: Mark, context: Mark): YamlError {
  const line = mark.line > 0 ? mark.line + 1 : context.line;
  return new YamlError(line > 0 ? `line ${line}: ${problem}` : problem, mark);
}

/** A parser's error: its lines count from 0 (decode.go, fail). */
export function parserError(problem: string, mark: Mark, context?: Mark): YamlError {
  const line = mark.line > 0 ? mark.line : (context?.line ?? 0);
  return new YamlError(line > 0 ? `line ${line}: ${problem}` : problem, mark);
}

/** What some work makes of a document, or why Go refuses the document. */
export function resultOrError<T>(work: () => T): T | YamlError {
  try {
    return work();
  } catch (error) {
    if (error instanceof YamlError) return error;
    throw error;
  }
}
