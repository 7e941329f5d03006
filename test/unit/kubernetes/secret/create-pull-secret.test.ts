import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  createPullSecret,
  createPullSecrets,
  formatPullSecret,
  formatPullSecrets,
  type CreatePullSecretOptions,
  type CreatePullSecretsOptions,
} from '../../../../src/kubernetes/secret/create-pull-secret.ts';

import { optionsOf, type Sample } from '../recorded-secret.ts';

// Printed by kubectl v1.32.4; values that are not UTF-8 are recorded in base64.
const samples = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/kubectl-create-secret.json'), 'utf8'),
) as Sample[];

describe('createPullSecret', () => {
  test.each(samples)('makes what kubectl makes, sample %#', ({ options, output }) => {
    expect(formatPullSecret(createPullSecret(optionsOf(options)))).toBe(output);
  });

  test('leaves the order of the properties to JSON.stringify where nothing is to be escaped', () => {
    const secret = createPullSecret({ name: 'x', namespace: 'n', username: 'u', password: 'p' });
    expect(`${JSON.stringify(secret, null, 4)}\n`).toBe(formatPullSecret(secret));
  });

  test('replaces a lone surrogate, which no program can be given as an argument', () => {
    const replaced = createPullSecret({ name: 'x', username: 'u', password: 'a\uFFFDb' });
    const lone = createPullSecret({ name: 'x', username: 'u', password: 'a\uD800b' });
    expect(lone).toEqual(replaced);
  });

  const either = 'either dockerConfig or both username and password are required';
  test.each<[unknown, string]>([
    [{ username: 'u', password: 'p' }, 'name must be a string'],
    [{ name: '', username: 'u', password: 'p' }, 'name must not be empty'],
    [{ name: 'x' }, `username is missing: ${either}`],
    [{ name: 'x', username: 'u' }, `password is missing: ${either}`],
    [{ name: 'x', username: '', password: 'p' }, 'username must not be empty'],
    [{ name: 'x', username: 'u', password: new Uint8Array() }, 'password must not be empty'],
    [{ name: 'x', username: 'u', password: 5 }, 'password must be a string or a Uint8Array'],
    [{ name: 'x', username: 'u', password: 'p', server: '' }, 'server must not be empty'],
    [{ name: 'x', username: 'u', password: 'p', email: 5 }, 'email must be a string'],
    [{ name: 'x', username: 'u', password: 'p', namespace: 5 }, 'namespace must be a string'],
    [{ name: 'x', dockerConfig: {} }, 'dockerConfig must be a string or a Uint8Array'],
  ])('refuses %j', (options, reason) => {
    expect(() => createPullSecret(options as CreatePullSecretOptions)).toThrow(
      new TypeError(`createPullSecret: ${reason}`),
    );
  });
});

describe('createPullSecrets', () => {
  const account = { name: 'x', username: 'u', password: 'p' };

  test('makes the same secret for each namespace, once', () => {
    const secrets = createPullSecrets({ ...account, namespaces: ['b', 'a', 'b'] });
    expect(secrets).toEqual(
      ['b', 'a'].map((namespace) => createPullSecret({ ...account, namespace })),
    );
    const first = createPullSecret(account);
    expect(formatPullSecrets([first])).toBe(formatPullSecret(first));
    const list = { kind: 'List', apiVersion: 'v1', metadata: {}, items: secrets };
    expect(formatPullSecrets(secrets)).toBe(`${JSON.stringify(list, null, 4)}\n`);
    expect(JSON.parse(formatPullSecrets([]))).toMatchObject({ items: [] });
  });

  test('refuses one namespace beside the list', () => {
    const options = { ...account, namespaces: ['a'], namespace: 'b' };
    expect(() => createPullSecrets(options)).toThrow(/createPullSecrets: .*namespace/);
  });

  test.each([[undefined], ['a'], [[]], [['a', '']], [[5]]])(
    'refuses %j as namespaces',
    (namespaces) => {
      const options = { ...account, namespaces } as CreatePullSecretsOptions;
      expect(() => createPullSecrets(options)).toThrow(
        new TypeError('createPullSecrets: namespaces must be a list of names'),
      );
    },
  );
});
