import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeyring, type KeyringProblem, type DockerKeyring } from '../../../src/index.ts';
import { auth, secretWith, userNames } from '../fakes/keyring-inputs.ts';

const LIMIT_BYTES = 10 * 1024 * 1024;
let directory = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'docker-keyring-'));
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

interface Setup {
  readonly keyring: DockerKeyring;
  readonly problems: KeyringProblem[];
}

/** A keyring over a real file. */
function keyringOf(content: string): Setup {
  const path = join(directory, 'config.json');
  writeFileSync(path, content);
  const problems: Setup['problems'] = [];
  const onProblem = (problem: KeyringProblem): void => void problems.push(problem);
  return { keyring: createKeyring({ dockerConfig: { files: [path] }, onProblem }), problems };
}

function entriesText(count: number, entry: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => entry(index)).join(',');
}

describe('a document of 10 MiB', () => {
  const start = `{"auths":{"r.test":{"auth":"${auth('u')}"},`;
  const entries = entriesText(
    60_000,
    (index) => `"r${index}.test/${'p'.repeat(40)}":{"auth":"${auth(`user-${index}`)}"}`,
  );
  const document = `${start}${entries}}}`;

  test('is answered', async () => {
    const { keyring, problems } = keyringOf(document.padEnd(LIMIT_BYTES));
    expect(userNames(await keyring.lookup('r.test/a'))).toEqual(['u']);
    expect(userNames(await keyring.lookup(`r59999.test/${'p'.repeat(41)}`))).toEqual([
      'user-59999',
    ]);
    expect(problems).toEqual([]);
    const { sources } = await keyring.explain('r.test/a');
    expect(sources[0]).toMatchObject({ status: 'used', otherEntries: 60_000 });
  });

  test('and one byte is refused, clearly', async () => {
    const { keyring, problems } = keyringOf(document.padEnd(LIMIT_BYTES + 1));
    expect(await keyring.lookup('r.test/a')).toEqual([]);
    expect(problems).toMatchObject([
      { reason: 'cannot be read: it is larger than 10485760 bytes' },
    ]);
  });

  test('that is one string is answered', async () => {
    const password = 'x'.repeat(LIMIT_BYTES - 100);
    const { keyring } = keyringOf(`{"auths":{"r.test":{"username":"u","password":"${password}"}}}`);
    const [credential] = await keyring.lookup('r.test/a');
    expect(credential?.password).toHaveLength(password.length);
  });
});

describe('a document that nests deep', () => {
  test('is answered at 10,000 levels', async () => {
    const { keyring, problems } = keyringOf(nested(10_000));
    expect(userNames(await keyring.lookup('r.test/a'))).toEqual(['u']);
    expect(problems).toEqual([]);
  });

  test('is refused at 10,001 levels, in a file', async () => {
    const { keyring, problems } = keyringOf(nested(10_001));
    expect(await keyring.lookup('r.test/a')).toEqual([]);
    expect(problems).toMatchObject([
      { reason: 'the document nests deeper than 10000 levels', position: { line: 1 } },
    ]);
  });

  test('is refused at 10,001 levels, in a pull secret', async () => {
    const pullSecrets = [secretWith('deep', nested(10_001))];
    const keyring = createKeyring({ dockerConfig: false, pullSecrets });
    await expect(keyring.lookup('r.test/a')).rejects.toThrow(
      'the document nests deeper than 10000 levels',
    );
  });

  test('is refused as millions of levels too', async () => {
    const { keyring, problems } = keyringOf('['.repeat(5_000_000));
    expect(await keyring.lookup('r.test/a')).toEqual([]);
    expect(problems).toHaveLength(1);
  });

  test.each(['[', '{"a":', '- '])('is refused as a manifest of %s', async (opening) => {
    const pullSecrets = [opening.repeat(100_000)];
    const keyring = createKeyring({ dockerConfig: false, pullSecrets });
    await expect(keyring.lookup('r.test/a')).rejects.toMatchObject({
      code: 'ERR_KEYRING_MANIFEST_INVALID',
    });
  });
});

describe('100,000 bad entries in one document', () => {
  const COUNT = 100_000;

  // How often each byte is looked at is counted in config/decoding.test.ts; here they only have to come through.
  test('are told in one bounded list, and leave the good one', async () => {
    const bad = entriesText(COUNT, (index) => `"r${index}.test":{"auth":"!"}`);
    const { keyring, problems } = keyringOf(`{"auths":{${bad},"r.test":{"auth":"${auth('u')}"}}}`);
    expect(userNames(await keyring.lookup('r.test/a'))).toEqual(['u']);
    expect(problems).toHaveLength(101);
    expect(problems.at(-2)).toMatchObject({ entry: 'r99.test', position: { line: 1 } });
    expect(problems.at(-1)).toMatchObject({ reason: 'and 99900 more problems' });
    const { sources } = await keyring.explain('r.test/a');
    expect(sources[0]?.problems).toHaveLength(101);
  });

  test('with names that are no URLs are counted by explain, not listed', async () => {
    const bad = entriesText(COUNT, (index) => `"%zz${index}":{}`);
    const { keyring } = keyringOf(`{"auths":{${bad}}}`);
    expect(await keyring.lookup('r.test/a')).toEqual([]);
    const { sources } = await keyring.explain('r.test/a');
    expect(sources[0]).toMatchObject({ otherEntries: COUNT - 50 });
  });
});

describe('keys made to be slow', () => {
  test('that are prefixes of each other, or all of one key, are found', async () => {
    const paths = entriesText(3000, (index) => `"r.test/${'a'.repeat(index)}":{}`);
    const same = entriesText(3000, (index) => `"s.test/a%23${index}":{}`);
    const { keyring } = keyringOf(`{"auths":{${paths},${same}}}`);
    expect(await keyring.lookup(`r.test/${'a'.repeat(200)}`)).toHaveLength(201);
    expect(await keyring.lookup('s.test/a')).toHaveLength(3000);
  });

  test('that are full of stars are found', async () => {
    const stars = entriesText(200, (index) => `"${'*a'.repeat(index + 1)}*.test":{}`);
    const { keyring } = keyringOf(`{"auths":{${stars}}}`);
    expect(await keyring.lookup(`${'a'.repeat(200)}.test/x`)).toHaveLength(200);
    expect(await keyring.lookup(`${'b'.repeat(200)}.test/x`)).toHaveLength(0);
  });
});

function nested(depth: number): string {
  const lists = '['.repeat(depth - 1) + ']'.repeat(depth - 1);
  return `{"auths":{"r.test":{"auth":"${auth('u')}"}},"x":${lists}}`;
}
