// What single registries and token servers do that the specifications do not say, each with its source. To add one: a
// function here with the rule in its name, called where the specification's own rule is applied.

import { HUB, HUB_API, isHubHost } from '../../reference/docker-hub.ts';

/** The host (and port) that serves the API of a registry, which is given as images name it. */
export function apiHostOf(registry: string): string {
  return isHubHost(registry) ? HUB_API : registry;
}

/** The registry, as images name it, whose API a host serves. */
export function registryAt(host: string): string {
  return isHubHost(host) ? HUB : host;
}

const ECR_PUBLIC: ReadonlySet<string> = new Set(['public.ecr.aws', 'ecr-public.aws.com']);

/** ECR Public answers 400 where others answer 401 (github.com/aws/containers-roadmap/issues/2835). */
export function isAuthRefusal(status: number, registry: string): boolean {
  return status === 401 || status === 403 || (status === 400 && ECR_PUBLIC.has(registry));
}

/** A registry without HEAD is asked by GET (containerd v2.4.2 core/remotes/docker/resolver.go, retryRequest). */
export function supportsNoHead(status: number): boolean {
  return status === 405;
}

/** A token server that knows GET only (token.md) answers a POST of OAuth 2.0 so. */
export function supportsNoOauth(status: number): boolean {
  return status === 404 || status === 405;
}

/** Some token servers look at the first scope only: what the registry has just asked for comes first. */
export function inScopeOrder(asked: readonly string[], wanted: readonly string[]): string[] {
  return [...asked, ...wanted];
}

/** Some token servers say that a token was issued in the year 1. Such an age is ignored. */
export function tokenLifeMs(saidMs: number, ageMs: number): number {
  return ageMs > 0 && ageMs < saidMs ? saidMs - ageMs : saidMs;
}
