// How a session reaches registries: its options, completed.

import { own } from '../../util/own.ts';
import type { HttpRequest, HttpResponse, HttpStream, System } from '../../system/system.ts';
import { nodeSystem } from '../../system/node-system.ts';
import type { RegistryConnectionOptions } from './options.ts';
import { RegistryUnavailableError } from '../../errors.ts';
import { createKept } from './cache.ts';
import { apiHostOf } from './quirks.ts';
import { isForbiddenAddress } from '../../system/retry.ts';
import { sendPatiently, unavailable, type Sender } from './request.ts';
import { createSentSecrets, type SentSecrets } from './sent-secrets.ts';

const TIMEOUT_MS = 30_000;
const RETRIES = 3;
export const USER_AGENT = 'docker-keyring';

/** A request without what every request of a session has. */
type RegistryRequest = Omit<HttpRequest, 'timeoutMs' | 'ca' | 'signal'>;

/** How long it is believed that a server is down: many that wait for it need not all find out. */
const OUTAGE_MS = 2_000;

/** For whom a request is, and until when. */
export interface Errand extends Omit<Sender, 'system' | 'retries'> {
  /** Whether others wait for the same answer: its failure is theirs, whatever the status is. */
  readonly isShared?: boolean;
}

/** A session's way to registries. */
export interface Connection {
  readonly system: System;
  /** What was sent, for what servers say. */
  readonly sent: SentSecrets;
  readonly isInsecure: (host: string) => boolean;
  readonly isTrustedRealm: (url: URL) => boolean;
  /** Sends patiently, and gives a small answer whole. */
  http(request: RegistryRequest, errand: Errand): Promise<HttpResponse>;
  /** Sends once, and gives an answer of any size. */
  stream(request: RegistryRequest, errand: Errand): Promise<HttpStream>;
  /** How many requests were sent for a registry so far. */
  requestsFor(registry: string): number;
  /** Sends whatever a function sends, patiently. */
  patiently<R extends Pick<HttpResponse, 'status' | 'headers'>>(
    errand: Errand,
    send: () => Promise<R>,
    discard?: (response: R) => void,
  ): Promise<R>;
}

/** Completes the options. */
export function createConnection(options: RegistryConnectionOptions): Connection {
  const { system = nodeSystem, timeoutMs = TIMEOUT_MS, retries = RETRIES } = options;
  const ca = options.ca === undefined ? undefined : [options.ca].flat().join('\n');
  const insecure = namesOf(options.insecureRegistries?.map(apiHostOf));
  const trusted = namesOf(options.trustedRealms);
  const counts = new Map<string, number>();
  const outages = createKept<RegistryUnavailableError>(system);

  function complete(request: RegistryRequest, { registry, signal }: Errand): HttpRequest {
    counts.set(registry, (counts.get(registry) ?? 0) + 1);
    const headers = { 'user-agent': USER_AGENT, ...request.headers };
    return own({ ...request, headers, timeoutMs, ca, signal });
  }

  const patiently: Connection['patiently'] = (errand, send, discard) =>
    sendPatiently({ system, retries, ...errand }, send, discard);

  return {
    system,
    sent: createSentSecrets(system),
    isInsecure: (host) => insecure.has(host.toLowerCase()),
    isTrustedRealm: ({ protocol, host, port }) =>
      trusted.has(host) ||
      (port === '' && trusted.has(`${host}:${protocol === 'https:' ? 443 : 80}`)),
    async http(request, errand) {
      const { origin } = new URL(request.url);
      const outage = outages.peek(origin);
      if (outage !== undefined) throw sameFor(errand.registry, outage);
      try {
        return await patiently(errand, () => system.http(complete(request, errand)));
      } catch (error) {
        if (isOutage(error, errand)) outages.put(origin, { value: error, holdsMs: OUTAGE_MS });
        throw error;
      }
    },
    async stream(request, errand) {
      const stream = await system.httpStream(complete(request, errand));
      return { ...stream, body: bodyOf(stream, errand) };
    },
    requestsFor: (registry) => counts.get(registry) ?? 0,
    patiently,
  };
}

// A body that breaks says so as a request does.
async function* bodyOf(
  { body }: HttpStream,
  { registry, signal }: Errand,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* body;
  } catch (error) {
    signal.throwIfAborted();
    throw unavailable(registry, error);
  }
}

function namesOf(hosts: readonly string[] = []): ReadonlySet<string> {
  return new Set(hosts.map((host) => host.toLowerCase()));
}

/** Another registry may have met with it, at a server that both need. */
function sameFor(registry: string, outage: RegistryUnavailableError): RegistryUnavailableError {
  const { reason, status, retryAfterMs, cause } = outage;
  return new RegistryUnavailableError({ registry, reason, status, retryAfterMs }, { cause });
}

/** Not that one request must not go where another may. */
function isOutage(error: unknown, { isShared }: Errand): error is RegistryUnavailableError {
  if (!(error instanceof RegistryUnavailableError) || isForbiddenAddress(error)) return false;
  return error.status === undefined || isShared === true;
}
