// Docker Hub's names. It has one in images, another in configuration files, and a third for its API.

/** Its host in normalised image names. */
export const HUB: string = 'docker.io';

/** Its host in registry keys: the one key that the kubelet's fallback serves (Kubernetes keyring.go, defaultRegistryHost). */
export const HUB_KEY: string = 'index.docker.io';

/** What docker login and kubectl write, and the only name under which docker finds it (docker/cli `registry/config.go`). */
export const HUB_SERVER: string = `https://${HUB_KEY}/v1/`;

/** The host of its API. */
export const HUB_API: string = 'registry-1.docker.io';

const HUB_HOSTS: ReadonlySet<string> = new Set([HUB, HUB_KEY, HUB_API]);

/** Whether a host is one of Docker Hub's. */
export function isHubHost(host: string): boolean {
  return HUB_HOSTS.has(host);
}
