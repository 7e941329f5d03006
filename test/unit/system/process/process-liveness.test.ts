import { afterAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeSystem } from '../../../../src/system/node-system.ts';
import { describeOwn, isRunning } from '../../../../src/system/process/process-liveness.ts';

const directory = mkdtempSync(join(tmpdir(), 'liveness-'));
afterAll(() => rmSync(directory, { recursive: true }));
let made = 0;

/** A /proc in which this process is 7, and others are what they are. */
function procOf(states: Readonly<Record<string, string>>, boot = 'boot-1'): string {
  made += 1;
  const proc = join(directory, `proc-${made}`);
  for (const [id, text] of Object.entries({ self: stat(7, 'R', 700), ...states })) {
    mkdirSync(join(proc, id), { recursive: true });
    writeFileSync(join(proc, id, 'stat'), text);
  }
  mkdirSync(join(proc, 'self/ns'));
  symlinkSync('pid:[4026531836]', join(proc, 'self/ns/pid'));
  mkdirSync(join(proc, 'sys/kernel/random'), { recursive: true });
  writeFileSync(join(proc, 'sys/kernel/random/boot_id'), `${boot}\n`);
  return proc;
}

/** As proc_pid_stat(5) has it. */
function stat(id: number, state: string, startedAt: number): string {
  return `${id} (a ) R 1 name) ${state} ${'0 '.repeat(18)}${startedAt} 0 0`;
}

describe('A process', () => {
  test('says who it is in a part of a file name', async () => {
    expect(await describeOwn(procOf({}))).toBe('7.700.pid4026531836.boot-1');
    expect(await nodeSystem.ownProcess()).toMatch(/^[\w.-]+$/);
  });

  test('cannot say who it is without a /proc', async () => {
    expect(await describeOwn(join(directory, 'none'))).toBe('0');
    const broken = procOf({ self: 'garbage' });
    expect(await describeOwn(broken)).toBe('0');
    const without = procOf({});
    rmSync(join(without, 'self/stat'));
    expect(await describeOwn(without)).toBe('0');
  });
});

describe('Whether another process runs', () => {
  const OTHER = '8.800.pid4026531836.boot-1';

  test.each<[string, Readonly<Record<string, string>>, boolean | undefined]>([
    ['it does', { 8: stat(8, 'S', 800) }, true],
    ['it has ended', {}, false],
    ['another has its id by now', { 8: stat(8, 'S', 900) }, false],
    ['it has ended, and its parent does not know yet', { 8: stat(8, 'Z', 800) }, false],
    ['nobody can read it', { 8: 'garbage' }, undefined],
  ])('is known where %s', async (_what, states, expected) => {
    expect(await isRunning(OTHER, procOf(states))).toBe(expected);
  });

  test.each([
    ['another container', '8.800.pid4026532999.boot-1'],
    ['another start of the machine, or another machine', '8.800.pid4026531836.boot-2'],
    ['a machine that is no Linux', '0'],
    ['nobody', ''],
  ])('is not known of a process of %s', async (_whose, name) => {
    expect(await isRunning(name, procOf({}))).toBeUndefined();
  });

  test('is not known by one that cannot say who it is itself', async () => {
    expect(await isRunning('0', join(directory, 'none'))).toBeUndefined();
  });

  test('is not known where its state cannot be looked at', async () => {
    const proc = procOf({});
    mkdirSync(join(proc, '8/stat'), { recursive: true });
    expect(await isRunning(OTHER, proc)).toBeUndefined();
  });

  test('is known of real ones, on Linux', async () => {
    const own = await nodeSystem.ownProcess();
    const isKnown = process.platform === 'linux';
    expect(await nodeSystem.isRunning(own)).toBe(isKnown ? true : undefined);
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const [, , ...world] = own.split('.');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const killed = [child.pid, 1, ...world].join('.');
    expect(await nodeSystem.isRunning(killed)).toBe(isKnown ? false : undefined);
  });
});
