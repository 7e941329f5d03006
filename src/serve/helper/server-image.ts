// From the name of a server, as clients of credential helpers say it, to an image that is on it.

import { HUB_KEY } from '../../keyring/registry-index.ts';
import { registryKey } from '../../keyring/registry-key.ts';
import { completeReference } from '../../reference/image-reference.ts';

/** The last part of the images that stand for a server, or for a place on one: nobody asks for an image here. */
const REPOSITORY = 'docker-credential-keyring';

/** oras knows Docker Hub by the third name (docker/cli `registry/config.go` has the first two). */
const HUB_HOSTS: ReadonlySet<string> = new Set(['docker.io', HUB_KEY, 'registry-1.docker.io']);

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
  if (HUB_HOSTS.has(host)) return path === '' ? `docker.io/${REPOSITORY}` : undefined;
  const registry = `${host.includes(':') ? `[${host}]` : host}${port === '' ? '' : `:${port}`}`;
  // A host without a dot, but for localhost, would be taken for a user of Docker Hub.
  const named = [withoutLastSlashes(path), ''].map((place) => `${registry}${place}/${REPOSITORY}`);
  return named.find((image) => nameOf(image) === image);
}

/** Whether a server is Docker Hub, going by an image on it. */
export function isHubImage(image: string): boolean {
  return image.startsWith('docker.io/');
}

/** What all images of a server, or of a place on it, begin with. */
export function placeOf(image: string): string {
  return image.slice(0, -REPOSITORY.length);
}

/** Whether a key, maybe with a path, is for a server, going by the image on it, and not for a part of it. */
export function isKeyForServer(key: string, image: string): boolean {
  // The kubelet takes hosts without a dot for Docker Hub.
  if (key === HUB_KEY) return isHubImage(image);
  const slash = key.indexOf('/');
  const path = slash < 0 ? '' : withoutLastSlashes(key.slice(slash));
  return placeOf(image).slice(image.indexOf('/')).startsWith(`${path}/`);
}

/** Not by a regular expression, which would look at each of a million slashes a million times. */
function withoutLastSlashes(path: string): string {
  let end = path.length;
  while (path.charAt(end - 1) === '/') end -= 1;
  return path.slice(0, end);
}

function nameOf(image: string): string | undefined {
  try {
    return completeReference(image).name;
  } catch {
    return undefined;
  }
}
