// The metadata server of Google Cloud: an HTTP server on the machine's own network that needs no credentials.

import { withoutTrailing } from '../../../util/text/without-trailing.ts';
import { TimeoutError } from '../../../errors.ts';
import { withRetries } from '../../../system/retry.ts';
import type { HttpResponse, System } from '../../../system/system.ts';
import { ProviderFailure } from '../../asking/provider-failure.ts';
import { networkFailure, statusFailure } from '../google-request.ts';

export type MetadataSystem = Pick<System, 'http' | 'env' | 'now' | 'random' | 'setTimer'>;

/** An absolute name, so that no search domain is tried (cloud-provider-gcp, pkg/gcpcredential). */
const DEFAULT_HOST = 'metadata.google.internal.';
const HEADERS = { 'Metadata-Flavor': 'Google', 'User-Agent': 'docker-keyring' } as const;
const CALL_MS = 5000;

/**
 * The kubelet tried forever (kubernetes/kubernetes#104625). A pod's metadata server needs a few seconds after the start;
 * after this long it has failed.
 */
const RETRY_AFTER_MS: readonly number[] = [100, 200, 400, 800];

/** The variables that Google's own tools read, in the order of Node's gcp-metadata 8.1. */
const HOST_VARIABLES = ['GCE_METADATA_IP', 'GCE_METADATA_HOST'] as const;

/** The variable that moves the metadata server, where one is set. */
export function metadataHostVariable(system: Pick<System, 'env'>): string | undefined {
  return HOST_VARIABLES.find((name) => (system.env(name) ?? '') !== '');
}

/** The server's address, without a slash at the end. */
export function metadataUrl(system: Pick<System, 'env'>): string {
  const variable = metadataHostVariable(system);
  const host = (variable === undefined ? undefined : system.env(variable)) ?? DEFAULT_HOST;
  const url = /^https?:\/\//.test(host) ? host : `http://${host}`;
  return withoutTrailing(url, '/');
}

/** Whether an answer is Google's: other clouds answer on these addresses, and some networks answer for any name. */
export function isMetadataAnswer({ headers }: HttpResponse): boolean {
  return headers.get('metadata-flavor')?.includes('Google') === true;
}

/** One request, without judging the answer. */
export function askMetadata(
  system: MetadataSystem,
  path: string,
  limits: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<HttpResponse> {
  const url = `${metadataUrl(system)}${path}`;
  return system.http({ url, headers: HEADERS, proxy: 'never', ...limits });
}

/**
 * Reads one value, trying again for a while where the server is not there yet.
 *
 * @param name - Its path below `/computeMetadata/v1/`.
 * @returns the answer, or `undefined` when there is no such value.
 */
export async function readMetadata(
  system: MetadataSystem,
  name: string,
  signal: AbortSignal,
): Promise<HttpResponse | undefined> {
  const outcome = await withRetries({ system, signal, delayMs }, () =>
    tryOnce(system, name, signal),
  );
  if (outcome instanceof ProviderFailure) throw outcome;
  return outcome;
}

function delayMs(outcome: unknown, retries: number): number | undefined {
  return outcome instanceof ProviderFailure ? RETRY_AFTER_MS[retries] : undefined;
}

/** Returns the failures after which another attempt may help, and throws the others. */
async function tryOnce(
  system: MetadataSystem,
  name: string,
  signal: AbortSignal,
): Promise<HttpResponse | undefined | ProviderFailure> {
  let response;
  try {
    response = await askMetadata(system, `/computeMetadata/v1/${name}`, {
      timeoutMs: CALL_MS,
      signal,
    });
  } catch (cause) {
    signal.throwIfAborted();
    const failure = networkFailure(
      `the metadata server ${metadataUrl(system)} does not answer`,
      cause,
    );
    // A network policy that drops requests would drop the next ones, too.
    if (cause instanceof TimeoutError) throw failure;
    return failure;
  }
  const failure = statusFailure(response, { from: 'the metadata server', nowMs: system.now() });
  if (response.status >= 500 || response.status === 429) return failure;
  if (!isMetadataAnswer(response)) {
    throw new ProviderFailure(
      `what answers at ${metadataUrl(system)} is not Google's metadata server: ` +
        'its answer has no Metadata-Flavor: Google',
    );
  }
  if (response.status === 200) return response;
  if (response.status === 404) return undefined;
  throw failure;
}
