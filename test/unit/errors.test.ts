import { describe, expect, test } from '@jest/globals';
import {
  ConfigError,
  InvalidReferenceError,
  isKeyringError,
  KeyringError,
  ProviderError,
  PullSecretError,
  RegistryAuthError,
  RegistryUnavailableError,
  TimeoutError,
  UnsafeRealmError,
} from '../../src/errors.ts';

const position = { line: 3, column: 14 };
const refusals = {
  registry: 'r.test',
  image: 'r.test/a',
  attempts: [
    { candidate: 'secret ns/a (r.test)', source: { kind: 'x' }, key: 'r.test', message: 'no' },
    { candidate: 'no credentials', status: 401, message: '401 (denied)' },
  ],
};

describe('an error says what is wrong and where', () => {
  test.each<[KeyringError, string, string, string]>([
    [
      new InvalidReferenceError('A b', 'it has a space'),
      'InvalidReferenceError',
      'ERR_KEYRING_REFERENCE_INVALID',
      'Invalid image reference "A b": it has a space',
    ],
    [
      new ConfigError({ path: '/a', reason: 'not JSON' }),
      'ConfigError',
      'ERR_KEYRING_CONFIG_INVALID',
      '/a: not JSON',
    ],
    [
      new ConfigError({ path: '/a', reason: 'bad', position, entry: 'gcr.io' }),
      'ConfigError',
      'ERR_KEYRING_CONFIG_INVALID',
      '/a:3:14: entry "gcr.io": bad',
    ],
    [
      new PullSecretError({ reason: 'bad' }),
      'PullSecretError',
      'ERR_KEYRING_PULL_SECRET_INVALID',
      'Pull secret (no name): bad',
    ],
    [
      new PullSecretError({ namespace: 'ns', name: 'a', key: '.dockercfg', reason: 'bad' }),
      'PullSecretError',
      'ERR_KEYRING_PULL_SECRET_INVALID',
      'Pull secret ns/a, data[.dockercfg]: bad',
    ],
    [
      new PullSecretError({ name: 'a', key: '.dockercfg', reason: 'bad', position, entry: 'x' }),
      'PullSecretError',
      'ERR_KEYRING_PULL_SECRET_INVALID',
      'Pull secret a, data[.dockercfg], line 3, column 14: entry "x": bad',
    ],
    [
      new ProviderError('vault', 'gcr.io/a', 'it threw Error'),
      'ProviderError',
      'ERR_KEYRING_PROVIDER_FAILED',
      'Provider "vault" failed for gcr.io/a: it threw Error',
    ],
    [
      new RegistryAuthError(refusals),
      'RegistryAuthError',
      'ERR_KEYRING_REGISTRY_AUTH',
      'r.test refused every candidate for r.test/a: 1. secret ns/a (r.test): no; 2. no credentials: 401 (denied)',
    ],
    [
      new RegistryUnavailableError({ registry: 'r.test', reason: 'it answers 500', status: 500 }),
      'RegistryUnavailableError',
      'ERR_KEYRING_REGISTRY_UNAVAILABLE',
      'r.test cannot be asked: it answers 500',
    ],
    [
      new UnsafeRealmError('r.test', 'auth.test', 'its realm is not https'),
      'UnsafeRealmError',
      'ERR_KEYRING_REALM_UNSAFE',
      'No credential of r.test is sent to its token server auth.test: its realm is not https',
    ],
    [
      new UnsafeRealmError('r.test', '', 'its realm is no URL'),
      'UnsafeRealmError',
      'ERR_KEYRING_REALM_UNSAFE',
      'No credential of r.test is sent to its token server: its realm is no URL',
    ],
    [
      new TimeoutError('Reading /a', 10),
      'TimeoutError',
      'ERR_KEYRING_TIMEOUT',
      'Reading /a took longer than 10 ms',
    ],
  ])('%s', (error, name, code, message) => {
    expect(error).toBeInstanceOf(KeyringError);
    expect(error).toMatchObject({ name, code, message });
  });
});

test('an error holds what its message says, for programs', () => {
  const details = { namespace: 'ns', name: 'a', key: '.dockercfg', reason: 'bad', position };
  const error = new PullSecretError({ ...details, entry: 'x' });
  expect(error).toMatchObject({ namespace: 'ns', secretName: 'a', key: '.dockercfg', entry: 'x' });
  expect(error).toMatchObject({ reason: 'bad', position, name: 'PullSecretError' });
  expect(new ProviderError('vault', 'a', 'x')).toMatchObject({ provider: 'vault', image: 'a' });
  expect(new TimeoutError('x', 10)).toMatchObject({ operation: 'x', timeoutMs: 10 });
  expect(new InvalidReferenceError('x', 'y')).toMatchObject({ reference: 'x', reason: 'y' });
  expect(new ConfigError({ path: '/a', reason: 'b', position, entry: 'c' })).toMatchObject({
    path: '/a',
    reason: 'b',
    position,
    entry: 'c',
  });
});

test('an error of a registry holds what its message says, for programs', () => {
  expect(new RegistryAuthError(refusals)).toMatchObject({ ...refusals, status: 401 });
  expect(new RegistryAuthError({ ...refusals, attempts: [] }).status).toBeUndefined();
  const details = { registry: 'r.test', reason: 'it is busy', status: 429, retryAfterMs: 5000 };
  expect(new RegistryUnavailableError(details)).toMatchObject(details);
  expect(new UnsafeRealmError('r.test', 'auth.test', 'no')).toMatchObject({
    registry: 'r.test',
    realm: 'auth.test',
    reason: 'no',
  });
});

test('an error keeps its cause and does not repeat it', () => {
  const cause = new Error('the cause');
  for (const error of [
    new ConfigError({ path: '/a', reason: 'b' }, { cause }),
    new PullSecretError({ reason: 'b' }, { cause }),
    new ProviderError('a', 'b', 'c', { cause }),
    new RegistryAuthError(refusals, { cause }),
    new RegistryUnavailableError({ registry: 'a', reason: 'b' }, { cause }),
    new UnsafeRealmError('a', 'b', 'c', { cause }),
    new TimeoutError('a', 1, { cause }),
  ]) {
    expect(error.cause).toBe(cause);
    expect(error.message).not.toContain('the cause');
  }
});

test('an image reference is shown without what may be a secret in it', () => {
  const error = new InvalidReferenceError('user:pass@ghcr.io/acme/app', 'no');
  expect(error.reference).toBe('[redacted]@ghcr.io/acme/app');
  expect(error.message).toBe('Invalid image reference "[redacted]@ghcr.io/acme/app": no');
});

describe('isKeyringError', () => {
  test('knows the errors of this package, and of another installed copy of it', () => {
    const foreign = new Error('from another copy');
    Object.defineProperty(foreign, Symbol.for('docker-keyring.error'), { value: true });
    expect(isKeyringError(new TimeoutError('x', 1))).toBe(true);
    expect(isKeyringError(foreign)).toBe(true);
  });

  test.each([undefined, null, 'text', {}, new Error('x'), new TypeError('x')])(
    'knows that %p is none',
    (value) => {
      expect(isKeyringError(value)).toBe(false);
    },
  );
});

test('A name that is very long is cut in a message', () => {
  const { message } = new ProviderError('p'.repeat(301), 'r.test/app', 'it failed');
  expect(message).toBe(`Provider "${'p'.repeat(300)}…" failed for r.test/app: it failed`);
});
