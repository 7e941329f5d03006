// Requests about an image's manifest, which is where a registry says whether somebody may pull.

import { RegistryUnavailableError } from '../../errors.ts';
import type { ImageReference } from '../../reference/image-reference.ts';
import type { HttpResponse } from '../../system/system.ts';
import { followRedirects, type Followed } from './follow-redirects.ts';
import { reachableFrom, type Endpoint } from './endpoint.ts';
import type { SessionState } from './session.ts';

/** What registries have: indexes and manifests, of the OCI and of Docker. */
export const MANIFEST_TYPES: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const ACCEPT = [...MANIFEST_TYPES, '*/*;q=0.1'].join(', ');
const MAX_BYTES = 4 * 1024 * 1024;

/** Where a registry's API has an image's repository. */
export function repositoryUrl({ origin }: Endpoint, repository: string): string {
  return `${origin}/v2/${repository}`;
}

/** The scope of a repository (distribution's docs/content/spec/auth/scope.md). */
export function scopeOf(repository: string, actions: readonly string[]): string {
  return `repository:${repository}:${actions.join(',')}`;
}

/** What an answer means that says neither that something is there nor anything of whoever asks. */
export function unexpectedAnswer(
  { registry }: Endpoint,
  { status }: Pick<HttpResponse, 'status'>,
): RegistryUnavailableError {
  const reason = `it answers ${status} to a question for the manifest`;
  return new RegistryUnavailableError({ registry, reason, status });
}

/** Whether an answer says that something is there. */
export function isFound({ status }: Pick<HttpResponse, 'status'>): boolean {
  return status >= 200 && status < 300;
}

/** One thing below a repository, and with which method it is asked for. */
export interface ImageRequest {
  readonly endpoint: Endpoint;
  readonly method: 'GET' | 'HEAD';
  readonly url: string;
  readonly header: string | undefined;
  readonly signal: AbortSignal;
}

/** The URL of an image's manifest. */
export function manifestUrl(endpoint: Endpoint, reference: ImageReference): string {
  const { repository, digest, tag } = reference;
  return `${repositoryUrl(endpoint, repository)}/manifests/${digest ?? String(tag)}`;
}

/**
 * Asks for a small thing, such as a manifest, and gives the answer whatever its status. A registry that knows no HEAD is
 * asked by GET, as by containerd (v2.4.2 core/remotes/docker/resolver.go, retryRequest).
 */
export async function askForImage(
  session: SessionState,
  request: ImageRequest,
): Promise<Followed<HttpResponse>> {
  const response = await send(session, request);
  const isUnknown = request.method === 'HEAD' && response.status === 405;
  return isUnknown ? send(session, { ...request, method: 'GET' }) : response;
}

async function send(
  { connection }: SessionState,
  { endpoint, method, url, header, signal }: ImageRequest,
): Promise<Followed<HttpResponse>> {
  const { registry } = endpoint;
  const addresses = reachableFrom(endpoint);
  const headers = { accept: ACCEPT, ...(header === undefined ? {} : { authorization: header }) };
  return followRedirects({ registry, url, headers, addresses, sent: connection.sent }, (hop) =>
    connection.http({ ...hop, method, maxBytes: MAX_BYTES }, { registry, signal }),
  );
}
