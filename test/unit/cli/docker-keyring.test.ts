import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The program as a process. Coverage does not reach into it, which is why src/cli/docker-keyring.ts is left out there.

const folder = mkdtempSync(join(tmpdir(), 'docker-keyring-cli-'));
const program = join(folder, 'docker-keyring.cjs');

beforeAll(() => {
  const esbuild = join(process.cwd(), 'node_modules', 'esbuild', 'bin', 'esbuild');
  const source = join('src', 'cli', 'docker-keyring.ts');
  const options = ['--bundle', '--platform=node', '--format=cjs', `--outfile=${program}`];
  execFileSync(esbuild, [source, ...options, '--log-level=error']);
  mkdirSync(join(folder, 'configs'));
  const entries = Array.from({ length: 40 }, (_, index) => [
    `ghcr.io/${'a'.repeat(index + 1)}`,
    { auth: Buffer.from(`user-${index}:canary`).toString('base64') },
  ]);
  const document = JSON.stringify({ auths: Object.fromEntries(entries) as object });
  writeFileSync(join(folder, 'configs', 'config.json'), document);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(args: readonly string[], input = ''): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8', input });
}

describe('The process', () => {
  test('prints, and ends with the exit code', () => {
    const found = run(['lookup', 'ghcr.io/abc', '--docker-config', 'configs']);
    expect(found).toMatchObject({ status: 0, stderr: '' });
    expect(found.stdout).toBe(
      `ghcr.io/abc\n  1.  user-0  ghcr.io/a  from ${join('configs', 'config.json')}\n`,
    );
    expect(run(['lookup', 'redis', '--docker-config', join('configs', 'config.json')]).status).toBe(
      1,
    );
    expect(run(['lookup', '--nonsense']).status).toBe(2);
    expect(run(['lookup', 'redis', '--docker-config', 'nowhere']).status).toBe(2);
  });

  test('reads standard input', () => {
    const args = ['secret', 'create', 'x', '--username', 'robot', '--password-stdin'];
    const created = run(args, 'canary\n');
    expect(created.status).toBe(0);
    expect(run(['secret', 'validate', '-'], created.stdout)).toMatchObject({
      status: 0,
      stdout: 'ok: 1 secret, nothing to object to\n',
    });
  });

  test('ends quietly when nobody reads on', async () => {
    const image = `ghcr.io/${'a'.repeat(60)}`;
    const images = Array.from({ length: 300 }, () => image);
    const child = spawn(
      process.execPath,
      [program, 'explain', ...images, '--docker-config', 'configs'],
      { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  });
});
