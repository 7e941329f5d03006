import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { runInNewContext } from 'node:vm';
import { createKeyring, type KeyringProblem } from '../../../../src/index.ts';
import { failureOf } from '../../../../src/providers/asking/failure-of.ts';
import { safeCause } from '../../../../src/util/redaction/safe-cause.ts';
import { createSecretMemory } from '../../../../src/util/redaction/secret-memory.ts';
import { CANARIES, secretsIn } from '../../leaks/canaries.ts';
import { shown } from '../../leaks/shown.ts';

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

  class Request {
    readonly headers = { authorization: password };
  }
  const disguised = (prototype: object): unknown =>
    Object.setPrototypeOf(new Map([['a', password]]), prototype);
  const bytes = Buffer.from(password);
  test.each<[string, unknown]>([
    ['a Headers', new Headers({ 'x-key': password })],
    ['a Request', new globalThis.Request('https://r.test', { headers: { 'x-key': password } })],
    ['a URL', new URL(`https://r.test/?q=${password}`)],
    ['a URLSearchParams', new URLSearchParams({ q: password })],
    ['a Map', new Map([['a', password]])],
    ['a Map within', { a: [{ b: new Map([['a', password]]) }] }],
    ['a key of a Map', new Map([[password, 'a']])],
    ['a Set', new Set([password])],
    ['a Buffer', bytes],
    ['an ArrayBuffer', bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)],
    ['an instance of a class', new Request()],
    ['a boxed text', Object(password)],
    ['a function', Object.assign(() => {}, { password })],
    ['a Map that looks plain', disguised(Object.prototype)],
    ['a Map that looks like an error', disguised(Error.prototype)],
    ['a member by a symbol', { [Symbol('key')]: password }],
    ['the name of a member', { [password]: 1 }],
    ['a symbol', Symbol(password)],
    ['a promise', Promise.resolve(password)],
    ['a proxy', new Proxy({ password }, {})],
    ['its own way to be printed', { [Symbol.for('nodejs.util.inspect.custom')]: () => password }],
    ['its own JSON', { toJSON: () => password }],
  ])('in %s, which the original keeps without showing it', (_name, detail) => {
    const error = Object.assign(new Error('refused'), { detail });
    const failure = failureOf({ provider: { name: 'p' }, image: 'r.test/a' }, error, secrets);
    expect(shown(failure).flatMap(secretsIn)).toEqual([]);
    expect(failure.cause).toMatchObject({ message: 'refused' });
    expect(failure.cause).not.toBe(error);
    expect(failure.original).toBe(error);
    expect(Object.keys(failure)).not.toContain('original');
    const all = { showHidden: true, getters: true, customInspect: false, depth: null } as const;
    expect(secretsIn(inspect(failure, all))).toEqual([]);
  });

  test.each<[string, object]>([
    ['a field', { config: { password: 'never seen' } }],
    ['a header', { headers: { 'X-Vault-Token': 'never seen' } }],
    ['a symbol', { [Symbol('secret')]: 'never seen' }],
    ['an argument', { args: ['login', '--password', 'never-seen'] }],
  ])('in %s whose name says so, though nobody knows the secret', (_name, detail) => {
    const error = Object.assign(new Error('refused'), detail);
    const cause = safeCause(error, createSecretMemory());
    expect(cause).toMatchObject({ message: 'refused' });
    expect(shown(cause).join('\n')).not.toContain('never');
  });

  test.each([undefined, null, '', true])('not in a field that holds %p', (value) => {
    const error = Object.assign(new Error('refused'), { token: value });
    expect(safeCause(error, createSecretMemory())).toBe(error);
  });

  test('in what only a getter or a class gives', () => {
    const computed = (name: string): Error =>
      Object.defineProperty(new Error('refused'), name, { get: () => password, enumerable: true });
    class Named extends Error {
      override get name(): string {
        return password;
      }
    }
    const renamed = { [password]: class extends Error {} }[password] as typeof Error;
    const tagged = class extends Error {
      readonly [Symbol.toStringTag] = password;
    };
    for (const error of [
      computed('detail'),
      computed('message'),
      new Named(),
      new renamed('x'),
      new tagged('x'),
    ]) {
      const copy = safeCause(error, secrets);
      expect(copy).not.toBe(error);
      expect(shown(copy).flatMap(secretsIn)).toEqual([]);
    }
  });

  test('and whose getters throw has nothing to show', () => {
    class Trap extends Error {
      override get name(): string {
        throw new Error(password);
      }
    }
    expect(safeCause(new Trap('refused'), secrets)).toMatchObject({ name: '', message: 'refused' });
  });

  test('and a text longer than is searched', () => {
    const long = Object.assign(new Error('x'), { body: 'a'.repeat(70_000) });
    expect(safeCause(long, secrets)).not.toBe(long);
  });

  test('and no circle is too long', () => {
    const circular: Error & { self?: unknown } = new Error('x');
    circular.self = [circular, null, 1n, true];
    expect(safeCause(circular, secrets)).toBe(circular);
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

test('A provider of many entries that fails later prints none of their passwords', async () => {
  const passwords = Array.from(
    { length: 500 },
    (_, index) => `password-of-number-${index}-${index * 7919}`,
  );
  const auth = Object.fromEntries(
    passwords.map((one, index) => [`r${index}.test`, { username: 'u', password: one }]),
  );
  let calls = 0;
  const errors: KeyringProblem[] = [];
  const keyring = createKeyring({
    dockerConfig: false,
    providers: [
      {
        name: 'p',
        matchImages: ['*.test'],
        async provide() {
          calls += 1;
          if (calls === 1) return { auth, cacheKeyType: 'Global' };
          throw Object.assign(new Error(`refused ${passwords[0]}`), {
            request: { headers: new Headers({ 'x-key': String(passwords[1]) }) },
          });
        },
      },
    ],
    onProblem: (error) => void errors.push(error),
  });
  await keyring.lookup('r0.test/a');
  await keyring.lookup('r0.test/a');
  expect(errors).toMatchObject([{ message: expect.stringContaining('refused [redacted]') }]);
  expect(shown(errors[0]).join('\n')).not.toMatch(/password-of-number/);
});
