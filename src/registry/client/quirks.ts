// Where the registry of an image's name is reached, and the other way round.

import { parseImageReference } from '../../reference/image-reference.ts';

/** Docker Hub's API has a host of its own (distribution/reference v0.6.0 knows the others as one). */
const HUB = 'docker.io';
const HUB_API = 'registry-1.docker.io';
const HUB_HOSTS: ReadonlySet<string> = new Set([HUB, 'index.docker.io', HUB_API]);

/** The host (and port) that the API of an image's registry is asked at. */
export function apiHostOf(registry: string): string {
  return HUB_HOSTS.has(registry) ? HUB_API : registry;
}

/** The registry, as images name it, that is asked at a host. */
export function registryAt(host: string): string {
  return HUB_HOSTS.has(host) ? HUB : host;
}

/** Whether a host, with or without a port, is this machine by its name. */
export function isLocalhost(host: string): boolean {
  const name = host.replace(/:\d*$/, '');
  return /^(?:.*\.)?localhost$|^127\.\d+\.\d+\.\d+$|^\[::1\]$/.test(name);
}

/** ECR Public says 400 where others say 401 (github.com/aws/containers-roadmap/issues/2835). */
export function saysBadRequestToTokens(registry: string): boolean {
  return registry === 'public.ecr.aws' || registry === 'ecr-public.aws.com';
}

const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * Whether a host, with or without a port, can stand in a URL and means the same there. A URL reads `0x7f.1` and `127.1` as
 * addresses, which are names elsewhere.
 */
export function isUrlHost(host: string): boolean {
  const url = `https://${host}/`;
  if (!HOST.test(host) || !URL.canParse(url)) return false;
  return host.startsWith('[') || new URL(url).host === host.toLowerCase().replace(/:443$/, '');
}

/** Whether a host is one that images can name their registry by, which no part of Docker Hub is. */
export function isRegistryHost(host: string): boolean {
  if (!isUrlHost(host)) return false;
  try {
    return registryAt(parseImageReference(`${host}/image`).registry) === registryAt(host);
  } catch {
    return false;
  }
}
