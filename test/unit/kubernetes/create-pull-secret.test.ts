import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CreatePullSecretOptions } from '../../../src/kubernetes/create-pull-secret.ts';
import { createPullSecret, formatPullSecret } from '../../../src/kubernetes/create-pull-secret.ts';

type RecordedValue = string | { base64: string };

interface RecordedOptions {
  name: string;
  namespace?: string;
  server?: string;
  username?: RecordedValue;
  password?: RecordedValue;
  email?: string;
  dockerConfig?: RecordedValue;
  appendHash?: boolean;
}

interface Sample {
  options: RecordedOptions;
  output: string;
}

// Printed by kubectl v1.32.4; values that are not UTF-8 are recorded in base64.
const samples = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/kubectl-create-secret.json'), 'utf8'),
) as Sample[];

function valueOf(recorded: RecordedValue): string | Uint8Array {
  return typeof recorded === 'string' ? recorded : Buffer.from(recorded.base64, 'base64');
}

function optionsOf({ username, password, dockerConfig, ...rest }: RecordedOptions) {
  return {
    ...rest,
    ...(username === undefined ? {} : { username: valueOf(username) }),
    ...(password === undefined ? {} : { password: valueOf(password) }),
    ...(dockerConfig === undefined ? {} : { dockerConfig: valueOf(dockerConfig) }),
  };
}

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

describe('the recorded samples', () => {
  test('are what an installed kubectl prints', () => {
    const directory = mkdtempSync(join(tmpdir(), 'docker-keyring-'));
    try {
      for (const { options, output } of samples.filter(isText).slice(0, 12)) {
        expect(withoutTimestamp(kubectl(options, directory) ?? output)).toBe(
          withoutTimestamp(output),
        );
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

/** Node passes arguments as UTF-8. */
function isText({ options }: Sample): boolean {
  return [options.username, options.password, options.dockerConfig].every(
    (value) => typeof value !== 'object',
  );
}

/** `undefined` where no kubectl is installed. */
function kubectl(options: RecordedOptions, directory: string): string | undefined {
  const file = join(directory, 'config.json');
  const { name, namespace, server, username, password, email, dockerConfig, appendHash } = options;
  const values = {
    namespace,
    'docker-server': server,
    'docker-username': username,
    'docker-password': password,
    'docker-email': email,
    'append-hash': appendHash,
    'from-file': dockerConfig === undefined ? undefined : file,
  };
  const flags = Object.entries(values)
    .filter((flag) => typeof flag[1] !== 'undefined')
    .map(([flag, value]) => `--${flag}=${valueText(value)}`);
  if (dockerConfig !== undefined) writeFileSync(file, valueOf(dockerConfig));
  const command = ['create', 'secret', 'docker-registry', name, '--dry-run=client', '-o', 'json'];
  const { error, stdout } = spawnSync('kubectl', [...command, ...flags], { encoding: 'utf8' });
  return error === undefined ? stdout : undefined;
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A kubectl newer than v1.33 leaves out a time that isn't set. */
function withoutTimestamp(output: string): string {
  return output.replace(/,?\n *"creationTimestamp": null/, '');
}
