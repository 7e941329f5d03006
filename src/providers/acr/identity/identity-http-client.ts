// Lets @azure/identity do its HTTP through a System: the same proxies, certificates and deadlines as everything here.

import type { DefaultAzureCredentialOptions } from '@azure/identity';
import { isOverload, httpWithRetries, type RetryingSystem } from '../../cloud/http-with-retries.ts';
import { retryAfterMs } from '../../../util/retry-after.ts';

type HttpClient = NonNullable<DefaultAzureCredentialOptions['httpClient']>;
type PipelineRequest = Parameters<HttpClient['sendRequest']>[0];
type PipelineResponse = Awaited<ReturnType<HttpClient['sendRequest']>>;
type HttpHeaders = PipelineResponse['headers'];

const TIMEOUT_MS = 15_000;

/** The service asks for a pause. The keyring's cache waits, and not the SDK: it does so for all requests. */
export class ThrottledError extends Error {
  readonly retryAfterMs: number;

  constructor(delayMs: number) {
    super('it asks to be left alone for a while');
    this.name = 'ThrottledError';
    this.retryAfterMs = delayMs;
  }
}

/**
 * Makes the client.
 *
 * @param onFailure - Is called with the error of a request, which the SDK hides.
 */
export function identityHttpClient(
  system: RetryingSystem,
  onFailure: (error: unknown) => void,
): HttpClient {
  return {
    async sendRequest(request) {
      try {
        return await sendRequest(system, request);
      } catch (error) {
        onFailure(error);
        throw error;
      }
    },
  };
}

async function sendRequest(
  system: RetryingSystem,
  request: PipelineRequest,
): Promise<PipelineResponse> {
  const sent = request.headers.toJSON({ preserveCase: true });
  // A System sets what it can decode.
  delete sent['Accept-Encoding'];
  const isOwn = isOwnNetwork(request);
  const sending = {
    url: request.url,
    method: request.method,
    headers: sent,
    ...(typeof request.body === 'string' ? { body: request.body } : {}),
    timeoutMs: TIMEOUT_MS,
    signal: request.abortSignal as AbortSignal | undefined,
    proxy: isOwn ? 'never' : 'environment',
  } as const;
  const retries = isOwn ? { isTransient: isMetadataPause, isLocal: true } : {};
  const { status, headers, body } = await httpWithRetries(system, sending, retries);
  const delayMs =
    status >= 400 ? retryAfterMs(headers.get('retry-after')?.[0], system.now()) : undefined;
  if (delayMs !== undefined) throw new ThrottledError(delayMs);
  return { request, status, headers: toHttpHeaders(headers), bodyAsText: body };
}

/** While the metadata service is updated it answers so (Microsoft, "How to use managed identities", retry guidance). */
function isMetadataPause(status: number): boolean {
  return status === 404 || status === 410 || isOverload(status);
}

/** Managed identities are asked for on this machine, or at its link-local address, always without TLS. */
function isOwnNetwork({ url }: PipelineRequest): boolean {
  return /^http:/i.test(url);
}

/** The SDK's interface, without a dependency of our own on the package that implements it. */
function toHttpHeaders(headers: ReadonlyMap<string, readonly string[]>): HttpHeaders {
  const values = new Map([...headers].map(([name, all]) => [name.toLowerCase(), all.join(', ')]));
  return {
    get: (name) => values.get(name.toLowerCase()),
    has: (name) => values.has(name.toLowerCase()),
    set: (name, value) => void values.set(name.toLowerCase(), String(value)),
    delete: (name) => void values.delete(name.toLowerCase()),
    toJSON: () => Object.fromEntries(values),
    [Symbol.iterator]: () => values.entries(),
  };
}
