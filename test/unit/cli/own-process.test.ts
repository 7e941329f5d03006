import { describe, expect, test } from '@jest/globals';
import { endOnSignals, isSignalled, warnOfFaults } from '../../../src/cli/own-process.ts';
import { createSecretMemory } from '../../../src/util/redaction/secret-memory.ts';

describe('A signal', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s ends what was started, then the process with %i', (signal, exitCode) => {
    const calls: unknown[] = [];
    const listeners = new Map<string, () => void>();
    endOnSignals(
      {
        on: (event, listener) => listeners.set(event, listener),
        exit: (code) => calls.push(code),
      },
      { endAll: () => void calls.push('ended') },
    );
    listeners.get(signal)?.();
    expect(calls).toEqual(['ended', exitCode]);
    expect(isSignalled(exitCode)).toBe(true);
  });

  test.each([0, 1, 129, 200])('is not what ends with %i', (exitCode) => {
    expect(isSignalled(exitCode)).toBe(false);
  });
});

function warningsFor(...errors: readonly unknown[]): unknown {
  const listeners = new Map<string, (error: unknown) => void>();
  const warnings: string[] = [];
  const removed: string[] = [];
  const secrets = createSecretMemory();
  secrets.remember('hunter2hunter2');
  warnOfFaults(
    {
      on: (event, listener) => listeners.set(event, listener),
      removeAllListeners: (event) => removed.push(event),
    },
    secrets,
    (message) => void warnings.push(message),
  );
  expect([...listeners.keys()]).toEqual(['uncaughtException', 'unhandledRejection']);
  expect(removed).toEqual(['warning']);
  for (const error of errors) for (const listener of listeners.values()) listener(error);
  return warnings.filter((_warning, index) => index % 2 === 0);
}

describe('An error that nobody handles', () => {
  test('is told in its own words, without secrets', () => {
    const what = 'unhandled error in the background: ';
    expect(
      warningsFor(
        new Error('no hunter2hunter2 here'),
        new SyntaxError('Unexpected token h, "hunter2" is not valid JSON'),
        'hunter2',
      ),
    ).toEqual([
      `${what}it threw Error: no [redacted] here`,
      `${what}it threw SyntaxError: its message is left out, since it quotes what was read`,
      `${what}it threw something that is not an Error`,
    ]);
  });
});
