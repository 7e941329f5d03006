import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VerifyReport } from '../../../src/registry/index.ts';

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
    const args = ['secret', 'create', 'x', '--username', 'ci', '--password-stdin'];
    const created = run(args, 'canary\n');
    expect(created.status).toBe(0);
    expect(run(['secret', 'validate', '-'], created.stdout)).toMatchObject({
      status: 0,
      stdout: 'ok: 1 secret, no problems found\n',
    });
  });

  test('reads more manifests than it may have files open, and goes on without what is none', () => {
    const pods = join(folder, 'pods');
    mkdirSync(join(pods, 'sub'), { recursive: true });
    const containers = '[{ name: c, image: r.test/never, imagePullPolicy: Never }]';
    for (let index = 0; index < 1100; index += 1) {
      const pod = `kind: Pod\nmetadata: { name: p${index} }\nspec: { containers: ${containers} }\n`;
      writeFileSync(join(pods, `${index}.yaml`), pod);
    }
    symlinkSync('ada@host.4711:1', join(pods, '.#0.yaml'));
    symlinkSync('sub', join(pods, 'link.yaml'));
    symlinkSync('0.yaml', join(pods, 'good.yaml'));
    execFileSync('mkfifo', [join(pods, 'pipe.yaml')]);
    writeFileSync(join(pods, 'large.yaml'), '#'.repeat(10 * 1024 * 1024 + 1));
    const command = 'ulimit -n 128 && exec "$0" "$@"';
    const args = [program, 'verify', '-f', 'pods', '-o', 'json', '--no-docker-config'];
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command, process.execPath, ...args], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
    const { images, warnings } = JSON.parse(stdout) as VerifyReport;
    expect(images.map(({ usedBy }) => usedBy.length)).toEqual([1101]);
    expect(warnings.map(({ code, message }) => [code, message])).toEqual(
      [
        `there is no file ${join('pods', '.#0.yaml')}`,
        `cannot read ${join('pods', 'large.yaml')}: it is larger than 10485760 bytes`,
        `cannot read ${join('pods', 'link.yaml')}: it is not a regular file`,
        `cannot read ${join('pods', 'pipe.yaml')}: it is not a regular file`,
      ].map((message) => ['file-skipped', `${message}; it is skipped`]),
    );
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
