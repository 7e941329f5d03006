// Packs the package and installs it in an empty project, once for all tests of this folder.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TOOLS = fileURLToPath(new URL('tools', import.meta.url));
const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

export default function installTarball() {
  if (!existsSync(join(TOOLS, 'node_modules'))) npm(TOOLS, 'ci', '--no-bin-links');
  const folder = mkdtempSync(join(tmpdir(), 'docker-keyring-package-'));
  npm(REPOSITORY, 'pack', '--silent', '--pack-destination', folder);
  const { name, version } = JSON.parse(npm(REPOSITORY, 'pkg', 'get', 'name', 'version'));
  const consumer = join(folder, 'consumer');
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{ "private": true, "type": "module" }\n');
  npm(consumer, 'install', '--prefer-offline', join(folder, `${name}-${version}.tgz`));
  process.env['DOCKER_KEYRING_TARBALL_FOLDER'] = folder;
}

function npm(cwd, ...args) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
