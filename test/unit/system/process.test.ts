import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeSystem } from '../../../src/system/node-system.ts';
import { killWithGroup, runProcess } from '../../../src/system/process/processes.ts';
import type { ProcessRequest, System } from '../../../src/system/system.ts';

/** What is not made to hang must not fail on a busy machine. */
const TIMEOUT_MS = 60_000;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docker-keyring-process-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const defaults = { args: [], stdin: '', timeoutMs: TIMEOUT_MS, maxOutputBytes: 1024 };

/** Runs a script of sh. */
function runScript(text: string, request: Partial<ProcessRequest> = {}) {
  return nodeSystem.run({ ...defaults, ...request, command: script(text) });
}

/** The same, and its time is over as soon as it has written a file: not before, on the busiest machine. */
function runOvertime(text: string, file: string, { platform = nodeSystem.platform } = {}) {
  const system: Pick<System, 'platform' | 'setTimer'> = {
    platform,
    setTimer(delayMs, ring, options) {
      if (delayMs !== TIMEOUT_MS) return nodeSystem.setTimer(delayMs, ring, options);
      void pidIn(file).then(ring);
      return () => {};
    },
  };
  return runProcess(system, { ...defaults, stdin: 'hunter2', command: script(text) });
}

function script(text: string, mode = 0o700): string {
  const path = join(folder, 'program');
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode });
  return path;
}

/** Whether it has ended; nobody but the first process of the machine can ask for the exit code of an orphan. */
function isDead(pid: number): boolean {
  try {
    const [, state] = /^.*\) (\w)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return state === 'Z';
  } catch {
    return isGone(pid);
  }
}

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** Waits for a file that a script writes, and gives the number in it. */
async function pidIn(name: string): Promise<number> {
  const path = join(folder, name);
  const isWritten = (): boolean => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n');
  await until(isWritten);
  return Number(readFileSync(path, 'utf8'));
}

/** Resolves once there is no such process, not even a dead one whose exit code nobody has asked for. */
const gone = (pid: number): Promise<void> => until(() => isGone(pid));

const dead = (pid: number): Promise<void> => until(() => isDead(pid));

/** Rejects when it does not come true within a time that is long enough for every machine. */
function until(isTrue: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (end: () => void): void => {
      clearInterval(poll);
      clearTimeout(deadline);
      end();
    };
    const poll = setInterval(() => {
      if (isTrue()) finish(resolve);
    }, 5);
    const deadline = setTimeout(
      () => finish(() => reject(new Error('it did not come true'))),
      60_000,
    );
  });
}

describe('A program', () => {
  test('is given arguments, input and environment, and gives its output and exit code', async () => {
    const result = await runScript('cat; echo "$1 $ADDED $HOME"; echo oops >&2; exit 3', {
      args: ['a b; echo c'],
      stdin: 'told\n',
      env: { ADDED: 'variable', HOME: '/replaced' },
    });
    expect(text(result.stdout)).toBe('told\na b; echo c variable /replaced\n');
    expect(result).toMatchObject({ exitCode: 3, stderr: 'oops\n' });
  });

  test('is looked up on the PATH', async () => {
    const result = await nodeSystem.run({ ...defaults, command: 'printf', args: ['%s', 'x'] });
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(text(result.stdout)).toBe('x');
  });

  test('keeps its standard error, the last 64 KiB of it', async () => {
    const { stderr } = await runScript(
      'head -c 200000 /dev/zero | tr "\\0" x >&2; printf the-end >&2',
    );
    expect(stderr).toHaveLength(64 * 1024);
    expect(stderr.endsWith('xthe-end')).toBe(true);
  });

  test('has no exit code when a signal ended it', async () => {
    expect((await runScript('kill -TERM $$')).exitCode).toBeUndefined();
  });

  test.each([
    ['never reads', 'echo done'],
    ['closes', 'exec <&-; sleep 0.1; echo done'],
    ['reads a little of', 'head -c 10 >/dev/null; echo done'],
  ])('that %s its input runs to its end', async (_name, body) => {
    const result = await runScript(body, { stdin: 'x'.repeat(1_000_000) });
    expect(result.exitCode).toBe(0);
    expect(text(result.stdout)).toBe('done\n');
  });

  test('may print as much as is allowed, and not one byte more', async () => {
    const print = 'head -c 1024 /dev/zero';
    expect((await runScript(print)).stdout).toHaveLength(1024);
    await expect(runScript(`${print}; echo`)).rejects.toThrow(
      new Error(`${join(folder, 'program')} printed more than 1024 bytes`),
    );
  });
});

describe('A program that cannot be started', () => {
  test.each([
    ['is not there', 'ENOENT', () => join(folder, 'missing')],
    ['is not on the PATH', 'ENOENT', () => 'docker-keyring-no-such-program'],
    ['may not be run', 'EACCES', () => script('echo', 0o600)],
    ['is a folder', 'EACCES', () => folder],
  ])('because it %s rejects with %s', async (_name, code, command) => {
    const run = nodeSystem.run({ ...defaults, command: command(), stdin: 'hunter2' });
    await expect(run).rejects.toMatchObject({ code, syscall: expect.stringContaining('spawn') });
    await expect(run).rejects.not.toThrow('hunter2');
  });

  test('because its name is impossible rejects as well', async () => {
    await expect(nodeSystem.run({ ...defaults, command: 'a\0b' })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG_VALUE',
    });
  });

  test('is not waited for by who gives up at once', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const run = nodeSystem.run({ ...defaults, command: join(folder, 'missing'), signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
  });
});

