// Pull secrets beside those of kubectl v1.37.2, built from its source; npm test compares with recordings.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  createPullSecret,
  formatPullSecret,
} from '../../src/kubernetes/secret/create-pull-secret.ts';
import { formatSecretYaml } from '../../src/kubernetes/secret/format-secret-yaml.ts';
import { Random } from '../conformance/random.ts';
import {
  optionsOf,
  valueOf,
  type RecordedOptions,
  type Sample,
} from '../unit/kubernetes/recorded-secret.ts';
import { goProgramOf } from './registry/go-program.ts';

const CASES = 60;
const directory = mkdtempSync(join(tmpdir(), 'docker-keyring-'));
afterAll(() => rmSync(directory, { recursive: true }));

const seed = Number(process.env['INTEGRATION_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

let program: string;
beforeAll(() => {
  const module = join(import.meta.dirname, 'kubectl');
  program = goProgramOf(module, 'k8s.io/kubernetes/cmd/kubectl');
}, 1_800_000);

describe('createPullSecret prints what kubectl prints', () => {
  test(`for ${CASES} random secrets, seed ${seed}`, () => {
    const random = new Random(seed, 0);
    for (const options of Array.from({ length: CASES }, () => randomOptions(random))) {
      const secret = createPullSecret(optionsOf(options));
      expect(formatPullSecret(secret)).toBe(kubectl(options, 'json'));
      expect(formatSecretYaml(secret)).toBe(kubectl(options, 'yaml'));
    }
  });

  test.each(['yes', 'n', '0o7', '0b1', '1e3', '123', '2001-01-01', '1_000', 'null', 'a.b', '.5'])(
    'for the name %s, which YAML may take for something else',
    (name) => {
      const options = { name, namespace: name, username: 'u', password: 'p' };
      const secret = createPullSecret(options);
      expect(formatSecretYaml(secret)).toBe(kubectl(options, 'yaml'));
    },
  );

  test('for the recorded secrets', () => {
    const recorded = readFileSync(
      join(import.meta.dirname, '../unit/kubernetes/secret/fixtures/kubectl-create-secret.json'),
      'utf8',
    );
    const samples = (JSON.parse(recorded) as Sample[]).filter(isText);
    for (const { options, output } of samples) expect(kubectl(options, 'json')).toBe(output);
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

function kubectl(options: RecordedOptions, output: 'json' | 'yaml'): string {
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
  const command = ['create', 'secret', 'docker-registry', name, '--dry-run=client', '-o', output];
  const { status, stdout, stderr } = spawnSync(program, [...command, ...flags], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}
