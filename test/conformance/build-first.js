// Compiles what the Go programs have in common once, before test files that run side by side each do it for themselves: it
// is most of Kubernetes, and takes minutes where nothing of it is cached.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export default function buildFirst() {
  const cwd = join(import.meta.dirname, 'go');
  const { status, error } = spawnSync('go', ['build', './...'], { cwd, stdio: 'inherit' });
  if (status !== 0) throw new Error(`go build failed: ${error?.message ?? `status ${status}`}`);
}
