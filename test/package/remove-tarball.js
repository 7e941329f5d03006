import { rmSync } from 'node:fs';

export default function removeTarball() {
  const folder = process.env['DOCKER_KEYRING_TARBALL_FOLDER'];
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
