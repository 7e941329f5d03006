import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runApart } from '../../../../src/system/process/run-apart.ts';
import { isDead, until } from '../../fakes/until.ts';
import { buildNodeProgram, type NodeProgram } from '../node-program.ts';

let program: NodeProgram;
const folder = mkdtempSync(join(tmpdir(), 'docker-keyring-apart-'));
beforeAll(() => {
  program = buildNodeProgram(['src/system/process/run-apart.ts']);
});
afterAll(() => {
  program.remove();
  rmSync(folder, { recursive: true });
});

function script(code: string): string {
  const path = join(folder, 'apart.mjs');
  writeFileSync(path, code);
  return path;
}

describe('A program that runs apart', () => {
  test.each([
    ['process.exit(7)', { exitCode: 7, signal: undefined }],
    ["process.kill(process.pid, 'SIGKILL')", { exitCode: undefined, signal: 'SIGKILL' }],
  ])('tells how it ends: %s', async (code, end) => {
    expect(await runApart({ platform: 'linux' }, [script(code)])).toEqual(end);
    expect(await runApart({ platform: 'win32' }, [script(code)])).toEqual(end);
  });

  test('has standard error as standard output, and standard output as the descriptor 3', async () => {
    const path = script(`
      import { spawnSync } from 'node:child_process';
      import { writeSync } from 'node:fs';
      writeSync(3, 'answer');
      console.log('printed');
      spawnSync('echo', ['by a child'], { stdio: 'inherit' });
      console.log(process.argv[2]);
    `);
    const ended = await program.run(
      `await runApart({ platform: process.platform }, [${JSON.stringify(path)}, 'argument']);`,
    );
    expect(ended).toEqual({
      exitCode: 0,
      stdout: 'answer',
      stderr: 'printed\nby a child\nargument\n',
    });
  });

  test('leaves nothing behind that it has started', async () => {
    const pidFile = join(folder, 'pid');
    const path = script(`
      import { spawn } from 'node:child_process';
      import { writeFileSync } from 'node:fs';
      const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
      child.unref();
      writeFileSync(${JSON.stringify(pidFile)}, String(child.pid));
    `);
    await runApart({ platform: 'linux' }, [path]);
    const pid = readFileSync(pidFile, 'utf8');
    await until(() => isDead(pid));
    expect(pid).not.toBe('');
  });
});
