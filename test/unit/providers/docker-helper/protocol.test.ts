import { describe, expect, test } from '@jest/globals';
import { TimeoutError } from '../../../../src/errors.ts';
import {
  askHelper,
  type HelperQuestion,
} from '../../../../src/providers/docker-helper/protocol.ts';
import { fakeSystem, type FakeWorld } from '../../fakes/fake-system.ts';
import { inOrder } from '../../fakes/in-order.ts';

const QUESTION: HelperQuestion = {
  helper: 'vault',
  server: 'r.test:5000',
  timeoutMs: 10_000,
  remedy: 'do without',
};

function ask(run: FakeWorld['run'], question: Partial<HelperQuestion> = {}): Promise<unknown> {
  const system = fakeSystem(run === undefined ? {} : { run });
  return askHelper(system, { ...QUESTION, ...question });
}

function answer(document: unknown, exitCode: number | undefined = 0): FakeWorld['run'] {
  const stdout = typeof document === 'string' ? document : JSON.stringify(document);
  return () => ({ stdout, exitCode });
}

function failing(error: Error): FakeWorld['run'] {
  return async () => {
    throw error;
  };
}

describe('A question', () => {
  test('is one argument, and the server as it is on the standard input', async () => {
    const system = fakeSystem({ run: () => ({ stdout: '{"Username":"u","Secret":"s"}' }) });
    const env = { PASSWORD_STORE_DIR: '/store' };
    await askHelper(system, { ...QUESTION, env });
    await askHelper(system, QUESTION);
    const common = {
      command: 'docker-credential-vault',
      args: ['get'],
      stdin: 'r.test:5000',
      timeoutMs: 10_000,
      maxOutputBytes: 1024 * 1024,
      signal: undefined,
    };
    expect(system.runs).toEqual([{ ...common, env }, common]);
  });

  test.each(['', '../x', '/bin/x', 'a/b', 'a\\b', 'a b', '-x', '.x', 'a\0', 'ä', 'x'.repeat(101)])(
    'is never put to a helper named %j',
    async (helper) => {
      const system = fakeSystem({ run: () => ({ stdout: '{}' }) });
      await expect(askHelper(system, { ...QUESTION, helper })).rejects.toThrow(
        'there can be no such helper: a helper\'s name is what follows "docker-credential-"',
      );
      expect(system.runs).toEqual([]);
    },
  );

  test.each(['pass', 'ecr-login', 'osxkeychain', 'gcr_2.1+x', '1password'])(
    'may be put to a helper named %s',
    async (helper) => {
      await expect(ask(answer({}), { helper })).resolves.toBeUndefined();
    },
  );
});

describe('An answer', () => {
  test.each([
    ['a user and a password', { ServerURL: 'r', Username: 'u', Secret: 's' }, 'u', 's'],
    ['a secret alone', { Username: '', Secret: 's' }, '', 's'],
    ['a user alone', { Username: 'u' }, 'u', ''],
    ['members that nobody knows', { Username: 'u', Secret: 's', More: [1] }, 'u', 's'],
  ])('may hold %s', async (_what, document, username, password) => {
    await expect(ask(answer(document))).resolves.toEqual({ username, password });
    await expect(ask(answer(`\n ${JSON.stringify(document)}\n\n`))).resolves.toEqual({
      username,
      password,
    });
  });

  test('with the user <token> is an identity token', async () => {
    await expect(ask(answer({ Username: '<token>', Secret: 't' }))).resolves.toEqual({
      username: '',
      password: '',
      identityToken: 't',
    });
  });

  test('is UTF-8', async () => {
    const run = answer({ Username: 'ü', Secret: '✓' });
    await expect(ask(run)).resolves.toEqual({ username: 'ü', password: '✓' });
  });

  test.each([
    ['credentials not found in native keychain', 1],
    ['  credentials not found in native keychain\r\n', 1],
    ['no credentials server URL\n', 1],
    ['no credentials username', 1],
    ['credentials not found in native keychain', 0],
    [{ ServerURL: 'r.test', Username: '', Secret: '' }, 0],
    [{ Username: '<token>', Secret: '' }, 0],
    [{}, 0],
  ])('of %j with code %d says that there is nothing', async (document, exitCode) => {
    await expect(ask(answer(document, exitCode))).resolves.toBeUndefined();
  });

  test.each([
    ['', 'it is not JSON'],
    ['{"Username":"u","Secret":"canary', 'it is not JSON'],
    ['canary', 'it is not JSON'],
    ['[]', 'it is not a JSON object'],
    ['null', 'it is not a JSON object'],
    ['"canary"', 'it is not a JSON object'],
    ['{"Username":5,"Secret":"canary"}', 'Username and Secret must be strings'],
    ['{"Username":"canary","Secret":null}', 'Username and Secret must be strings'],
  ])('of %j is malformed, and not repeated', async (stdout, reason) => {
    const failure = await ask(answer(stdout)).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'ProviderFailure',
      message: `docker-credential-vault gave a malformed answer: ${reason}; to see what it says, run: printf %s 'r.test:5000' | docker-credential-vault get`,
    });
    expect((failure as Error).cause).toBeUndefined();
  });
});

