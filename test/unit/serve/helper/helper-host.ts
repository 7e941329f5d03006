// The process of a credential helper, in memory.

import { expect } from '@jest/globals';
import type { HelperProcess } from '../../../../src/serve/helper/contract.ts';
import { secretsOfTests } from '../../leaks/watch.ts';

/** One that remembers what was said. */
export interface FakeHost extends HelperProcess {
  /** Does what Node does with an error that nobody has handled. */
  fail(error: unknown): void;
  on(event: string, listener: (error: unknown) => void): void;
  removeAllListeners(event: string): void;
  readonly said: { stdout: string; stderr: string };
  /** What it ended with. */
  ending(): { readonly exitCode: unknown; readonly stdout: string; readonly stderr: string };
}

/** Makes one; what is on its standard input comes in two parts. */
export function fakeHost(
  args: readonly string[],
  stdin: string | Uint8Array = '',
  env: Record<string, string | undefined> = {},
): FakeHost {
  const said = { stdout: '', stderr: '' };
  const listeners: ((error: unknown) => void)[] = [];
  return {
    fail: (error) => listeners[0]?.(error),
    on: (_event, listener) => void listeners.push(listener),
    removeAllListeners() {},
    argv: ['node', 'docker-credential-keyring', ...args],
    env,
    stdin: parts(stdin),
    stdout: { write: (text) => void (said.stdout += text) },
    stderr: { write: (text) => void (said.stderr += text) },
    said,
    ending() {
      expect(secretsOfTests(said.stderr)).toEqual([]);
      return { exitCode: this.exitCode, ...said };
    },
  };
}

async function* parts(content: string | Uint8Array): AsyncGenerator<string | Uint8Array> {
  if (typeof content !== 'string') yield content;
  else {
    yield content.slice(0, 3);
    yield content.slice(3);
  }
}
