import { expect, test } from '@jest/globals';
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
