// The kubelet's keyring as a process that answers line by line; see test/conformance/go/bench.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Builds and starts it; needs Go. */
export function startKubelet() {
  const directory = mkdtempSync(join(tmpdir(), 'docker-keyring-bench-'));
  const binary = join(directory, 'bench');
  const { status } = spawnSync('go', ['build', '-o', binary, './bench'], {
    cwd: fileURLToPath(new URL('../test/conformance/go', import.meta.url)),
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('go build failed; the benchmark needs Go');

  const child = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  return {
    async ask(command) {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      const [line] = await once(lines, 'line');
      const answer = JSON.parse(line);
      if (answer.failure !== undefined) throw new Error(answer.failure);
      return answer;
    },
    close() {
      child.stdin.end();
      rmSync(directory, { recursive: true });
    },
  };
}
