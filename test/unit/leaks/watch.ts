// Searches what the whole test suite makes the package say, not only the tests of leaks: every error that is constructed
// anywhere, and (called by test/unit/cli/run.ts) every output of the command line. config/jest.config.js loads this for each file.

import { afterAll } from '@jest/globals';
import { KeyringError } from '../../../src/errors.ts';
import { secretsIn } from './canaries.ts';
import { shown } from './shown.ts';

/** The passwords that tests use where they do not search for canaries themselves. */
const TEST_PASSWORDS = /canary|hunter2|example-password/i;

/** The secrets in a text that anybody may see. */
export function secretsOfTests(text: string): string[] {
  return [...secretsIn(text), ...(TEST_PASSWORDS.exec(text) ?? [])];
}

/** More of one file are not looked at: tests of memory make errors by the ten thousand, and must not see them kept. */
const MAX_ERRORS = 1000;
const errors: KeyringError[] = [];

/** An error of the outside world as a test plays it: the package has no part in what it holds. */
export function played<T>(make: () => T): T {
  const { length } = errors;
  const error = make();
  errors.length = length;
  return error;
}

// Every error's constructor sets its name: that is where all of them pass by.
Object.defineProperty(KeyringError.prototype, 'name', {
  configurable: true,
  get: () => 'KeyringError',
  set(this: KeyringError, value: string) {
    if (errors.length < MAX_ERRORS) errors.push(this);
    Object.defineProperty(this, 'name', {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  },
});

afterAll(() => {
  const leaks = errors.flatMap((error) => shown(error).flatMap(secretsOfTests));
  if (leaks.length > 0) throw new Error(`Errors hold secrets: ${leaks.join(', ')}`);
});
