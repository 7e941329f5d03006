// Each Node.js, with the flags of those who lock it down; and those that are too old.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';

import { installed, nodes, oldNodes, run } from './consumer.ts';
import { startClouds, type Clouds } from './rows/cloud.ts';
import { placeOf, resultOfProgram, runProgram, WORKS } from './rows/run-row.ts';

const majorOf = (name: string): number => Number(/v(\d+)/.exec(name)?.[1]);

let clouds: Clouds;
beforeAll(async () => {
  clouds = await startClouds();
});
afterAll(async () => {
  await clouds[Symbol.asyncDispose]();
});

/** Node says of itself that these are experiments. */
const QUIET = '--disable-warning=ExperimentalWarning';

/** With file reading allowed; later ones ask for the network too. */
const permission = (major: number): string[] => [
  major < 24 ? '--experimental-permission' : '--permission',
  '--allow-fs-read=*',
  ...(major > 24 ? ['--allow-net'] : []),
  QUIET,
];

/** A new way of starting is one line. */
const STARTS: [name: string, flags: (major: number) => string[], program: string][] = [
  ['import', () => [], 'program.mjs'],
  ['require', () => [], 'program.cjs'],
  ['import, --frozen-intrinsics', () => ['--frozen-intrinsics', QUIET], 'program.mjs'],
  ['require, --disable-proto=delete', () => ['--disable-proto=delete'], 'program.cjs'],
  ['import, --permission', permission, 'program.mjs'],
  ['require, --permission', permission, 'program.cjs'],
];

describe.each(nodes)('On Node $name', ({ name: version, path: node }) => {
  const major = majorOf(version);

  test.each(STARTS)('the packed tarball works: %s', async (name, flags, program) => {
    using place = placeOf({ name, packages: [], run: [] }, { packages: [], hasSdks: true });
    const command = [node, ...flags(major), program];
    // The permission is for the files themselves, not for links to them.
    const options = { cwd: realpathSync(place.folder), env: clouds.env };
    expect(resultOfProgram(await runProgram(command, options))).toEqual(WORKS);
  });
});

/** Earlier ones say no more than that it is not allowed, or not found. */
const namingFlags = nodes.filter(({ name }) => majorOf(name) >= 22);

describe.each(namingFlags)(
  'On Node $name, without leave to read files,',
  ({ name, path: node }) => {
    test.each([
      ['import', ['--input-type=module', '--eval', `import 'docker-keyring';`]],
      ['require', ['--eval', `require('docker-keyring');`]],
    ])('%s fails with an error that says which flag gives it', (_way, args) => {
      const flags = permission(majorOf(name)).filter((flag) => !flag.startsWith('--allow-fs-read'));
      const { status, stderr } = run(node, [...flags, ...args]);
      expect(status).toBe(1);
      expect(stderr).toContain('Use --allow-fs-read');
    });
  },
);

test('Node 14 and 16 are among the old ones on Linux', () => {
  expect(oldNodes.map(({ name }) => name.split('.')[0])).toEqual(
    process.platform === 'linux' ? ['v14', 'v16'] : [],
  );
});

describe.each(oldNodes)('On Node $name, which is too old,', ({ name, path: node }) => {
  const message = `Node.js ${name} is too old for docker-keyring: install 20.19 or later`;

  test.each([
    ['docker-keyring.js', 'docker-keyring'],
    ['docker-credential-keyring.js', 'docker-credential-keyring'],
    // The whole of it is in one file, which has to be read first.
    ['plugin.cjs', 'docker-keyring'],
  ])('%s says so in one line', (script, program) => {
    const file = join(installed, 'dist/cli', script);
    const { status, stdout, stderr } = run(node, [file, 'get']);
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: `${program}: ${message}\n`,
    });
  });

  test.each([
    ['import', ['--input-type=module', '--eval', `import { ecr } from 'docker-keyring'; ecr();`]],
    ['require', ['--eval', `require('docker-keyring/registry');`]],
  ])('an %s fails with an error that says so', (_way, args) => {
    const { status, stderr } = run(node, args);
    expect(status).toBe(1);
    expect(stderr).toContain(`Error: ${message}\n`);
  });
});
