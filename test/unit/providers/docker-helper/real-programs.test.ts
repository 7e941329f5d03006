// Real programs that do everything wrong, each in a file of its own on a PATH of its own.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { dockerHelper } from '../../../../src/providers/docker-helper/docker-helper.ts';
import type { CredentialProvider } from '../../../../src/providers/contract.ts';

/** What sleeps does so for longer than a test may take. */
const SCRIPTS = {
  good: 'read -r server; printf \'{"ServerURL":"%s","Username":"%s","Secret":"%s"}\\n\' "$server" "$1" "$NAME"',
  raw: 'printf \'{"Username":"bytes","Secret":"%s"}\' "$(od -An -tx1 | tr -d " \\n")"',
  newest: 'echo "credentials not found in native keychain"; exit 1',
  hang: 'sleep 600',
  stubborn: 'trap "" TERM; (sleep 600) & wait',
  deaf: 'exec <&-; printf \'{"Username":"u","Secret":"s"}\'',
  flood: 'exec yes canary-canary-canary',
  crash: 'printf \'{"Username":"u","Secret":"canary\'; kill -9 $$',
  loud: 'echo canary; echo canary >&2; exit 7',
};

/** What is not made to hang must not fail on a busy machine. */
const LONG_MS = 60_000;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'docker-helper-'));
  for (const [name, body] of Object.entries(SCRIPTS)) {
    writeFileSync(join(folder, `docker-credential-${name}`), `#!/bin/sh\n${body}\n`, {
      mode: 0o755,
    });
  }
  writeFileSync(join(folder, 'docker-credential-locked'), '#!/bin/sh\n', { mode: 0o644 });
});

afterAll(() => rmSync(folder, { recursive: true }));

function helper(name: string, timeoutMs = LONG_MS): CredentialProvider {
  const env = { PATH: `${folder}${delimiter}${process.env['PATH']}`, NAME: '$(id) `id` %s' };
  return dockerHelper(name, { env, timeoutMs });
}

function ask(name: string, timeoutMs?: number): Promise<unknown> {
  const { signal } = new AbortController();
  return helper(name, timeoutMs).provide({ image: 'r.test/a', signal });
}

describe('A helper', () => {
  test('gets its question on the standard input, one argument, and its environment', async () => {
    await expect(ask('good')).resolves.toMatchObject({
      auth: { 'r.test': { username: 'get', password: '$(id) `id` %s' } },
    });
  });

  test('gets the server without a line break', async () => {
    const hexadecimal = Buffer.from('r.test').toString('hex');
    await expect(ask('raw')).resolves.toMatchObject({
      auth: { 'r.test': { password: hexadecimal } },
    });
  });

  test('that knows nothing in the newest form is a miss', async () => {
    await expect(ask('newest')).resolves.toBeUndefined();
  });

  test('that never reads its input may answer all the same', async () => {
    await expect(ask('deaf')).resolves.toMatchObject({
      auth: { 'r.test': { username: 'u', password: 's' } },
    });
  });

  test.each([
    ['hang', 'did not answer within 300 ms, and was stopped', 300],
    ['stubborn', 'did not answer within 300 ms, and was stopped', 300],
    ['flood', 'printed more than 1048576 bytes, and was stopped', LONG_MS],
    ['crash', 'was killed by a signal', LONG_MS],
    ['loud', 'ended with code 7', LONG_MS],
    ['locked', 'may not be executed (EACCES)', LONG_MS],
    ['missing', 'is not on the PATH: install it, or leave out', LONG_MS],
  ])('that does as %s does fails, and is not waited for', async (name, message, timeoutMs) => {
    const failure = await ask(name, timeoutMs).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'ProviderFailure',
      message: expect.stringContaining(`docker-credential-${name} ${message}`),
    });
    expect((failure as Error).message).not.toContain('canary');
  });

  test('that the caller gives up is ended', async () => {
    const pidFile = join(folder, 'pid');
    const script = `#!/bin/sh\necho $$ > '${pidFile}'\nsleep 600\n`;
    writeFileSync(join(folder, 'docker-credential-pid'), script, { mode: 0o755 });
    const controller = new AbortController();
    const { signal } = controller;
    const asking = helper('pid').provide({ image: 'r.test/a', signal });
    const pid = await until(() => Number(readFileSync(pidFile, 'utf8').trim()));
    controller.abort(new Error('no longer'));
    await expect(asking).rejects.toThrow('no longer');
    await expect(until(() => !isRunning(pid))).resolves.toBe(true);
  });
});

/** Waits for something that is true, and does not throw. */
async function until<T>(look: () => T, triesLeft = 6000): Promise<T> {
  try {
    const seen = look();
    if (seen || triesLeft === 0) return seen;
  } catch (error) {
    if (triesLeft === 0) throw error;
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
  return until(look, triesLeft - 1);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
