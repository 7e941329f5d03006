// Real processes: every way in which a plugin may misbehave, and what comes of it (docs/providers/exec-plugins.md).

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TimeoutError } from '../../../../src/errors.ts';
import { runPlugin } from '../../../../src/providers/exec/run-plugin.ts';
import { nodeSystem } from '../../../../src/system/node-system.ts';
import { answerText, V1 } from './plugin-world.ts';

const RESPONSE = { auth: {}, cacheKeyType: 'Registry' };
const ANSWER = `echo '${answerText()}'`;
/** What is not made to hang must not fail on a busy machine. */
const LONG_MS = 60_000;

let directory: string;
let count = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'docker-keyring-faults-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function program(script: string, mode = 0o755): Promise<string> {
  count += 1;
  const path = join(directory, `plugin-${count}`);
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode });
  return path;
}

interface RetryOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

async function ask(path: string, patience: RetryOptions = {}): Promise<unknown> {
  const { timeoutMs = LONG_MS, signal = new AbortController().signal } = patience;
  const plugin = { name: 'p', path, args: [], env: {}, apiVersion: V1, timeoutMs } as const;
  return runPlugin(nodeSystem, plugin, { image: 'r1.test/a', signal });
}

function reasonOf(asked: Promise<unknown>): Promise<unknown> {
  return asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
}

async function isAlive(pid: number): Promise<boolean> {
  try {
    // Killed, but not yet taken note of by its parent, is no longer alive.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}

async function pidIn(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => '');
  if (text.endsWith('\n')) return Number(text);
  await sleep(5);
  return pidIn(path);
}

async function untilDead(pid: number): Promise<void> {
  if (!(await isAlive(pid))) return;
  await sleep(5);
  await untilDead(pid);
}

describe('A plugin that cannot be started', () => {
  test('is missing', async () => {
    await expect(ask(join(directory, 'nowhere'))).rejects.toThrow('there is no program');
  });

  test('is wanted to be run by what is missing', async () => {
    const path = await program('');
    await writeFile(path, '#!/no/such/interpreter\n');
    await expect(ask(path)).rejects.toThrow('or what its first line wants to be run by');
  });

  test('is not executable', async () => {
    await expect(ask(await program(ANSWER, 0o644))).rejects.toThrow('may not be executed (EACCES)');
  });

  test('is a directory', async () => {
    await expect(ask(directory)).rejects.toThrow('may not be executed (EACCES)');
  });
});

describe('A plugin that fails', () => {
  test('with an exit code is believed nothing, whatever it printed', async () => {
    const path = await program(`${ANSWER}; echo 'no role' >&2; exit 3`);
    await expect(ask(path)).rejects.toThrow(
      'ended with code 3; on standard error it said: no role',
    );
  });

  test('by a signal', async () => {
    await expect(ask(await program(`${ANSWER}; kill -SEGV $$`))).rejects.toThrow(
      'was killed by a signal',
    );
  });

  test('by answering in another version', async () => {
    const other = answerText({}, { apiVersion: 'credentialprovider.kubelet.k8s.io/v1beta1' });
    await expect(ask(await program(`echo '${other}'`))).rejects.toThrow('its apiVersion is');
  });

  test('by answering twice', async () => {
    await expect(ask(await program(`${ANSWER}; ${ANSWER}`))).rejects.toThrow('it is not JSON');
  });

  test('by answering nothing', async () => {
    await expect(ask(await program('exit 0'))).rejects.toThrow('it printed nothing');
  });

  test('by flooding its output is killed', async () => {
    const path = await program('exec cat /dev/zero');
    await expect(ask(path)).rejects.toThrow('printed more than 1048576 bytes, and was killed');
  });
});

describe('A plugin that is strange, but answers', () => {
  test.each([
    ['never reads its input', ANSWER],
    ['closes its input early', `exec <&-; ${ANSWER}`],
    ['floods its standard error', `head -c 3000000 /dev/zero >&2; ${ANSWER}`],
    ['answers late', `sleep 0.1; ${ANSWER}`],
    ['closes its output and goes on', `${ANSWER}; exec >&- 2>&-; sleep 0.1`],
    ['leaves a process behind that is not at its output', `sleep 2 >/dev/null 2>&1 & ${ANSWER}`],
  ])('%s', async (_what, script) => {
    await expect(ask(await program(script))).resolves.toEqual(RESPONSE);
  });

  test('leaves a process behind that keeps its output open', async () => {
    // For longer than this test may take.
    const pids = join(directory, 'left-behind');
    const path = await program(`sleep 600 & echo $! >${pids}; ${ANSWER}`);
    await expect(ask(path)).resolves.toEqual(RESPONSE);
    process.kill(await pidIn(pids), 'SIGKILL');
  });
});

describe('A plugin that hangs', () => {
  test('is killed at its limit, with what it started', async () => {
    const pids = join(directory, 'hanging');
    const path = await program(`sleep 600 & echo $! >${pids}; wait`);
    const asked = ask(path, { timeoutMs: 500 });
    const [error, pid] = await Promise.all([reasonOf(asked), pidIn(pids)]);
    expect(error).toMatchObject({
      message: expect.stringContaining('did not answer within 500 ms, and was killed'),
      cause: expect.any(TimeoutError),
    });
    await untilDead(pid);
  });

  test('is killed when nobody waits any longer, with what it started', async () => {
    const controller = new AbortController();
    const pids = join(directory, 'abandoned');
    const path = await program(`sleep 600 & echo $! >${pids}; wait`);
    const asked = ask(path, { signal: controller.signal });
    const reason = reasonOf(asked);
    const pid = await pidIn(pids);
    const enough = new Error('enough');
    controller.abort(enough);
    expect(await reason).toBe(enough);
    await untilDead(pid);
  });
});
