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

/** Hosts that people see when they use Docker Hub, and that no image's name has. */
const HUB_LOOKALIKES: ReadonlySet<string> = new Set([
  HUB_API,
  'registry.hub.docker.com',
  'hub.docker.com',
  'auth.docker.io',
  'registry.docker.io',
]);

/** Whether a host looks like Docker Hub's and stands in no image's name. */
export function isHubLookalike(host: string): boolean {
  return HUB_LOOKALIKES.has(host);
}

/** Whether a host is one of Docker Hub's. */
export function isHubHost(host: string): boolean {
  return HUB_HOSTS.has(host);
}
