// One call of a provider: with a deadline, and with its answer checked before it is believed.

import { given, own } from '../../util/own.ts';
import { withDeadline } from '../../system/deadline.ts';
import type { System } from '../../system/system.ts';
import type { Call } from '../cache/fresh-cache.ts';
import { isLongExpired, type Expiry } from '../cache/lifetime.ts';
import { checkResponse } from './check-response.ts';
import type { CredentialProvider, CredentialRequest, CredentialResponse } from '../contract.ts';
import type { Identity } from './identity.ts';
import { ProviderFailure } from './provider-failure.ts';

/** How long one provider may take for one answer, in milliseconds, where it does not say itself. */
export const DEADLINE_MS = 30_000;
/** That a provider has nothing for an image is believed for so long at most, where it says for how long at all. */
const MAX_MISS_AGE_MS = 60_000;

/** Who is asked what, on whose behalf. */
export interface Asked {
  readonly provider: CredentialProvider;
  readonly image: string;
  readonly identity: Identity;
}

/** An answer, and when it came. */
export interface Received {
  readonly response: CredentialResponse | undefined;
  /** Wall-clock time, in milliseconds since 1970. */
  readonly receivedAtMs: number;
}

/** Asks a provider. */
export async function askNow(
  system: Pick<System, 'now' | 'setTimer'>,
  asked: Asked,
  { signal, isBackground }: Call,
): Promise<Received> {
  const { provider } = asked;
  const deadline = {
    operation: `Provider ${JSON.stringify(provider.name)}`,
    timeoutMs: given(provider, 'timeoutMs') ?? DEADLINE_MS,
    signal,
    keepAlive: !isBackground,
  };
  const answer: unknown = await withDeadline(system, deadline, async (providerSignal) =>
    provider.provide(requestOf(asked, providerSignal)),
  );
  const received = { response: checkResponse(answer), receivedAtMs: system.now() };
  checkEcho(asked, received);
  if (isLongExpired(expiryOf(provider, received))) {
    throw new ProviderFailure(
      'the credentials that it got have expired already: check the clock of this machine',
    );
  }
  return received;
}

/** What is known of an answer's end. */
export function expiryOf(
  provider: CredentialProvider,
  { response, receivedAtMs }: Received,
): Expiry {
  const expiresAtMs = response?.expiresAt?.getTime();
  if (response?.cacheDurationMs !== undefined) {
    return { receivedAtMs, expiresAtMs, maxAgeMs: response.cacheDurationMs };
  }
  if (expiresAtMs !== undefined) return { receivedAtMs, expiresAtMs };
  const maxAgeMs = response === undefined ? MAX_MISS_AGE_MS : Infinity;
  return {
    receivedAtMs,
    maxAgeMs: Math.min(given(provider, 'defaultCacheDurationMs') ?? 0, maxAgeMs),
  };
}

function requestOf({ image, identity }: Asked, signal: AbortSignal): CredentialRequest {
  const { token, annotations } = own(identity);
  if (token === undefined || annotations === undefined) return { image, signal };
  return {
    image,
    serviceAccountToken: token,
    serviceAccountAnnotations: annotations,
    signal,
  };
}

/** Kubernetes v1.37.2 plugin.go, provide: a token handed back must not outlive the token. */
function checkEcho({ provider, identity }: Asked, { response }: Received): void {
  const { token } = own(identity);
  if (token === undefined || given(provider, 'tokenAttributes')?.cacheType === 'Token') return;
  if (Object.values(response?.auth ?? {}).some(({ password }) => password === token)) {
    throw new ProviderFailure(
      "it returned the service account's token as the password, which only the cacheType 'Token' allows",
    );
  }
}
