// From a server's name, as clients of credential helpers write it, to an image on that server.

import { registryKey } from '../../keyring/registry-key.ts';
import { HUB, HUB_KEY, isHubHost } from '../../reference/docker-hub.ts';
import { completeReference } from '../../reference/image-reference.ts';

/** The last part of these images: clients ask for a server, or a path on one, never for an image. */
const REPOSITORY = 'docker-credential-keyring';

/**
 * The name of an image on a server: `https://ghcr.io/v2/` gives one that begins with `ghcr.io/`, and
 * `https://ghcr.io/acme?scope=x` one that begins with `ghcr.io/acme/`.
 *
 * @returns `undefined` where there is no such image: for a URL of Docker Hub with a path, such as Docker's
 * `https://index.docker.io/v1/access-token`, with a user, with another scheme, or with globs, and for a host that an
 * image's name cannot begin with.
 */
export function imageOfServer(server: string): string | undefined {
  const pattern = server.includes('@') ? undefined : registryKey(server)?.pattern;
  if (pattern === undefined || pattern.isGlob) return undefined;
  const { host, port, path } = pattern;
  if (isHubHost(host)) return path === '' ? `${HUB}/${REPOSITORY}` : undefined;
  const registry = `${host.includes(':') ? `[${host}]` : host}${port === '' ? '' : `:${port}`}`;
  // A host without a dot, but for localhost, would be taken for a user of Docker Hub.
  const named = [withoutLastSlashes(path), ''].map((below) => `${registry}${below}/${REPOSITORY}`);
  return named.find((image) => completeName(image) === image);
}

/** What the names of all images of a server, or below a path on it, begin with. */
export function imagePrefix(image: string): string {
  return image.slice(0, -REPOSITORY.length);
}

/** Whether a key is for the whole server of such an image, or for its path, and not only for a part of it. */
export function isKeyForServer(key: string, image: string): boolean {
  // The kubelet takes hosts without a dot for Docker Hub.
  if (key === HUB_KEY) return image.startsWith(`${HUB}/`);
  const slash = key.indexOf('/');
  const path = slash < 0 ? '' : withoutLastSlashes(key.slice(slash));
  return imagePrefix(image).slice(image.indexOf('/')).startsWith(`${path}/`);
}

/** Not a regular expression, which would take quadratic time for a long run of slashes. */
function withoutLastSlashes(path: string): string {
  let end = path.length;
  while (path.charAt(end - 1) === '/') end -= 1;
  return path.slice(0, end);
}

function completeName(image: string): string | undefined {
  try {
    return completeReference(image).name;
  } catch {
    return undefined;
  }
}
