import { expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import { failureOf, messageOf, reasonOf } from '../../../../src/providers/asking/failure-of.ts';
import { createSecretMemory } from '../../../../src/util/redaction/secret-memory.ts';

function parseFailure(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    return error;
  }
}

test('What V8 quotes of a document that it cannot parse is not repeated', () => {
  const error = parseFailure('hunter2 is no JSON');
  const asked = { provider: { name: 'desk' }, image: 'r.test/app' };
  const { message, cause } = failureOf(asked, error, createSecretMemory());
  expect(message).toBe(
    'Provider "desk" failed for r.test/app: it threw SyntaxError: its message is left out, since it quotes what was read',
  );
  expect(cause).toBeUndefined();
  expect(messageOf(error)).not.toContain('hunter2');
});

test('An error without a message has a name', () => {
  expect(reasonOf(new TypeError())).toBe('it threw TypeError');
});

test('What is thrown and is no error is not shown', () => {
  expect(messageOf('hunter2')).toBe('something was thrown that is not an Error');
});

const HELD = 'canary-of-a-field';

test.each<[string, object]>([
  ['itself', { password: HELD }],
  ['a member', { config: { auth: [{ clientSecret: HELD }] } }],
  ['its cause', { cause: Object.assign(new Error('no'), { token: HELD }) }],
])('A secret that %s of an error names is not in its message', (_where, members) => {
  const error = Object.assign(new Error(`no luck with ${HELD}`), members);
  expect(reasonOf(error)).toBe('it threw Error: no luck with [redacted]');
  const asked = { provider: { name: 'desk' }, image: 'r.test/app' };
  const failure = failureOf(asked, error, createSecretMemory());
  expect(failure.message).toContain('no luck with [redacted]');
  expect(inspect(failure.cause, { depth: 9, showHidden: true })).not.toContain(HELD);
});

test('A search for named secrets ends, calls nothing, and leaves words', () => {
  const deep = { a: { b: { c: { d: { e: { f: { password: 'words' } } } } } } };
  const wide = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`k${index}`, {}]));
  const trap = new Proxy({ password: 'words' }, {});
  const members = { deep, wide, trap, password: '', tokens: 3 };
  const error: Error = Object.assign(new Error('other words'), members);
  Object.defineProperty(error, 'secret', {
    get: () => {
      throw new Error('called');
    },
  });
  Object.assign(error, { self: error });
  expect(reasonOf(error)).toBe('it threw Error: other words');
});
