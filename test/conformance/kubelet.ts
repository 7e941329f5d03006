import type { ChildProcessByStdio } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Answer, Case } from './cases.ts';

const run = promisify(execFile);

interface Question {
  readonly count: number;
  readonly answers: Answer[];
  readonly resolve: (answers: Answer[]) => void;
  readonly reject: (error: Error) => void;
}

/** The Go program that answers cases with the kubelet's own code. */
export class Kubelet {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  #question: Question | undefined;

  private constructor(binary: string) {
    this.#process = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: this.#process.stdout, crlfDelay: Infinity });
    lines.on('line', (line) => this.#take(JSON.parse(line) as Answer));
    lines.on('close', () => this.#question?.reject(new Error('the Go program ended early')));
  }

  /** Builds the program into a directory and starts it. */
  static async start(directory: string): Promise<Kubelet> {
    const binary = join(directory, 'kubelet-answers');
    const source = fileURLToPath(new URL('go', import.meta.url));
    await run('go', ['build', '-o', binary, '.'], { cwd: source });
    return new Kubelet(binary);
  }

  /** The kubelet's answers, in the order of the cases. One question at a time. */
  ask(cases: readonly Case[]): Promise<Answer[]> {
    return new Promise((resolve, reject) => {
      this.#question = { count: cases.length, answers: [], resolve, reject };
      this.#process.stdin.write(cases.map((one) => `${JSON.stringify(one)}\n`).join(''));
    });
  }

  stop(): void {
    this.#process.stdin.end();
  }

  #take(answer: Answer): void {
    const question = this.#question;
    if (question === undefined) throw new Error('the Go program said something unasked');
    question.answers.push(answer);
    if (question.answers.length < question.count) return;
    this.#question = undefined;
    question.resolve(question.answers);
  }
}
