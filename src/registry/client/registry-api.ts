// A registry's API as the OCI distribution specification v1.1 has it: where it is, and requests for manifests and blobs.

import { RegistryUnavailableError } from '../../errors.ts';
import type { ImageReference } from '../../reference/image-reference.ts';
import { codeOf } from '../../system/retry.ts';
import type { HttpResponse } from '../../system/system.ts';
import { challengeHeaders } from './challenge.ts';
import { isUrlHost } from './options.ts';
import { apiHostOf, supportsNoHead } from './quirks.ts';
import { requestFromApi, sendRequest, type Redirected, type RegistryRequest } from './request.ts';
import type { Endpoint, Session } from './session.ts';

/** Registries rarely change what they ask for. */
export const CHALLENGE_LIFE_MS: number = 10 * 60_000;
/** What a server that does not speak TLS leaves of an attempt to, in Node.js and (`ERR_SOCKET_CLOSED`) in Bun. */
const NO_TLS = /^(?:EPROTO|ECONNRESET|ECONNREFUSED|ERR_SOCKET_CLOSED|ERR_SSL_.*|HPE_.*)$/;
/** An image's name may hold what no connection can be made to. */
const NO_HOST = 'it is not a valid host: check the spelling, the IP address and the port';

/** Indexes and manifests, of the OCI and of Docker. */
export const MANIFEST_TYPES: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const ACCEPT = [...MANIFEST_TYPES, '*/*;q=0.1'].join(', ');
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Finds a registry's API by a request for its `/v2/` ("Determining support"). By http only where https fails, and only this
 * machine or a registry that is listed as insecure.
 *
 * @throws {@link RegistryUnavailableError} when it does not answer.
 */
export function findEndpoint(
  session: Session,
  registry: string,
  signal: AbortSignal,
): Promise<Endpoint> {
  const load = async (stop: AbortSignal): Promise<{ value: Endpoint; lifeMs: number }> => {
    const host = apiHostOf(registry);
    if (!isUrlHost(host)) throw new RegistryUnavailableError({ registry, reason: NO_HOST });
    const value = await probe(session, host, { registry, signal: stop, isShared: true });
    return { value, lifeMs: CHALLENGE_LIFE_MS };
  };
  return session.endpoints.get(registry, load, signal);
}

type Probe = Omit<RegistryRequest, 'url'>;

async function probe(session: Session, host: string, request: Probe): Promise<Endpoint> {
  const mayBeInsecure = isLocalhost(host) || session.isInsecure(host);
  if (!mayBeInsecure) return probeOrigin(session, `https://${host}`, request);
  try {
    return await probeOrigin(session, `https://${host}`, { ...request, isFinal: speaksNoTls });
  } catch (error) {
    if (!speaksNoTls(error)) throw error;
    return probeOrigin(session, `http://${host}`, request);
  }
}

/** Whether a host, with or without a port, is this machine by its name. */
function isLocalhost(host: string): boolean {
  const name = host.replace(/:\d*$/, '');
  return /^(?:.*\.)?localhost$|^127\.\d+\.\d+\.\d+$|^\[::1\]$/.test(name);
}

function speaksNoTls(error: unknown): boolean {
  return NO_TLS.test(codeOf(error) ?? '');
}

async function probeOrigin(session: Session, origin: string, request: Probe): Promise<Endpoint> {
  const response = await sendRequest(session, { ...request, url: `${origin}/v2/` });
  const { registry } = request;
  return { registry, origin, challenges: challengeHeaders(response), address: response.address };
}

/** The URL of a repository in a registry's API. */
export function repositoryUrl({ origin }: Endpoint, repository: string): string {
  return `${origin}/v2/${repository}`;
}

/** The URL of an image's manifest. */
export function manifestUrl(endpoint: Endpoint, reference: ImageReference): string {
  const { repository, digest, tag } = reference;
  return `${repositoryUrl(endpoint, repository)}/manifests/${digest ?? String(tag)}`;
}

/** The scope of a repository (distribution's docs/content/spec/auth/scope.md). */
export function repositoryScope(repository: string, actions: readonly string[]): string {
  return `repository:${repository}:${actions.join(',')}`;
}

/** A request for something small below a repository, such as a manifest. */
export interface DocumentRequest {
  readonly endpoint: Endpoint;
  readonly method: 'GET' | 'HEAD';
  readonly url: string;
  /** The value of `Authorization`. */
  readonly authorization: string | undefined;
  readonly signal: AbortSignal;
}

/** Asks for something small, by GET where the registry knows no HEAD. Returns the answer whatever its status is. */
export async function requestDocument(
  session: Session,
  { authorization, ...request }: DocumentRequest,
): Promise<Redirected<HttpResponse>> {
  const headers = { accept: ACCEPT, ...(authorization === undefined ? {} : { authorization }) };
  const sent = { ...request, headers, maxBytes: MAX_BYTES };
  const response = await requestFromApi(session, sent);
  if (request.method === 'GET' || !supportsNoHead(response.status)) return response;
  return requestFromApi(session, { ...sent, method: 'GET' });
}

/** Whether a response says that something is there. */
export function isFound({ status }: Pick<HttpResponse, 'status'>): boolean {
  return status >= 200 && status < 300;
}

/** The error of a response that says neither that something is there nor anything about who asks. */
export function unexpectedStatus(
  { registry }: Endpoint,
  { status }: Pick<HttpResponse, 'status'>,
  wanted: string = 'the manifest',
): RegistryUnavailableError {
  const reason = `it answers ${status} to a question for ${wanted}`;
  return new RegistryUnavailableError({ registry, reason, status });
}