describe('A failure', () => {
  const byHand =
    "; to see what it says, run: printf %s 'r.test:5000' | docker-credential-vault get";

  test.each<[string, FakeWorld['run'], string]>([
    [
      'of a helper that is not there',
      undefined,
      'docker-credential-vault is not on the PATH: install it, or do without',
    ],
    [
      'of one that may not be run',
      failing(Object.assign(new Error('canary'), { code: 'EACCES' })),
      'docker-credential-vault may not be executed (EACCES): make it executable, or do without',
    ],
    [
      'of one that the system cannot start',
      failing(Object.assign(new Error('canary'), { code: 'ENOMEM' })),
      `docker-credential-vault could not be started (ENOMEM)${byHand}`,
    ],
    [
      'of one that prints too much',
      failing(new Error('canary')),
      `docker-credential-vault printed more than 1048576 bytes, and was stopped${byHand}`,
    ],
    [
      'of one that hangs',
      failing(new TimeoutError('Running it', 10_000)),
      `docker-credential-vault did not answer within 10000 ms, and was stopped; it may be waiting for somebody to unlock its store${byHand}`,
    ],
    [
      'of one that is killed',
      () => ({ exitCode: undefined, stdout: '{"Username":"u","Secret":"canary"}' }),
      `docker-credential-vault was killed by a signal${byHand}`,
    ],
    [
      'of one that says no',
      () => ({ exitCode: 3, stdout: 'canary', stderr: 'canary' }),
      `docker-credential-vault ended with code 3${byHand}`,
    ],
  ])('%s says what to do, and nothing that the helper said', async (_who, run, message) => {
    const failure = await ask(run).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ProviderFailure', message });
  });

  test.each([
    ['pass not initialized: exit status 1: Error: password store is empty', 'pass init'],
    ['exit status 2: gpg: decryption failed: No secret key', 'gpg cannot decrypt its store'],
    ['gpg: pinentry: Inappropriate ioctl for device', 'there is nobody to ask'],
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'no secret service runs'],
    ['error getting credentials: User interaction is not allowed.', 'the keychain is locked'],
  ])('that is well known is named, wherever it is said: %s', async (complaint, named) => {
    const runs = [
      () => ({ exitCode: 1, stdout: complaint }),
      () => ({ exitCode: 1, stderr: complaint }),
    ];
    const failures = await inOrder(runs, (run) => ask(run).catch(String));
    for (const failure of failures) {
      expect(failure).toContain('ended with code 1, it seems that');
      expect(failure).toContain(named);
      expect(failure).not.toContain(complaint);
    }
  });

  test('of the caller who stops is the caller’s reason', async () => {
    const controller = new AbortController();
    controller.abort(new Error('no longer'));
    const { signal } = controller;
    await expect(ask(() => ({}), { signal })).rejects.toThrow('no longer');
  });
});
