import { expect, test } from '@jest/globals';
import { caught, UsageError, warnOfProblem, type CliContext } from '../../../src/cli/context.ts';
import { ConfigError, PullSecretError } from '../../../src/errors.ts';
import { fakeSystem } from '../fakes/fake-system.ts';
import { importModule } from '../../../src/cli/inputs/import-module.ts';

test('What was caught is given back where it is of the class, and thrown on where it is not', () => {
  const error = new UsageError('wrong');
  expect(caught(error, UsageError)).toBe(error);
  expect(() => caught(error, TypeError)).toThrow(error);
});

test.each([
  [
    new ConfigError({ path: '/cwd/c.json', reason: 'broken' }),
    'docker-keyring: warning: c.json: broken\n',
  ],
  [
    new PullSecretError({ name: 'regcred', reason: 'broken' }),
    'docker-keyring: warning: Pull secret regcred: broken\n',
  ],
])('A warning says what is wrong, with a short path: %s', (problem, expected) => {
  let written = '';
  const output = {
    write: (text: string) => {
      written += text;
    },
    isTTY: false,
    columns: undefined,
  };
  const context: CliContext = {
    argv: [],
    stdin: { isTTY: false, chunks: noChunks() },
    stdout: output,
    stderr: output,
    system: fakeSystem(),
    nodeVersion: 'v24.1.0',
    isDirectory: async () => false,
    importModule,
  };
  warnOfProblem(context, problem);
  expect(written).toBe(expected);
});

async function* noChunks(): AsyncGenerator<Uint8Array> {}
