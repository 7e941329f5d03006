import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { guardChildren, type ProcessGuard } from '../../../../src/system/process/process-guard.ts';
import { isDead, until } from '../../fakes/until.ts';
import { buildNodeProgram, type NodeProgram } from '../node-program.ts';

const SLEEP = ['-c', 'sleep 1000 & echo $!; wait'];
let guard: ProcessGuard | undefined;
afterEach(() => guard?.close());

async function start(options: object = {}): Promise<{ child: ChildProcess; inner: number }> {
  const child = spawn('/bin/sh', SLEEP, { stdio: ['ignore', 'pipe', 'ignore'], ...options });
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, inner: Number(chunk.toString()) };
}

const dead = (pid: number): Promise<void> => until(() => isDead(pid));

describe('A guarded process', () => {
  test.each(['linux', 'win32'])('ends what it has started, as on %s', async (platform) => {
    guard = guardChildren({ platform });
    const { child, inner } = await start({ detached: platform !== 'win32' });
    guard.endAll();
    const [exitCode, signal] = (await once(child, 'exit')) as [unknown, unknown];
    expect({ exitCode, signal }).toEqual({ exitCode: null, signal: 'SIGKILL' });
    if (platform === 'win32') process.kill(inner);
    await dead(inner);
  });

  test('ends no other, and none that has ended', async () => {
    const before = await start();
    guard = guardChildren({ platform: 'linux' });
    const ended = spawn('true');
    await once(ended, 'exit');
    guard.close();
    const after = await start();
    expect([before, after].map(({ child }) => child.signalCode)).toEqual([null, null]);
    for (const { child, inner } of [before, after]) {
      child.kill();
      process.kill(inner);
    }
  });

  test('does without where there is no such program', async () => {
    guard = guardChildren({ platform: 'linux' });
    const child = spawn('/nowhere');
    const [error] = (await once(child, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ENOENT');
  });
});

describe('A guarded process that is killed', () => {
  let program: NodeProgram;
  beforeAll(() => {
    program = buildNodeProgram([
      'src/system/process/process-guard.ts',
      'src/system/node-system.ts',
    ]);
  });
  afterAll(() => program.remove());

  test.each([
    ['while a child runs in a group of its own', '{ detached: true }'],
    ['while a child runs in its own group', '{}'],
  ])('leaves nothing behind: %s', async (_when, options) => {
    const { stdout } = await program.run(`
      import { spawn, spawnSync } from 'node:child_process';
      import { once } from 'node:events';
      guardChildren({ platform: 'linux' });
      await once(spawn('true'), 'exit');
      const child = spawn('/bin/sh', ['-c', 'echo $$; exec sleep 1000'], ${options});
      const [pid] = await once(child.stdout, 'data');
      process.stdout.write(pid, () => process.kill(process.pid, 'SIGKILL'));
    `);
    await dead(Number(stdout));
    expect(Number(stdout)).toBeGreaterThan(0);
  });

  test('does without a watcher where it has no descriptor left for one', async () => {
    const { exitCode, stdout } = await program.run(`
      import { spawn } from 'node:child_process';
      import { openSync } from 'node:fs';
      guardChildren({ platform: 'linux' });
      try {
        for (;;) openSync('/dev/null');
      } catch {
        spawn('true').on('error', ({ code }) => console.log(code));
      }
    `);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'EMFILE\n' });
  });

  test('is kept alive by no guard', async () => {
    const { exitCode, stdout } = await program.run(`
      import { spawn } from 'node:child_process';
      guardChildren({ platform: 'linux' });
      spawn('true').on('exit', () => console.log('ended'));
    `);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'ended\n' });
  });
});
