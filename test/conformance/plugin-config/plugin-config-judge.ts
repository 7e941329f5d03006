// The Go program that asks the kubelet's own code about configurations, and the library's answers to the same.

import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PluginConfigError } from '../../../src/errors.ts';
import type { PluginConfig } from '../../../src/providers/exec/config/plugin-config-types.ts';

const run = promisify(execFile);

/** What the Go program is asked: a document for the file at a path, or whatever stands there. */
export interface Question {
  readonly path: string;
  /** In base64. */
  readonly document?: string;
}

/** What it answers. */
export interface Answer {
  readonly readError?: string;
  readonly validationError?: string;
  readonly providers?: readonly unknown[];
}

/** Builds the program. */
export async function buildJudge(directory: string): Promise<string> {
  const binary = join(directory, 'plugin-config');
  const source = fileURLToPath(new URL('../go', import.meta.url));
  await run('go', ['build', '-o', binary, './pluginconfig'], { cwd: source });
  return binary;
}

/** The kubelet's answers, in the order of the questions. */
export async function askJudge(binary: string, questions: readonly Question[]): Promise<Answer[]> {
  const child = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
  const answers: Answer[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    answers.push(JSON.parse(line) as Answer);
  }
  return answers;
}

/** The library's answer, in the same form. */
export async function answerOf(read: () => PluginConfig | Promise<PluginConfig>): Promise<Answer> {
  try {
    const { providers } = await read();
    return { providers };
  } catch (error) {
    if (!(error instanceof PluginConfigError)) throw error;
    return { readError: error.reason };
  }
}
