// Which server of a credential helper's an image is of, in Docker's own words.

/** What Docker calls Docker Hub (docker/cli `registry/config.go`, IndexServer). */
export const HUB_SERVER = 'https://index.docker.io/v1/';

/** Docker Hub's names in keys, Docker's own first. */
export const HUB_NAMES: readonly string[] = [HUB_SERVER, 'index.docker.io', 'docker.io'];

/**
 * The server that Docker asks a helper about for an image: host and port, and for Docker Hub its old URL (docker/cli
 * `cli/config/credentials/native_store.go` and `cli/command/registry.go`).
 *
 * @param image - A normalised name: `docker.io/library/nginx`.
 */
export function helperServer(image: string): string {
  const registry = image.slice(0, image.indexOf('/'));
  return registry === 'docker.io' ? HUB_SERVER : registry;
}