describe('A program that does not end', () => {
  // The shell waits for its child: both are in the group.
  const HANGING = 'echo $$ >"$0.pid"; sleep 600 & echo $! >"$0.child"; wait';

  test('is killed at the deadline with what it started', async () => {
    const run = runOvertime(HANGING, 'program.child');
    const timeoutMs = TIMEOUT_MS;
    await expect(run).rejects.toMatchObject({ code: 'ERR_KEYRING_TIMEOUT', timeoutMs });
    await expect(run).rejects.toThrow(
      `Running ${join(folder, 'program')} took longer than ${TIMEOUT_MS} ms`,
    );
    await gone(await pidIn('program.pid'));
    await dead(await pidIn('program.child'));
  });

  test('is killed when the caller gives up', async () => {
    const controller = new AbortController();
    const run = runScript(HANGING, { signal: controller.signal });
    const pid = await pidIn('program.pid');
    const childPid = await pidIn('program.child');
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
    await gone(pid);
    await dead(childPid);
  });

  test('is killed when it prints too much', async () => {
    await expect(runScript(`echo $$ >"$0.pid"; exec yes hunter2`)).rejects.toThrow(
      `${join(folder, 'program')} printed more than 1024 bytes`,
    );
    await gone(await pidIn('program.pid'));
  });

  test('is killed when it floods its standard error', async () => {
    const run = runOvertime(`echo $$ >"$0.pid"; exec yes hunter2 >&2`, 'program.pid');
    await expect(run).rejects.toMatchObject({ code: 'ERR_KEYRING_TIMEOUT' });
    await gone(await pidIn('program.pid'));
  });

  test('is not waited for where it cannot be killed', async () => {
    const kill = jest.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('not permitted'), { code: 'EPERM' });
    });
    const run = runOvertime(`echo $$ >"$0.pid"; exec sleep 600`, 'program.pid');
    await expect(run).rejects.toMatchObject({ code: 'ERR_KEYRING_TIMEOUT' });
    kill.mockRestore();
    process.kill(await pidIn('program.pid'), 'SIGKILL');
  });

  test.each([
    ['by itself', ['-c', 'exit 3'], { exitCode: 3, signalCode: null }],
    ['by a signal', ['-c', 'kill -s KILL $$'], { exitCode: null, signalCode: 'SIGKILL' }],
  ])('is left alone once it has ended %s', async (_how, args, ended) => {
    const child = spawn('/bin/sh', args, { detached: true });
    await once(child, 'exit');
    expect(child).toMatchObject(ended);
    const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
    killWithGroup(child, 'linux');
    expect(kill).not.toHaveBeenCalled();
  });

  test('is killed alone on Windows, which has no groups', async () => {
    const platform = 'win32';
    const run = runOvertime(`echo $$ >"$0.pid"; exec sleep 600`, 'program.pid', { platform });
    await expect(run).rejects.toMatchObject({ code: 'ERR_KEYRING_TIMEOUT' });
    await gone(await pidIn('program.pid'));
  });
});

describe('A program that leaves another behind, which holds its output open', () => {
  const LEAVING = 'echo said; echo warned >&2; sleep 600 & echo $! >"$0.child"';

  test('is waited for half a second, and what came counts', async () => {
    const delaysMs: number[] = [];
    const system: Pick<System, 'platform' | 'setTimer'> = {
      platform: nodeSystem.platform,
      setTimer(delayMs, ...rest) {
        delaysMs.push(delayMs);
        return nodeSystem.setTimer(delayMs, ...rest);
      },
    };
    const result = await runProcess(system, { ...defaults, command: script(LEAVING) });
    expect(delaysMs).toEqual([TIMEOUT_MS, 500]);
    expect(result).toMatchObject({ exitCode: 0, stderr: 'warned\n' });
    expect(text(result.stdout)).toBe('said\n');
    // It may be an agent that others use.
    process.kill(await pidIn('program.child'), 'SIGKILL');
  });

  test('is not waited for beyond the deadline', async () => {
    const run = runOvertime(LEAVING, 'program.child');
    await expect(run).rejects.toMatchObject({ code: 'ERR_KEYRING_TIMEOUT' });
    process.kill(await pidIn('program.child'), 'SIGKILL');
  });
});

test('a hundred runs leave no handle open', async () => {
  const before = process.getActiveResourcesInfo();
  const runs = Array.from({ length: 100 }, (_, index) =>
    nodeSystem.run({
      ...defaults,
      command: index % 3 === 0 ? 'docker-keyring-no-such-program' : 'cat',
      stdin: 'x',
      timeoutMs: index % 3 === 1 ? 1 : TIMEOUT_MS,
    }),
  );
  await Promise.allSettled(runs);
  // Not by timers, which are among what is looked for.
  while (opened(before).length > 0) await new Promise((resolve) => void setImmediate(resolve));
  expect(opened(before)).toEqual([]);
});

/** What is open now, apart from what was before, which may have ended meanwhile. */
function opened(before: readonly string[]): string[] {
  const known = [...before];
  return process.getActiveResourcesInfo().filter((name) => {
    const index = known.indexOf(name);
    if (index >= 0) known.splice(index, 1);
    return index < 0;
  });
}
