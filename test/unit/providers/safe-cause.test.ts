import { describe, expect, test } from '@jest/globals';
import { runInNewContext } from 'node:vm';
import { safeCause } from '../../../src/providers/safe-cause.ts';
import { createSecretMemory } from '../../../src/providers/secret-memory.ts';
import { CANARIES, secretsIn } from '../leaks/canaries.ts';
import { shown } from '../leaks/shown.ts';

const { password } = CANARIES;
const secrets = createSecretMemory();
secrets.remember(password);

describe('an error without a secret', () => {
  test.each([
    ['an error', new RangeError('no answer', { cause: new Error('because') })],
    ['an aggregate', new AggregateError([new Error('one')], 'both')],
    ['an error with members', Object.assign(new Error('x'), { code: 'E', nested: { a: [1] } })],
    ['a text', 'no answer'],
    ['nothing', undefined],
  ])('stays itself: %s', (_name, error) => {
    expect(safeCause(error, secrets)).toBe(error);
  });
});

describe('an error with a secret is replaced by a copy without', () => {
  test.each([
    ['its message', new Error(`refused ${password}`)],
    ['its cause', new Error('x', { cause: new Error(`refused ${password}`) })],
    ['one of its errors', new AggregateError([new Error(password)], 'both')],
    ['a member', Object.assign(new Error('x'), { config: { headers: { auth: [password] } } })],
    ['its code', Object.assign(new Error('x'), { code: password })],
  ])('in %s', (_name, error) => {
    const copy = safeCause(error, secrets) as Error;
    expect(copy).not.toBe(error);
    expect(copy).toBeInstanceOf(Error);
    expect(copy.name).toBe(error.name);
    expect(shown(copy).flatMap(secretsIn)).toEqual([]);
  });

  test('that keeps what can be kept', () => {
    const error = Object.assign(new RangeError(`refused ${password}`, { cause: 'a text' }), {
      code: 'ECODE',
      retryAfterMs: 7,
    });
    expect(safeCause(error, secrets)).toMatchObject({
      name: 'RangeError',
      message: 'refused [redacted]',
      code: 'ECODE',
      retryAfterMs: 7,
      cause: 'a text',
      stack: expect.stringContaining('RangeError: refused [redacted]'),
    });
  });

  test('also where it was thrown as a text, and dropped where it was anything else', () => {
    expect(safeCause(`refused ${password}`, secrets)).toBe('refused [redacted]');
    expect(safeCause({ password }, secrets)).toBeUndefined();
    expect(safeCause(new Error('x', { cause: { password } }), secrets)).toMatchObject({
      message: 'x',
      cause: undefined,
    });
  });

  test('also where it comes from another realm', () => {
    const foreign = runInNewContext(`new RangeError(${JSON.stringify(password)})`) as Error;
    expect(foreign).not.toBeInstanceOf(Error);
    expect(safeCause(foreign, secrets)).toMatchObject({
      name: 'RangeError',
      message: '[redacted]',
    });
  });

  test('and an error too deep or too large to be searched as well', () => {
    const deep = Array.from({ length: 9 }).reduce<Error>(
      (cause) => new Error('x', { cause }),
      new Error('innermost'),
    );
    expect(safeCause(deep, secrets)).not.toBe(deep);
    const large = Object.assign(new Error('x'), { all: Array.from({ length: 2000 }, String) });
    expect(safeCause(large, secrets)).not.toBe(large);
  });

  test('and a getter that throws hides nothing', () => {
    const trap = Object.defineProperty(new Error(`refused ${password}`), 'trap', {
      enumerable: true,
      get() {
        throw new Error('trap');
      },
    });
    expect(safeCause(trap, secrets)).toMatchObject({ message: 'refused [redacted]' });
    const nameless = Object.defineProperty(new Error(password), 'name', { value: undefined });
    expect(safeCause(nameless, secrets)).toMatchObject({ name: '', message: '[redacted]' });
  });
});
