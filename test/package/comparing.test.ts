// Credentials in the hands of test runners, as a user's tests have them: each runner itself, from the packed tarball.
import { describe, expect, test } from '@jest/globals';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { consumer, nodes, repository, run, tools } from './consumer.ts';

const [{ path: node } = { path: process.execPath }] = nodes;

/** What the tests in each runner begin with: a credential made anew, of the given password. */
const CREDENTIAL = `
  import { createKeyring } from 'docker-keyring';
  import { createPullSecret } from 'docker-keyring/kubernetes';
  // In parts, for runners print the lines that fail.
  const [ONE, TWO] = ['ary-1', 'ary-2'].map((end) => 'can' + end);
  const of = async (password) => {
    const secret = createPullSecret({ name: 's', server: 'r.test', username: 'robot', password });
    const keyring = createKeyring({ dockerConfig: false, providers: [], pullSecrets: [secret] });
    return (await keyring.lookup('r.test/a'))[0];
  };`;

/** Those that end with "fails" are to fail, and what they print is looked at. */
const TESTS = `
  test('equal ones are', async () => {
    expect(await of(ONE)).toEqual(await of(ONE));
    expect([await of(ONE)]).toStrictEqual([await of(ONE)]);
    expect(await of(ONE)).toMatchObject(await of(ONE));
    expect(await of(ONE)).toMatchObject({ username: 'robot', key: 'r.test' });
    expect(await of(ONE)).toEqual(expect.objectContaining({ username: 'robot' }));
  });
  test('others are not', async () => {
    expect(await of(ONE)).not.toEqual(await of(TWO));
    expect([await of(ONE)]).not.toStrictEqual([await of(TWO)]);
    expect(await of(ONE)).not.toMatchObject(await of(TWO));
  });
  test('toEqual fails', async () => { expect(await of(ONE)).toEqual(await of(TWO)); });
  test('toStrictEqual fails', async () => { expect([await of(ONE)]).toStrictEqual([await of(TWO)]); });
  test('toMatchObject fails', async () => {
    expect(await of(ONE)).toMatchObject({ username: 'other', password: 'guess' });
  });`;

const runners = [
  {
    name: 'Jest',
    home: join(repository, 'node_modules', 'jest'),
    imports: '',
    args: (home: string) => ['--experimental-vm-modules', join(home, 'bin', 'jest.js')],
    config: { 'package.json': '{ "type": "module", "jest": { "testMatch": ["**/*.test.mjs"] } }' },
  },
  {
    name: 'vitest',
    home: join(tools, 'vitest'),
    imports: "import { expect, test } from 'vitest';",
    args: (home: string) => [join(home, 'vitest.mjs'), 'run'],
    config: {},
  },
];

describe.each(runners)('$name', ({ name, home, imports, args, config }) => {
  const cwd = join(consumer, name);
  mkdirSync(join(cwd, 'node_modules'), { recursive: true });
  symlinkSync(home, join(cwd, 'node_modules', name.toLowerCase()));
  const files = { 'credential.test.mjs': `${imports}${CREDENTIAL}${TESTS}`, ...config };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(cwd, file), text);

  test('sees credentials that differ in the password alone as different, and shows none', () => {
    const env = { PATH: `${dirname(node)}:${String(process.env['PATH'])}`, NO_COLOR: '1' };
    const { status, stdout, stderr } = run(node, args(home), { cwd, env });
    const said = stdout + stderr;
    expect(said).not.toContain('canary');
    expect(said).not.toContain('private member');
    expect(status).toBe(1);
    expect(said).toMatch(/3 failed.*2 passed/);
    // The diff says which field differs.
    expect(said.match(/- +"password": "\[redacted [\da-f]{32}\]/g)?.length).toBeGreaterThan(1);
  });
});

test('what stands for a secret in a diff is another text in every process', () => {
  const code = `import { inspect } from 'node:util'; ${CREDENTIAL}
    console.log(inspect(await of('canary'), { customInspect: false, getters: true }));`;
  const outputs = [0, 1].map(() => run(node, ['--input-type=module', '--eval', code]).stdout);
  const marks = outputs.flatMap((output) => output.match(/\[redacted [\da-f]{32}\]/g) ?? []);
  expect(marks).toHaveLength(2);
  expect(new Set(marks).size).toBe(2);
  expect(outputs.join()).not.toContain('canary');
});
