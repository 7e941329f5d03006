// From the name of a server, as clients of credential helpers say it, to an image that is on it.

import { HUB_KEY } from '../keyring/registry-index.ts';
import { registryKey } from '../keyring/registry-key.ts';
import { completeReference } from '../reference/image-reference.ts';

/** No key's path is for it: what has a path is for some images of a registry, and nobody asks for an image here. */
const REPOSITORY = 'docker-credential-keyring';

/** oras knows Docker Hub by the third name (docker/cli `registry/config.go` has the first two). */
const HUB_HOSTS: ReadonlySet<string> = new Set(['docker.io', HUB_KEY, 'registry-1.docker.io']);

/**
 * The name of an image on a server: `https://ghcr.io/v2/` gives one that begins with `ghcr.io/`.
 *
 * @returns `undefined` where there is no such image: for a URL with a path, such as Docker's
 * `https://index.docker.io/v1/access-token`, with a user, or with globs, and for a host that an image's name cannot begin
 * with.
 */
export function imageOfServer(server: string): string | undefined {
  const pattern = server.includes('@') ? undefined : registryKey(server)?.pattern;
  if (pattern === undefined || pattern.path !== '' || pattern.isGlob) return undefined;
  const { host, port } = pattern;
  if (HUB_HOSTS.has(host)) return `docker.io/${REPOSITORY}`;
  const name = host.includes(':') ? `[${host}]` : host;
  const image = `${name}${port === '' ? '' : `:${port}`}/${REPOSITORY}`;
  // A host without a dot, but for localhost, would be taken for a user of Docker Hub.
  return nameOf(image) === image ? image : undefined;
}

/** Whether a server is Docker Hub, going by an image on it. */
export function isHubImage(image: string): boolean {
  return image.startsWith('docker.io/');
}

function nameOf(image: string): string | undefined {
  try {
    return completeReference(image).name;
  } catch {
    return undefined;
  }
}
