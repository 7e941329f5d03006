import { describe, expect, test } from '@jest/globals';
import { TimeoutError } from '../../../../src/errors.ts';
import { answerFailure } from '../../../../src/providers/exec/plugin-failure.ts';
import { runPlugin } from '../../../../src/providers/exec/run-plugin.ts';
import { fakeSystem } from '../../fakes/fake-system.ts';
import { answerText, V1 } from './plugin-world.ts';

const { signal } = new AbortController();
const PROGRAM = {
  name: 'p',
  path: '/b/p',
  args: ['arg-canary'],
  apiVersion: V1,
  timeoutMs: 100,
} as const;

type Run = NonNullable<NonNullable<Parameters<typeof fakeSystem>[0]>['run']>;

async function failure(run: Run): Promise<Error> {
  const env = { SECRET: 'env-canary' };
  const request = { image: 'r1.test/a', serviceAccountToken: 'token-canary', signal };
  const asked = runPlugin(fakeSystem({ run }), { ...PROGRAM, env }, request);
  const error: unknown = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'ProviderFailure' });
  return error as Error;
}

function failing(error: unknown): Run {
  return () => {
    throw error;
  };
}

describe('A plugin that cannot be run', () => {
  test.each([
    [{ code: 'ENOENT' }, 'there is no program /b/p, or what its first line wants to be run by'],
    [{ code: 'EACCES' }, '/b/p may not be executed (EACCES)'],
    [{ code: 'E2BIG' }, '/b/p could not be started (E2BIG)'],
    [{}, '/b/p printed more than 1048576 bytes, and was killed'],
  ])('%j is a failure that says so', async (fields, message) => {
    const error = await failure(failing(Object.assign(new Error('arg-canary'), fields)));
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('canary');
    expect(error.cause).toBeUndefined();
  });

  test('that takes too long is killed', async () => {
    const cause = new TimeoutError('Running /b/p', 100);
    const error = await failure(failing(cause));
    expect(error.message).toMatch(/^\/b\/p did not answer within 100 ms, and was killed/);
    expect(error.cause).toBe(cause);
  });

  test('since its caller gave up fails with the caller’s reason', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    const asked = runPlugin(
      fakeSystem({ run: failing(new Error('killed')) }),
      { ...PROGRAM, env: {} },
      { image: 'r1.test/a', signal: controller.signal },
    );
    await expect(asked).rejects.toThrow('enough');
  });
});

describe('What a plugin says on standard error', () => {
  test('is in the message, in one line, without what a terminal would obey', async () => {
    const stderr = '\u001b[31mno such role\u001b[0m\n\n  try again\u202e\n';
    const error = await failure(() => ({ exitCode: 3, stderr }));
    expect(error.message).toBe(
      '/b/p ended with code 3; on standard error it said: [31mno such role [0m try again',
    );
  });

  test('is not when there was nothing', async () => {
    const error = await failure(() => ({ exitCode: undefined, stderr: ' \n' }));
    expect(error.message).toBe('/b/p was killed by a signal');
  });

  test('is cut to its end', async () => {
    const stderr = `${'a'.repeat(70_000)}${'b'.repeat(1999)}c`;
    const { message } = await failure(() => ({ exitCode: 1, stderr }));
    expect(message.endsWith(`it said: ${'b'.repeat(1999)}c`)).toBe(true);
  });

  test('is shown without what it was told', async () => {
    const stderr = 'token-canary and env-canary and SECRET=env-canary';
    const { message } = await failure(() => ({ exitCode: 1, stderr }));
    expect(message).toContain('it said: [redacted] and [redacted]');
    expect(message).not.toContain('canary');
  });

  test('is shown without what it printed', async () => {
    const auth = { 'r1.test': { username: 'u', password: 'pass-\\"canary' } };
    const { message } = await failure(() => ({
      exitCode: 1,
      stdout: answerText(auth, { apiVersion: V1 }),
      stderr: `password pass-\\"canary of CredentialProviderResponse ${'x'.repeat(2000)} pass-\\"canary`,
    }));
    expect(message).toContain('x [redacted]');
    expect(message).not.toContain('canary');
  });

  test('is shown without what it printed in no JSON either', async () => {
    const stdout = '"bad-\\x-canary" "abc"';
    const { message } = await failure(() => ({
      exitCode: 1,
      stdout,
      stderr: 'bad-\\x-canary abc',
    }));
    expect(message).toBe('/b/p ended with code 1; on standard error it said: [redacted] abc');
  });

  test('goes with an answer that is of no use', async () => {
    const error = await failure(() => ({ stdout: 'canary', stderr: 'deprecated' }));
    expect(error.message).toBe(
      'its response cannot be used: it is not JSON (at byte 0); on standard error it said: deprecated',
    );
    expect(error.cause).toMatchObject({ code: 'ERR_KEYRING_PLUGIN_PROTOCOL', plugin: 'p' });
  });
});

test('A mistake of this package is not taken for one of a plugin', () => {
  const call = { path: '/b/p', timeoutMs: 1, maxOutputBytes: 1, secrets: [] };
  const result = { exitCode: 0, stdout: new Uint8Array(), stderr: '' };
  const mistake = new RangeError('oops');
  expect(() => answerFailure(call, mistake, result)).toThrow(mistake);
});
