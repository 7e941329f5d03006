// Pull secrets beside those of the installed kubectl. Where none is installed it says so; npm test compares with recordings.

import { afterAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createPullSecret, formatPullSecret } from '../../src/kubernetes/create-pull-secret.ts';
import { Random } from '../conformance/random.ts';
import {
  optionsOf,
  valueOf,
  type RecordedOptions,
  type Sample,
} from '../unit/kubernetes/recorded-secret.ts';

const CASES = 100;
const directory = mkdtempSync(join(tmpdir(), 'docker-keyring-'));
afterAll(() => rmSync(directory, { recursive: true }));

const isInstalled = spawnSync('kubectl', ['version', '--client']).error === undefined;
const seed = Number(process.env['INTEGRATION_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe('createPullSecret and formatPullSecret', () => {
  test(`print what kubectl prints for ${CASES} random secrets, seed ${seed}`, () => {
    if (!isInstalled) console.warn('kubectl is not installed: nothing is compared with it.');
    const random = new Random(seed, 0);
    const options = Array.from({ length: isInstalled ? CASES : 0 }, () => randomOptions(random));
    for (const one of options) {
      expect(withoutTimestamp(formatPullSecret(createPullSecret(optionsOf(one))))).toBe(
        withoutTimestamp(kubectl(one)),
      );
    }
  });

  test('print what kubectl prints for the recorded secrets', () => {
    const recorded = readFileSync(
      join(import.meta.dirname, '../unit/kubernetes/fixtures/kubectl-create-secret.json'),
      'utf8',
    );
    const samples = (JSON.parse(recorded) as Sample[]).filter(isText);
    for (const { options, output } of samples) {
      const printed = isInstalled ? kubectl(options) : output;
      expect(withoutTimestamp(printed)).toBe(withoutTimestamp(output));
    }
  });
});

const PIECES = [
  'a',
  'Z',
  '0',
  ':',
  '/',
  '"',
  '\\',
  '<',
  '>',
  '&',
  ' ',
  'ß',
  '\u2028',
  '😀',
  '$',
  '%',
  '\t',
];

function randomOptions(random: Random): RecordedOptions {
  const text = (): string =>
    Array.from({ length: 1 + random.below(12) }, () => random.pick(PIECES)).join('');
  return {
    name: `secret-${random.below(1000)}`,
    username: text(),
    password: text(),
    ...(random.chance(0.5) ? { namespace: `ns-${random.below(10)}` } : {}),
    ...(random.chance(0.5) ? { server: text() } : {}),
    ...(random.chance(0.3) ? { email: text() } : {}),
    ...(random.chance(0.3) ? { appendHash: true } : {}),
  };
}

/** Node passes arguments as UTF-8. */
function isText({ options }: Sample): boolean {
  return [options.username, options.password, options.dockerConfig].every(
    (value) => typeof value !== 'object',
  );
}

function kubectl(options: RecordedOptions): string {
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
    .map(
      ([flag, value]) => `--${flag}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
  if (dockerConfig !== undefined) writeFileSync(file, valueOf(dockerConfig));
  const command = ['create', 'secret', 'docker-registry', name, '--dry-run=client', '-o', 'json'];
  const { status, stdout, stderr } = spawnSync('kubectl', [...command, ...flags], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** A kubectl newer than v1.33 leaves out a time that isn't set. */
function withoutTimestamp(output: string): string {
  return output.replace(/,?\n *"creationTimestamp": null/, '');
}
